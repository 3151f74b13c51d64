"""The lists of work orders that numbers open into. A list is a condition; its number is how many meet it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from kpis.models import WorkOrder
from kpis.work.facts import CANCELLED, COMPLETED, CORRECTIVE, PREVENTIVE
from sync.acknowledging import asked_too_long_ago

CLOSED = (COMPLETED, CANCELLED)
UPCOMING = timedelta(days=14)
AGES = {
    "week": (None, timedelta(days=7)),
    "month": (timedelta(days=7), timedelta(days=30)),
    "quarter": (timedelta(days=30), timedelta(days=90)),
    "older": (timedelta(days=90), None),
}
AGE_TITLES = {
    "week": "Less than 7 days",
    "month": "7 to 30 days",
    "quarter": "30 to 90 days",
    "older": "90 days and more",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderList:
    """``about``: what its orders have in common. ``when``: the condition, at a moment. ``order``: of rows."""

    title: str
    about: str
    when: Callable[[datetime], Q]
    order: tuple[str, ...] = ("created_at", "pk")


def still_open(now: datetime) -> Q:
    return ~Q(status__in=CLOSED)


def open_preventive(now: datetime) -> Q:
    return still_open(now) & Q(work_type=PREVENTIVE)


def _waiting(now: datetime) -> Q:
    """Nobody has begun it, though it broke long enough ago."""
    asked = Q(work_type=CORRECTIVE, status="open", started_at=None)
    return still_open(now) & asked & asked_too_long_ago(now)


LISTS: Mapping[str, OrderList] = {
    "open": OrderList(
        title="Open work orders",
        about="Neither completed nor cancelled: the backlog.",
        when=still_open,
    ),
    "unestimated": OrderList(
        title="Open without an estimate",
        about="They count in the backlog’s orders, but add nothing to its hours.",
        when=lambda now: still_open(now) & Q(estimated_s=None),
    ),
    "overdue": OrderList(
        title="Overdue",
        about="Open, and due before now.",
        when=lambda now: still_open(now) & Q(due__lt=now),
        order=("due", "pk"),
    ),
    "overdue-preventive": OrderList(
        title="Preventive work overdue",
        about="Preventive, open, and due before now.",
        when=lambda now: open_preventive(now) & Q(due__lt=now),
        order=("due", "pk"),
    ),
    "upcoming-preventive": OrderList(
        title="Preventive work due in 14 days",
        about="Preventive, open, and due within 14 days from now.",
        when=lambda now: open_preventive(now) & Q(due__gte=now, due__lt=now + UPCOMING),
        order=("due", "pk"),
    ),
    "unacknowledged": OrderList(
        title="Not begun in time",
        about="Repairs asked for longer ago than the portal allows, of which no system says that work began.",
        when=_waiting,
        order=("asked_at", "pk"),
    ),
    "all": OrderList(
        title="Work orders", about="All of the place, open or not, newest first.", when=lambda now: Q(),
        order=("-created_at", "-pk"),
    ),
}  # fmt: skip
COUNTED = tuple(name for name in LISTS if name != "all")


@dataclass(frozen=True, slots=True)
class Backlog:
    """Open orders of an age, or of all. ``seconds``: of those with an estimate."""

    orders: int
    seconds: float
    unestimated: int


def dated(rows: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """With ``due``: when it is to be done at the latest, else when it is planned; ``asked_at`` likewise."""
    return rows.alias(due=Coalesce("due_at", "scheduled_at"), asked_at=Coalesce("requested_at", "created_at"))


def listed(name: str, rows: QuerySet[WorkOrder], now: datetime) -> QuerySet[WorkOrder]:
    """The rows of a list, in its order. Raises KeyError for no such list."""
    found = LISTS[name]
    return dated(rows).filter(found.when(now)).order_by(*found.order)


def numbers(rows: QuerySet[WorkOrder], now: datetime) -> tuple[dict[str, int], dict[str, Backlog]]:
    """How many orders each list has, all but "all", which has not only open ones; and the open ones by age.

    One query.
    """
    wanted: dict[str, Count | Sum] = {
        f"list_{place}": Count("pk", filter=LISTS[name].when(now)) for place, name in enumerate(COUNTED)
    }
    for name in AGES:
        old = aged(name, now)
        wanted[f"{name}_orders"] = Count("pk", filter=old)
        wanted[f"{name}_seconds"] = Sum("estimated_s", filter=old, default=0.0)
        wanted[f"{name}_unestimated"] = Count("pk", filter=old & Q(estimated_s=None))
    found = dated(rows).filter(still_open(now)).aggregate(**wanted)
    ages = {
        name: Backlog(found[f"{name}_orders"], found[f"{name}_seconds"], found[f"{name}_unestimated"])
        for name in AGES
    }
    return {name: found[f"list_{place}"] for place, name in enumerate(COUNTED)}, ages


def aged(name: str, now: datetime) -> Q:
    """Asked for so long ago; of orders without any time it is not known, and they count as oldest.

    Raises KeyError for no such age.
    """
    least, most = AGES[name]
    found = Q()
    if least is not None:
        found &= Q(asked_at__lte=now - least)
    if most is not None:
        found &= Q(asked_at__gt=now - most)
    return found | Q(asked_at=None) if most is None else found
