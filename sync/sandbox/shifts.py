"""Shift patterns of a plant as planned spans in epoch seconds."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from sync.sandbox.spec import Plant, Shift

Interval = tuple[int, int]


class ShiftDay(NamedTuple):
    """One shift of one day: its whole window, and what of it is planned (breaks and holidays taken out)."""

    day: date
    name: str
    start: int
    stop: int
    planned: tuple[Interval, ...]


def local_epoch(plant: Plant, day: date, hour: float) -> int:
    """Epoch second of a local wall-clock hour; hours from 24 on belong to the next day."""
    days, hours = divmod(hour, 24)
    moment = datetime.combine(day + timedelta(days=days), time(), plant.zone) + timedelta(hours=hours)
    return int(moment.timestamp())


def local_day(plant: Plant, epoch: int) -> date:
    """Production day of an instant: the day whose first shift started last."""
    return (datetime.fromtimestamp(epoch, plant.zone) - timedelta(hours=plant.day_start)).date()


def is_holiday(plant: Plant, day: date) -> bool:
    return (day.month, day.day) in plant.holidays


def holiday_span(plant: Plant, day: date) -> Interval:
    """A holiday lasts from the first shift of its day to the first shift of the next."""
    return local_epoch(plant, day, plant.day_start), local_epoch(plant, day, plant.day_start + 24)


@lru_cache(maxsize=4096)
def shifts_of(plant: Plant, day: date) -> tuple[ShiftDay, ...]:
    """The shifts that start on this day, in order; none on a day off."""
    if day.weekday() not in plant.weekdays or is_holiday(plant, day):
        return ()
    return tuple(_shift_day(plant, day, shift) for shift in plant.shifts)


def _shift_day(plant: Plant, day: date, shift: Shift) -> ShiftDay:
    start, pause, resume, stop = (
        local_epoch(plant, day, hour) for hour in (shift.start, shift.break_from, shift.break_to, shift.stop)
    )
    return ShiftDay(day, shift.name, start, stop, ((start, pause), (resume, stop)))


def planned_spans(plant: Plant, day: date) -> tuple[Interval, ...]:
    return tuple(span for shift in shifts_of(plant, day) for span in shift.planned)


def planned_overlap(plant: Plant, start: int, stop: int) -> int:
    """Planned seconds inside [start, stop): Odoo's working-calendar duration of a stop."""
    day, last, total = local_day(plant, start) - timedelta(days=1), local_day(plant, stop), 0
    while day <= last:
        total += sum(max(0, min(stop, b) - max(start, a)) for a, b in planned_spans(plant, day))
        day += timedelta(days=1)
    return total


class Attendance(NamedTuple):
    """A row of `resource.calendar.attendance`: a weekday and local hours within 0 to 24."""

    weekday: int
    start: float
    stop: float
    period: str
    name: str


def attendances(plant: Plant) -> list[Attendance]:
    """The plant's week. Odoo's rows end at midnight, so a night shift is split there."""
    rows = []
    for weekday in plant.weekdays:
        for shift in plant.shifts:
            for start, stop, period in (
                (float(shift.start), float(shift.break_from), "morning"),
                (float(shift.break_from), float(shift.break_to), "lunch"),
                (float(shift.break_to), float(shift.stop), "afternoon"),
            ):
                rows += _rows_within_days(weekday, start, stop, period, shift.name)
    return sorted(rows)


def _rows_within_days(weekday: int, start: float, stop: float, period: str, name: str) -> list[Attendance]:
    if start >= 24:
        return [Attendance((weekday + 1) % 7, start - 24, stop - 24, period, name)]
    if stop > 24:
        return [
            Attendance(weekday, start, 24.0, period, name),
            Attendance((weekday + 1) % 7, 0.0, stop - 24, period, name),
        ]
    return [Attendance(weekday, start, stop, period, name)]
