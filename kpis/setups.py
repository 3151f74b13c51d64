"""Machines with what decides how their time counts, read from the tables for many at once."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import inf
from zoneinfo import ZoneInfo

from kpis.calendars import Attendance, Calendar, day_start
from kpis.days import DayClock
from kpis.evidence import Machine, overlay_order
from kpis.intervals import Span
from kpis.models import CalendarAttendance, CalendarLeave, Equipment, Plant, ShiftCalendar
from kpis.plans import Schedule


@dataclass(frozen=True, slots=True)
class Setup:
    """A machine, its schedule, and the days it has components for.

    ``until``: epoch second it was last seen in its source; later days have components only where facts are.
    """

    machine: Machine
    plant_id: int
    schedule: Schedule
    history_from: date | None
    until: float


def load_calendars(calendar_ids: Collection[int]) -> dict[int, Calendar]:
    """Patterns with the leaves that close the whole calendar."""
    rows: defaultdict[int, list[Attendance]] = defaultdict(list)
    for row in CalendarAttendance.objects.filter(calendar_id__in=calendar_ids).order_by("pk"):
        rows[row.calendar_id].append(
            Attendance(row.weekday, row.hour_from, row.hour_to, row.is_break, row.name, row.week)
        )
    leaves: defaultdict[int, list[Span]] = defaultdict(list)
    for leave in CalendarLeave.objects.filter(calendar_id__in=calendar_ids, equipment=None):
        leaves[leave.calendar_id].append(_span(leave))
    zones = ShiftCalendar.objects.filter(pk__in=calendar_ids).values_list("pk", "timezone")
    return {pk: Calendar(zone, tuple(rows[pk]), tuple(sorted(leaves[pk]))) for pk, zone in zones}


def load_clocks(plant_ids: Collection[int]) -> dict[int, DayClock]:
    """The production day of each plant: its zone, and its calendar's earliest shift start."""
    plants = Plant.objects.filter(pk__in=plant_ids).only("timezone", "calendar_id")
    calendars = load_calendars({plant.calendar_id for plant in plants if plant.calendar_id})
    return {plant.pk: _clock(plant, calendars) for plant in plants}


def day_clock(plant: Plant) -> DayClock:
    """Which production day of the plant an instant belongs to."""
    return load_clocks([plant.pk])[plant.pk]


def production_day_start(plant: Plant) -> timedelta:
    """Local time at which the plant's production day begins, as time since midnight."""
    return day_clock(plant).start


def load_setups(equipment_ids: Collection[int]) -> dict[int, Setup]:
    """Setups by equipment id, in a fixed number of queries; unknown ids are left out."""
    machines = Equipment.objects.filter(pk__in=equipment_ids).select_related("plant")
    wanted = {pk for row in machines for pk in (row.calendar_id, row.plant.calendar_id) if pk}
    calendars = load_calendars(wanted)
    leaves: defaultdict[int, list[Span]] = defaultdict(list)
    for leave in CalendarLeave.objects.filter(equipment_id__in=equipment_ids):
        if leave.equipment_id is not None:
            leaves[leave.equipment_id].append(_span(leave))
    clocks = {row.plant_id: _clock(row.plant, calendars) for row in machines}
    return {row.pk: _setup(row, clocks[row.plant_id], calendars, leaves[row.pk]) for row in machines}


def _setup(row: Equipment, clock: DayClock, calendars: dict[int, Calendar], leaves: list[Span]) -> Setup:
    calendar = calendars.get(row.calendar_id or row.plant.calendar_id or 0)
    return Setup(
        Machine(row.pk, row.work_unit, row.plant.micro_stop_s, overlay_order(row.plant.overlay)),
        row.plant_id,
        _schedule(clock, calendar, tuple(sorted(leaves))),
        row.plant.history_from,
        _until(row),
    )


def _schedule(clock: DayClock, calendar: Calendar | None, own: tuple[Span, ...]) -> Schedule:
    """A pattern without hours, as Odoo has for flexible schedules, does not say when work is planned."""
    leaves = (*calendar.leaves, *own) if calendar else own
    if calendar is None or not any(not row.is_break for row in calendar.attendances):
        return Schedule(clock, None, leaves)
    return Schedule(clock, replace(calendar, leaves=leaves) if own else calendar)


def _until(row: Equipment) -> float:
    if row.gone_at is not None:
        return row.gone_at.timestamp()
    return inf if row.active else -inf


def _clock(plant: Plant, calendars: dict[int, Calendar]) -> DayClock:
    return DayClock(ZoneInfo(plant.timezone), day_start(calendars.get(plant.calendar_id or 0)))


def _span(leave: CalendarLeave) -> Span:
    return Span(leave.start.timestamp(), leave.end.timestamp())
