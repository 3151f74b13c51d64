"""The shift that runs and the last one that is over, as a place's machines are planned. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import inf

from kpis.plans import Schedule, plan_days

LOOK_BACK = timedelta(days=10)
"""Longer than works holidays with a weekend on both sides are; without a shift in it there is no last one."""


@dataclass(frozen=True, slots=True)
class ShiftSpan:
    """A shift of a production day; ``number`` in the day from 1."""

    day: date
    number: int
    name: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Shifts:
    """``running``: None between shifts. ``last``: the one that ended last; None: none in ``LOOK_BACK``."""

    running: ShiftSpan | None
    last: ShiftSpan | None


def shifts_of(schedules: Iterable[Schedule], now: datetime) -> Shifts:
    """Those of the machines' usual schedule about an instant."""
    schedule = usual(schedules)
    return shifts_at(schedule, now) if schedule else Shifts(None, None)


def usual(schedules: Iterable[Schedule]) -> Schedule | None:
    """The schedule that most machines have; None without machines."""
    most = Counter(schedules).most_common(1)
    return most[0][0] if most else None


def shifts_at(schedule: Schedule, now: datetime) -> Shifts:
    """The shifts of a schedule about an instant."""
    begun = [span for span in _spans(schedule, now) if span.start <= now]
    running = next((span for span in begun if span.end > now), None)
    over = [span for span in begun if span.end <= now]
    return Shifts(running, max(over, key=lambda span: span.end, default=None))


def _spans(schedule: Schedule, now: datetime) -> Iterator[ShiftSpan]:
    today = schedule.clock.day_of(now.timestamp())
    for plan in plan_days(schedule, today - LOOK_BACK, today, inf):
        for slot in plan.slots[1:]:
            start, end = datetime.fromtimestamp(slot.start, UTC), datetime.fromtimestamp(slot.end, UTC)
            yield ShiftSpan(plan.day, slot.number, slot.name, start, end)
