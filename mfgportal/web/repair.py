"""The work that a stop caused: its orders, who did them, the parts taken, what was spent."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from kpis.models import Downtime, Labour, PartUse, WorkOrder
from mfgportal.accounts.masks import technician_name
from mfgportal.accounts.models import User

MOST = 5
COUNTS = Q(counts=True, deleted_at=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A work order that overlaps the stop. ``people`` as the person may see them; ``labour_s``: booked."""

    order: WorkOrder
    people: list[str]
    parts: list[str]
    labour_s: float

    @property
    def url(self) -> str:
        return reverse("event", args=["work-order", self.order.pk])


def repairs_of(stop: Downtime, user: User) -> list[Repair]:
    """Work orders of the machine that overlap the stop, the newest first. At most three queries."""
    end = stop.end or timezone.now()
    over = Q(completed_at__gt=stop.start) | Q(completed_at=None, completed_on=None)
    over |= Q(completed_at=None, completed_on__gte=stop.start.date())
    rows = WorkOrder.objects.filter(over, equipment=stop.equipment_id, deleted_at=None, created_at__lt=end)
    rows = rows.select_related("assigned_to").prefetch_related(
        Prefetch("labour", Labour.objects.filter(COUNTS).select_related("technician")),
        Prefetch("part_uses", PartUse.objects.filter(COUNTS).select_related("part")),
    )
    return [_repair(order, user) for order in rows.order_by("-created_at", "-pk")[:MOST]]


def _repair(order: WorkOrder, user: User) -> Repair:
    labour = order.labour.all()
    who = [order.assigned_to, *(hours.technician for hours in labour)]
    people = {one.pk: technician_name(user, one.pk, one.name) for one in who if one}
    return Repair(
        order=order,
        people=list(people.values()),
        parts=list(_parts(order.part_uses.all())),
        labour_s=sum(hours.seconds for hours in labour),
    )


def _parts(uses: Iterable[PartUse]) -> Iterable[str]:
    return (f"{use.quantity:g} × {use.part.name}" for use in uses)
