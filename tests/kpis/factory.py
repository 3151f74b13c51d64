"""Small factories of the reporting schema: a plant, its machines, and what happened to them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count

from kpis.engine import Scope, Value, evaluate
from kpis.models import (
    CalendarAttendance,
    Downtime,
    Equipment,
    Plant,
    Production,
    Reason,
    Run,
    ShiftCalendar,
)
from kpis.rollup import rebuild

SOURCE = "test"
KEYS = count(1)
Hours = tuple[float, float]
WEEK = range(7)
WEEKDAYS = range(5)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def make_plant(
    shifts: Sequence[Hours] = (),
    breaks: Sequence[Hours] = (),
    *,
    timezone: str = "UTC",
    weekdays: Sequence[int] = WEEK,
    micro_stop_s: int = 300,
) -> Plant:
    """A plant; without shifts it has no calendar, and runs round the clock."""
    calendar = None
    if shifts:
        calendar = ShiftCalendar.objects.create(name="pattern", timezone=timezone)
        CalendarAttendance.objects.bulk_create(
            CalendarAttendance(calendar=calendar, weekday=day, hour_from=a, hour_to=b, is_break=pause)
            for day in weekdays
            for pause, rows in ((False, shifts), (True, breaks))
            for a, b in rows
        )
    return Plant.objects.create(name="plant", timezone=timezone, calendar=calendar, micro_stop_s=micro_stop_s)


def make_machine(plant: Plant, *, work_unit: bool = True, name: str = "machine") -> Equipment:
    return Equipment.objects.create(plant=plant, name=name, work_unit=work_unit)


def stop(
    machine: Equipment,
    start: datetime,
    end: datetime | None,
    reason: str = "equipment-failure",
    *,
    inherited: bool = False,
) -> Downtime:
    return Downtime.objects.create(
        source=SOURCE,
        external_key=f"stop/{next(KEYS)}",
        equipment=machine,
        reason=Reason.objects.get(code=reason),
        start=start,
        end=end,
        inherited=inherited,
    )


def run(
    machine: Equipment, start: datetime, end: datetime | None, order: str = "", *, slow: bool = False
) -> Run:
    return Run.objects.create(
        source=SOURCE,
        external_key=f"run/{next(KEYS)}",
        equipment=machine,
        start=start,
        end=end,
        order_key=order,
        reduced_speed=slow,
    )


def produce(
    machine: Equipment,
    start: datetime,
    end: datetime | None,
    quantity: float,
    ideal_cycle_s: float | None = None,
    *,
    scrap: float = 0,
    order: str = "",
    reported: datetime | None = None,
) -> Production:
    return Production.objects.create(
        source=SOURCE,
        external_key=f"order/{next(KEYS)}",
        equipment=machine,
        start=start,
        end=end,
        quantity=quantity,
        scrap=scrap,
        ideal_cycle_s=ideal_cycle_s,
        order_key=order,
        source_updated_at=reported,
    )


def scope_of(first: date, last: date | None = None, *machines: Equipment) -> Scope:
    ids = tuple(machine.pk for machine in machines) if machines else None
    return Scope(first_day=first, last_day=last or first, equipment_ids=ids)


def values(
    names: Sequence[str], first: date, last: date | None = None, *, confidence: float = 0.9
) -> dict[str, Value]:
    """Values over all machines, as of long after, from scratch."""
    rebuild(datetime.combine((last or first) + timedelta(days=30), datetime.min.time(), UTC))
    return {found.kpi: found for found in evaluate(names, scope_of(first, last), confidence=confidence)}
