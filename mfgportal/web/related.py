"""What else happened on the machine at the time of an event, and what was spent on a work order."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from kpis.models import CostEntry, Downtime, Labour, PartUse, Production, Run, WorkOrder

Event = Downtime | Run | Production | WorkOrder
MAX_RELATED = 25


@dataclass(frozen=True, slots=True)
class Related:
    """Another event of the machine. ``end`` None: still open."""

    kind: str
    title: str
    start: datetime | None
    end: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class Spent:
    """Labour, parts and other costs of a work order that count; another system's books of it do not."""

    labour: list[Labour]
    parts: list[PartUse]
    costs: list[CostEntry]


def related(event: Event) -> list[Related]:
    """Overlapping work orders, stops and production of the same machine, in order of time."""
    start, end = _span(event)
    if start is None or event.equipment_id is None:
        return []
    found = _orders(event, start, end) + _stops(event, start, end) + _production(event, start, end)
    return sorted(found, key=lambda other: (other.start or start, other.title))


def spent(event: Event) -> Spent | None:
    """What counts as spent; None where the event is no work order."""
    if not isinstance(event, WorkOrder):
        return None
    mine = Q(work_order=event, deleted_at=None, counts=True)
    labour = Labour.objects.filter(mine).select_related("technician")
    parts = PartUse.objects.filter(mine).select_related("part")
    return Spent(list(labour), list(parts), list(CostEntry.objects.filter(mine)))


def _span(event: Event) -> tuple[datetime | None, datetime]:
    if isinstance(event, WorkOrder):
        return event.created_at, event.completed_at or timezone.now()
    return event.start, event.end or timezone.now()


def _url(kind: str, pk: int) -> str:
    return reverse("event", args=[kind, pk])


def _orders(event: Event, start: datetime, end: datetime) -> list[Related]:
    if isinstance(event, WorkOrder):
        return []
    rows = (
        WorkOrder.objects.filter(equipment=event.equipment_id, deleted_at=None, created_at__lt=end)
        .filter(Q(completed_at__gt=start) | Q(completed_at=None, completed_on=None))
        .order_by("-created_at")[:MAX_RELATED]
    )
    return [
        Related(
            "Work order",
            f"{row.number} {row.title}".strip(),
            row.created_at,
            row.completed_at,
            _url("work-order", row.pk),
        )
        for row in rows
    ]


def _stops(event: Event, start: datetime, end: datetime) -> list[Related]:
    rows = Downtime.objects.filter(_overlaps(event, start, end)).select_related("reason").order_by("-start")
    same = {event.pk} if isinstance(event, Downtime) else set()
    return [
        Related("Stop", row.reason.name, row.start, row.end, _url("downtime", row.pk))
        for row in rows.exclude(pk__in=same)[:MAX_RELATED]
    ]


def _production(event: Event, start: datetime, end: datetime) -> list[Related]:
    rows = (
        Production.objects.filter(_overlaps(event, start, end)).select_related("product").order_by("-start")
    )
    same = {event.pk} if isinstance(event, Production) else set()
    return [
        Related(
            "Production",
            f"{row.order_number} {row.product or ''}".strip(),
            row.start,
            row.end,
            _url("production", row.pk),
        )
        for row in rows.exclude(pk__in=same)[:MAX_RELATED]
    ]


def _overlaps(event: Event, start: datetime, end: datetime) -> Q:
    """Facts with a span, on the event's machine, within its time."""
    within = Q(equipment=event.equipment_id, deleted_at=None, start__lt=end)
    return within & (Q(end=None) | Q(end__gt=start))
