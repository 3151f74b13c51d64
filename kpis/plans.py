"""A production day as the roll-up sees it: cut into frames, each of one shift and one kind. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import inf
from typing import NamedTuple

from kpis.calendars import Calendar, Shift, around_the_clock, shifts
from kpis.days import DayClock
from kpis.intervals import Span, clip

PLANNED, BREAK, LEAVE, OFF_SHIFT = "", "break", "leave", "off shift"
OFF_SHIFT_NAME = "Off shift"


class Frame(NamedTuple):
    """A span of one slot. ``kind``: why it is not planned time, "" where it is."""

    start: float
    end: float
    slot: int
    kind: str


class Slot(NamedTuple):
    """A future component row: ``number`` 0 is the time off shift."""

    number: int
    name: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A production day up to ``as_of``. ``frames`` partition [start, end).

    ``slots[0]`` is the time off shift. ``finished``: the day was over at ``as_of``.
    """

    day: date
    start: float
    end: float
    finished: bool
    slots: tuple[Slot, ...]
    frames: tuple[Frame, ...]


def plan_day(clock: DayClock, day: date, shifts: Iterable[Shift], as_of: float) -> DayPlan:
    """The plan of one day, from disjoint sorted shifts around it.

    A shift that crosses the start of the production day is in both days, each with its part: the rows of a
    day partition it.
    """
    start, day_end = clock.window(day)
    end = max(start, min(day_end, as_of))
    slots = [Slot(0, OFF_SHIFT_NAME, start, end)]
    frames: list[Frame] = []
    reached = start
    for shift in shifts:
        first, last = max(shift.start, start), min(shift.end, end)
        if first < last:
            frames += _frames([Span(reached, first)], 0, OFF_SHIFT)
            slots.append(Slot(len(slots), shift.name, first, last))
            frames += _shift_frames(shift, len(slots) - 1, first, last)
            reached = last
    frames += _frames([Span(reached, end)], 0, OFF_SHIFT)
    return DayPlan(day, start, end, as_of >= day_end, tuple(slots), tuple(frames))


def _shift_frames(shift: Shift, slot: int, start: float, end: float) -> Iterator[Frame]:
    parts = sorted(
        [Frame(a, b, slot, PLANNED) for a, b in clip(shift.planned, start, end)]
        + [Frame(a, b, slot, BREAK) for a, b in clip(shift.breaks, start, end)]
    )
    reached = start
    for part in parts:
        yield from _frames([Span(reached, part.start)], slot, LEAVE)
        yield part
        reached = part.end
    yield from _frames([Span(reached, end)], slot, LEAVE)


def _frames(spans: Iterable[Span], slot: int, kind: str) -> Iterator[Frame]:
    return (Frame(start, end, slot, kind) for start, end in spans if start < end)


def by_slot(spans: Iterable[Span], plan: DayPlan, *, planned_only: bool = False) -> list[float]:
    """Seconds of disjoint spans per slot of the day."""
    seconds = [0.0] * len(plan.slots)
    for start, end in spans:
        for frame in plan.frames:
            if frame.start < end and start < frame.end and not (planned_only and frame.kind):
                seconds[frame.slot] += min(end, frame.end) - max(start, frame.start)
    return seconds


def slot_at(plan: DayPlan, instant: float) -> int | None:
    """The slot an instant of the day lies in; None outside the day."""
    if not plan.start <= instant < plan.end:
        return None
    return plan.frames[bisect_right(plan.frames, (instant, inf)) - 1].slot


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a machine is planned to run. Without a calendar: round the clock, but for ``leaves``."""

    clock: DayClock
    calendar: Calendar | None = None
    leaves: tuple[Span, ...] = ()


@lru_cache(maxsize=512)
def plan_days(schedule: Schedule, first_day: date, last_day: date, as_of: float) -> tuple[DayPlan, ...]:
    """The plans of consecutive production days; machines with equal schedules share them."""
    margin = timedelta(days=2)  # a shift of another zone or the night before may reach into the day
    if schedule.calendar is None:
        found = around_the_clock(schedule.clock, schedule.leaves, first_day, last_day)
    else:
        found = shifts(schedule.calendar, first_day - margin, last_day + margin)
    starts = [shift.start for shift in found]
    days = (first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1))
    return tuple(
        plan_day(schedule.clock, day, found[max(0, before) : after], as_of)
        for day in days
        for window in (schedule.clock.window(day),)
        for before, after in ((bisect_left(starts, window.start) - 2, bisect_left(starts, window.end)),)
    )
