"""Weekly shift patterns, breaks and leaves → shifts in UTC. Pure.

A local edge is turned into UTC by itself, so a night shift has 7 or 9 hours where the clock moves.
"""

from calendar import day_name
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from kpis.days import DayClock, to_epoch
from kpis.intervals import Span, clip, merge, subtract

# Rows that touch at midnight are one night shift, unless that is longer than a night shift can be: 16-24 and
# 0-8 are two shifts, 22-24 and 0-6 are one.
LONGEST_NIGHT = timedelta(hours=12)
LONGEST_SHIFT = timedelta(hours=24)
ROUND_THE_CLOCK = "Round the clock"


@dataclass(frozen=True, slots=True)
class Attendance:
    """A row of the weekly pattern: weekday 0 = Monday, local hours 0 to 24; ``week`` as Odoo's week_type."""

    weekday: int
    hour_from: float
    hour_to: float
    is_break: bool = False
    name: str = ""
    week: int | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """A shift pattern in its zone. ``leaves`` are closed spans in epoch seconds."""

    timezone: str
    attendances: tuple[Attendance, ...] = ()
    leaves: tuple[Span, ...] = ()


class Shift(NamedTuple):
    """One shift. ``day``: local date it starts on; ``number``: 1, 2, … of that day. Epoch seconds throughout.

    [start, end) = planned + breaks + leaves, which are disjoint; a leave takes both planned time and breaks.
    """

    day: date
    number: int
    name: str
    start: float
    end: float
    planned: tuple[Span, ...]
    breaks: tuple[Span, ...]


class _Row(NamedTuple):
    """An attendance on a date, in naive local time."""

    start: datetime
    end: datetime
    is_break: bool
    name: str


def week_type(day: date) -> int:
    """0 or 1 for alternating weeks, exactly as Odoo's ``get_week_type`` counts them."""
    return (day.toordinal() - 1) // 7 % 2


def shifts(calendar: Calendar, first_day: date, last_day: date) -> list[Shift]:
    """The shifts that start on the local dates from ``first_day`` to ``last_day``, in order."""
    margin = timedelta(days=2)  # a night shift's other half, and the chain it belongs to
    rows = _rows(calendar.attendances, first_day - margin, last_day + margin)
    chosen: list[Shift] = []
    for group in _joined(rows):
        day = group[0].start.date()
        if first_day <= day <= last_day:
            number = chosen[-1].number + 1 if chosen and chosen[-1].day == day else 1
            chosen.append(_shift(calendar, day, number, group))
    return chosen


def around_the_clock(
    clock: DayClock, leaves: tuple[Span, ...], first_day: date, last_day: date
) -> list[Shift]:
    """One shift per production day, for places without a calendar."""
    count = (last_day - first_day).days + 1
    days = (first_day + timedelta(days=n) for n in range(count))
    return [
        Shift(day, 1, ROUND_THE_CLOCK, *window, tuple(subtract([window], leaves)), ())
        for day, window in ((day, clock.window(day)) for day in days)
    ]


@lru_cache(maxsize=1024)
def day_start(calendar: Calendar | None) -> timedelta:
    """Earliest shift start of the pattern, local time: there the production day begins; else at 0:00."""
    if calendar is None or not calendar.attendances:
        return timedelta(0)
    pattern = replace(calendar, timezone="UTC", leaves=())
    monday = date(2024, 1, 1)
    starts = (shift.start % 86400 for shift in shifts(pattern, monday, monday + timedelta(days=13)))
    return timedelta(seconds=min(starts, default=0))


def _rows(attendances: Iterable[Attendance], first_day: date, last_day: date) -> list[_Row]:
    """All rows of the days, sorted and disjoint: a break inside a working row splits it."""
    dated: list[_Row] = []
    for n in range((last_day - first_day).days + 1):
        day = first_day + timedelta(days=n)
        dated += [
            _Row(_at(day, row.hour_from), _at(day, row.hour_to), row.is_break, _plain(row.name, day))
            for row in attendances
            if row.weekday == day.weekday()
            and row.week in (None, week_type(day))
            and row.hour_to > row.hour_from
        ]
    breaks = [row for row in dated if row.is_break]
    works = [part for row in dated if not row.is_break for part in _without(row, breaks)]
    return list(_disjoint(sorted(works + breaks)))


def _at(day: date, hours: float) -> datetime:
    return datetime.combine(day, time()) + timedelta(seconds=round(hours * 3600))


def _plain(name: str, day: date) -> str:
    """Odoo names its rows "Monday Morning": the weekday is no part of a shift's name."""
    return name.removeprefix(day_name[day.weekday()]).strip()


def _without(row: _Row, breaks: Iterable[_Row]) -> Iterator[_Row]:
    for pause in breaks:
        if row.start < pause.end and pause.start < row.end:
            if row.start < pause.start:
                yield row._replace(end=pause.start)
            row = row._replace(start=max(row.start, pause.end))
    if row.start < row.end:
        yield row


def _disjoint(rows: Iterable[_Row]) -> Iterator[_Row]:
    covered = datetime.min  # noqa: DTZ901 naive local time is meant
    for row in rows:
        if row.end > covered:
            yield row._replace(start=max(row.start, covered))
            covered = row.end


def _joined(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    """Rows of one shift each, breaks at its ends taken off."""
    group: list[_Row] = []
    for row in rows:
        if group and not _continues(group, row):
            yield from _trimmed(group)
            group = []
        group.append(row)
    yield from _trimmed(group)


def _continues(group: list[_Row], row: _Row) -> bool:
    if group[-1].end != row.start:
        return False
    length = row.end - group[0].start
    if row.start.time() == time():
        return length <= LONGEST_NIGHT
    return (row.is_break or group[-1].is_break) and length <= LONGEST_SHIFT


def _trimmed(group: list[_Row]) -> Iterator[list[_Row]]:
    works = [n for n, row in enumerate(group) if not row.is_break]
    if works:
        yield group[works[0] : works[-1] + 1]


def _shift(calendar: Calendar, day: date, number: int, rows: list[_Row]) -> Shift:
    zone = ZoneInfo(calendar.timezone)
    spans = [(row.is_break, Span(to_epoch(row.start, zone), to_epoch(row.end, zone))) for row in rows]
    start, end = spans[0][1].start, spans[-1][1].end
    closed = clip(calendar.leaves, start, end)
    planned = subtract(merge(span for is_break, span in spans if not is_break), closed)
    breaks = subtract(merge(span for is_break, span in spans if is_break), closed)
    names = dict.fromkeys(row.name for row in rows if row.name and not row.is_break)
    name = " – ".join(names) or f"Shift {number}"
    return Shift(day, number, name[:60], start, end, tuple(planned), tuple(breaks))
