"""Work orders that are done in one system and still open in another."""

from dataclasses import dataclass

from django.db.models import QuerySet

from kpis.models import WorkOrder
from mfgportal.accounts.access import exceptions_of
from mfgportal.accounts.models import User
from sync.mismatches import STATUS
from sync.models import SyncException


@dataclass(frozen=True, slots=True)
class Sides:
    """``exception`` tells what each system says, and is where it is resolved."""

    order: WorkOrder
    exception: SyncException


def late_in_one(user: User, rows: QuerySet[WorkOrder]) -> list[Sides]:
    """Those of ``rows`` that the queue knows to differ, longest known first. Two queries."""
    told = exceptions_of(user).filter(kind=STATUS).exclude(status=SyncException.Status.RESOLVED)
    by_order = {found.context.get("work_order"): found for found in told.order_by("-first_seen")}
    known = rows.filter(pk__in=[pk for pk in by_order if pk]).select_related("equipment__plant", "plant")
    found = [Sides(order, by_order[order.pk]) for order in known]
    return sorted(found, key=lambda each: each.exception.first_seen)
