"""The kinds of facts that component families follow from, and how each is found: one entry per table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db.models import Model, Q

from kpis.models import CostEntry, Downtime, Labour, PartUse, Production, Run, WorkOrder
from kpis.scope import By


@dataclass(frozen=True, slots=True)
class Window:
    """Days of a plant, and the instants they span."""

    first: date
    last: date
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A table of facts.

    ``home``: the family of components that follow from it; its days are production days, or local days.
    ``places``: paths to a machine, the first that is known counts; ``plants``: to a plant, where none is.
    ``parts``: paths by what numbers are split by. ``fields``: what it says, by name. ``span``: it lasts from
    ``start`` to ``end``, and counts within the window alone. ``page``: the slug of its page here.
    """

    name: str
    model: type[Model]
    home: str
    within: Callable[[Window], Q]
    fields: Mapping[str, str]
    places: tuple[str, ...] = ("equipment",)
    plants: tuple[str, ...] = ()
    parts: Mapping[By, str] = field(default_factory=dict)
    counts: Q = field(default_factory=Q)
    span: bool = False
    page: str = ""


def _lasts(window: Window) -> Q:
    """Touches the window; an instant lies in it."""
    begun = Q(start__lt=window.end)
    return begun & (Q(end=None) | Q(end__gt=window.start) | Q(start__gte=window.start))


def _at(window: Window, *paths: str) -> Q:
    """Any of these instants lies in the window."""
    found = Q()
    for path in paths:
        found |= Q(**{f"{path}__gte": window.start, f"{path}__lt": window.end})
    return found


def _on(window: Window, path: str) -> Q:
    return Q(**{f"{path}__range": (window.first, window.last)})


def _booked(at: str, day: str = "") -> Callable[[Window], Q]:
    """By its own time or day, else by that of its order's completion, else of its creation."""

    def within(window: Window) -> Q:
        own = _at(window, at) | (_on(window, day) if day else Q(pk__in=[]))
        nothing = Q(**{at: None}) & (Q(**{day: None}) if day else Q())
        done = Q(work_order__status="completed")
        known = ~Q(work_order__completed_at=None) | ~Q(work_order__completed_on=None)
        completed = _at(window, "work_order__completed_at") | _on(window, "work_order__completed_on")
        created = _at(window, "work_order__created_at") & ~(done & known)
        return own | (nothing & ((done & completed) | created))

    return within


def _of_order(window: Window) -> Q:
    """Anything that may count of an order happens in the window."""
    times = ("created_at", "completed_at", "started_at", "due_at", "scheduled_at", "requested_at")
    return _at(window, *times) | _on(window, "completed_on") | _on(window, "created_on")


def _stands_open(window: Window) -> Q:
    """Work that is to be done when the window ends."""
    begun = Q(created_at__lt=window.end) | Q(created_at=None, created_on__lte=window.last)
    ended = Q(completed_at__lt=window.end) | Q(completed_at=None, completed_on__lte=window.last)
    return begun & ~ended & ~Q(status="cancelled")


ORDER_PARTS: Mapping[By, str] = {
    "work_type": "work_order__work_type",
    "priority": "work_order__priority",
    "team": "work_order__team",
}
COUNTS = Q(counts=True)
DOWNTIME = Kind(
    name="downtime",
    model=Downtime,
    home="shift",
    within=_lasts,
    fields={
        "start": "start",
        "end": "end",
        "reason": "reason__name",
        "loss_class": "reason__loss_class",
        "note": "note",
    },
    parts={"reason": "reason", "loss_class": "reason__loss_class"},
    counts=Q(inherited=False),
    span=True,
    page="downtime",
)
RUN = Kind(
    name="run",
    model=Run,
    home="shift",
    within=_lasts,
    fields={"start": "start", "end": "end", "reduced_speed": "reduced_speed", "order_key": "order_key"},
    span=True,
    page="run",
)
PRODUCTION = Kind(
    name="production",
    model=Production,
    home="shift",
    within=_lasts,
    fields={
        "start": "start",
        "end": "end",
        "product": "product__name",
        "order_number": "order_number",
        "order_key": "order_key",
        "quantity": "quantity",
        "scrap": "scrap",
        "ideal_cycle_s": "ideal_cycle_s",
    },
    parts={"product": "product"},
    span=True,
    page="production",
)
WORK_ORDER = Kind(
    name="work_order",
    model=WorkOrder,
    home="work",
    within=_of_order,
    fields={
        **{name: name for name in ("number", "title", "work_type", "status", "priority", "team")},
        **{name: name for name in ("requested_at", "created_at", "started_at", "scheduled_at", "due_at")},
        **{name: name for name in ("completed_at", "completed_on", "estimated_s")},
        "technician_id": "assigned_to",
        "technician": "assigned_to__name",
    },
    plants=("plant",),
    parts={"work_type": "work_type", "priority": "priority", "team": "team", "technician": "assigned_to"},
    page="work-order",
)
OPEN_ORDER = replace(WORK_ORDER, name="open_order", home="backlog", within=_stands_open)
LABOUR = Kind(
    name="labour",
    model=Labour,
    home="work",
    within=_booked("start"),
    fields={
        "start": "start",
        "seconds": "seconds",
        "hourly_rate": "hourly_rate",
        "technician_id": "technician",
        "technician": "technician__name",
        "work_order": "work_order__number",
    },
    places=("work_order__equipment",),
    plants=("work_order__plant",),
    parts={**ORDER_PARTS, "technician": "technician"},
    counts=COUNTS,
)
PART_USE = Kind(
    name="part_use",
    model=PartUse,
    home="work",
    within=_booked("used_at"),
    fields={
        "start": "used_at",
        "part": "part__name",
        "quantity": "quantity",
        "unit_cost": "unit_cost",
        "work_order": "work_order__number",
    },
    places=("work_order__equipment",),
    plants=("work_order__plant",),
    parts={**ORDER_PARTS, "technician": "work_order__assigned_to"},
    counts=COUNTS,
)
COST = Kind(
    name="cost",
    model=CostEntry,
    home="work",
    within=_booked("at", "day"),
    fields={
        "start": "at",
        "day": "day",
        "category": "category",
        "label": "label",
        "amount": "amount",
        "currency": "currency",
        "work_order": "work_order__number",
    },
    places=("equipment", "work_order__equipment"),
    plants=("plant", "work_order__plant"),
    parts={**ORDER_PARTS, "technician": "work_order__assigned_to"},
    counts=COUNTS,
)
KINDS = (DOWNTIME, RUN, PRODUCTION, WORK_ORDER, OPEN_ORDER, LABOUR, PART_USE, COST)
