"""The fields of each kind of event in words, in the plant's time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from kpis.models import Downtime, LossClass, Plant, Production, Run, WorkOrder
from mfgportal.accounts.masks import technician_name
from mfgportal.accounts.models import User
from mfgportal.locales import day, number, symbols
from mfgportal.web.format import NONE, lasting

Event = Downtime | Run | Production | WorkOrder


@dataclass(frozen=True, slots=True)
class Field:
    """A named value; ``note`` says what it means where that is not plain."""

    name: str
    value: str
    note: str = ""


def fields_of(event: Event, plant: Plant, user: User) -> list[Field]:
    """All fields of an event as the person may see them, empty ones as a dash."""
    zone = ZoneInfo(plant.timezone)
    if isinstance(event, Downtime):
        return [*_downtime(event, plant), *_span(event.start, event.end, zone)]
    if isinstance(event, Run):
        return [*_run(event), *_span(event.start, event.end, zone)]
    if isinstance(event, Production):
        return [*_production(event), *_span(event.start, event.end, zone)]
    return list(_work_order(event, zone, user))


def _downtime(event: Downtime, plant: Plant) -> Iterator[Field]:
    reason = event.reason
    yield Field("Reason", reason.name)
    yield Field("Loss", LossClass(reason.loss_class).label)
    if _is_micro(event, plant):
        yield Field("Counts as", LossClass.MICRO_STOP.label, f"shorter than {plant.micro_stop_s} s")
    if event.inherited:
        yield Field("Counts as", "Nothing", "a copy of a stop of a part of this machine")
    yield Field("Note", event.note or NONE)


def _is_micro(event: Downtime, plant: Plant) -> bool:
    if event.end is None or event.reason.loss_class not in {LossClass.BREAKDOWN, LossClass.EXTERNAL}:
        return False
    return (event.end - event.start).total_seconds() < plant.micro_stop_s


def _run(event: Run) -> Iterator[Field]:
    yield Field("Speed", "Reduced" if event.reduced_speed else "Full")
    yield Field("Order", event.order_key or NONE)


def _production(event: Production) -> Iterator[Field]:
    yield Field("Order", event.order_number or NONE)
    yield Field("Product", str(event.product or NONE))
    yield Field("Operation", str(event.operation or NONE))
    yield Field("Produced", number(event.quantity), "scrap included")
    yield Field("Scrap", number(event.scrap))
    cycle = event.ideal_cycle_s
    yield Field(
        "Ideal cycle",
        f"{symbols(format(cycle, 'g'))} s per piece" if cycle else NONE,
        "" if cycle else "performance is undefined",
    )


def _work_order(event: WorkOrder, zone: ZoneInfo, user: User) -> Iterator[Field]:
    yield Field("Number", event.number or NONE)
    yield Field("Type", event.work_type.replace("_", " ").capitalize())
    yield Field("Status", event.status.replace("_", " ").capitalize())
    yield Field("Priority", event.priority.replace("_", " ").capitalize() or NONE)
    who = event.assigned_to
    yield Field("Assigned to", technician_name(user, who.pk, who.name) if who else NONE)
    yield Field("Created", _time(event.created_at, zone))
    yield Field("Due", _time(event.due_at, zone))
    if event.completed_at is None and event.completed_on:
        yield Field("Completed", day(event.completed_on), "the source keeps the day alone")
    else:
        yield Field("Completed", _time(event.completed_at, zone))


def _span(start: datetime, end: datetime | None, zone: ZoneInfo) -> Iterator[Field]:
    yield Field("Start", _time(start, zone))
    yield Field("End", _time(end, zone) if end else "Still open")
    lasted = ((end or timezone.now()) - start).total_seconds()
    yield Field("Duration", lasting(lasted), "" if end else "so far")


def _time(at: datetime | None, zone: ZoneInfo) -> str:
    if at is None:
        return NONE
    local = at.astimezone(zone)
    return f"{day(local, 'yMMMEd')}{local:, %H:%M:%S %Z}"
