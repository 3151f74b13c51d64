"""Work orders as rows of the maintenance pages: with links to the machine, the order and its source."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from kpis.models import WorkOrder
from mfgportal.accounts.masks import technician_name
from mfgportal.accounts.models import User
from mfgportal.maintenance.lists import CLOSED
from mfgportal.reconciliations import Links
from mfgportal.web.format import NONE, duration, roughly


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in words. ``url`` "": it has no machine, and so no page here; ``late``: how long overdue."""

    number: str
    title: str
    url: str
    source: str
    source_url: str
    machine: str
    machine_url: str
    plant: str
    zone: str
    type: str
    status: str
    priority: str
    team: str
    assigned: str
    asked_at: datetime | None
    due_at: datetime | None
    late: str
    estimate: str
    open: bool


def order_rows(
    rows: QuerySet[WorkOrder] | Iterable[WorkOrder], user: User, now: datetime, links: Links
) -> list[OrderRow]:
    """In the order given. One query, or none for rows at hand."""
    if isinstance(rows, QuerySet):
        rows = rows.select_related("equipment__plant", "plant", "assigned_to")
    return [_row(order, links, user, now) for order in rows]


def _row(order: WorkOrder, links: Links, user: User, now: datetime) -> OrderRow:
    machine = order.equipment
    plant = machine.plant if machine else order.plant
    due, still_open = order.due_at or order.scheduled_at, order.status not in CLOSED
    named = {"source": order.source, "external_key": order.external_key}
    who = order.assigned_to
    return OrderRow(
        number=order.number or order.external_key,
        title=order.title,
        url=reverse("event", args=["work-order", order.pk]) if machine else "",
        source=links.title(named),
        source_url=links.url(named),
        machine=machine.name if machine else "",
        machine_url=reverse("equipment", args=[machine.pk]) if machine else "",
        plant=plant.name if plant else "",
        zone=plant.timezone if plant else "UTC",
        type=order.work_type,
        status=order.status,
        priority=order.priority,
        team=order.team,
        assigned=technician_name(user, who.pk, who.name) if who else NONE,
        asked_at=order.requested_at or order.created_at,
        due_at=due,
        late=roughly((now - due).total_seconds()) if due and still_open and due < now else "",
        estimate=NONE if order.estimated_s is None else str(duration(order.estimated_s)),
        open=still_open,
    )
