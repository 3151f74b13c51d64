"""When a schedule is due: local times of a plant as instants, also where clocks are changed. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule

from kpis.days import to_epoch

ONE_WEEK = timedelta(days=7)
EVERY_MONTH = 28
"""The last day that each month has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """``weekday``: 0 = Monday, of weekly ones. ``month_day``: of monthly ones, at most its last."""

    cadence: str
    at: time
    zone: ZoneInfo
    weekday: int = 0
    month_day: int = 1


@dataclass(frozen=True, slots=True)
class Due:
    """The latest moment that has come; ``missed``: how many came before it unnoticed; ``next``: to come."""

    at: datetime
    missed: int
    next: datetime


def next_due(rhythm: Rhythm, after: datetime) -> datetime:
    """The first moment after an instant, in UTC."""
    return next(_moments(rhythm, after))


def come_due(rhythm: Rhythm, first: datetime, now: datetime) -> Due:
    """What is due at ``now`` of a schedule whose first moment not worked off is ``first``."""
    just_before = first - timedelta(seconds=1)
    come = list(takewhile(lambda moment: moment <= now, _moments(rhythm, just_before)))
    latest = come[-1] if come else first
    return Due(latest, max(len(come) - 1, 0), next_due(rhythm, now))


def _moments(rhythm: Rhythm, after: datetime) -> Iterator[datetime]:
    """Moments after an instant. A local time that is skipped is when the clock jumps, one that comes twice is
    its first: a day has one moment.
    """
    local = after.astimezone(rhythm.zone).date().replace(day=1) - ONE_WEEK
    for moment in _rule(rhythm, datetime.combine(local, rhythm.at)):
        instant = datetime.fromtimestamp(to_epoch(moment, rhythm.zone), UTC)
        if instant > after:
            yield instant


def _rule(rhythm: Rhythm, start: datetime) -> Iterator[datetime]:
    if rhythm.cadence == "weekly":
        return iter(rrule(WEEKLY, dtstart=start, byweekday=rhythm.weekday))
    if rhythm.cadence == "daily":
        return iter(rrule(DAILY, dtstart=start))
    days = range(min(rhythm.month_day, EVERY_MONTH), rhythm.month_day + 1)
    return iter(rrule(MONTHLY, dtstart=start, bymonthday=tuple(days), bysetpos=-1))
