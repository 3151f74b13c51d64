"""Families of components: the tables that hold them, and by what each can be split.

An entry of ``FAMILIES`` is all that the engine needs to know of a table. Families of one ``home`` hold the
same quantities, the later ones fewer of them, split further: the first that can answer is read.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from django.db.models import FloatField, Max, Min, Model, Q, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from kpis.definitions import Component, Kpi
from kpis.definitions import components as c
from kpis.definitions.base import UNREAD
from kpis.models import (
    Equipment,
    LossClass,
    PartUse,
    Plant,
    PlantDays,
    PlantReasons,
    PlantWork,
    ProductComponents,
    ProductMonths,
    ReasonComponents,
    ReasonMonths,
    ShiftComponents,
    ShiftMonths,
    StockLevel,
    WorkComponents,
    WorkMonths,
    WorkOrder,
)
from kpis.scope import By, UnsupportedBreakdown
from kpis.work.levels import TABLES


@dataclass(frozen=True, slots=True)
class Part:
    """Paths from a row to the id and the name of a part. ``none``: the name where it has none.

    ``names``: names by code, where the row holds a code.
    """

    id: str
    label: str
    none: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


PLACES: Mapping[By, Part] = {
    "plant": Part("equipment__plant_id", "equipment__plant__name"),
    "line": Part("equipment__line_id", "equipment__line__name", "No line"),
    "equipment": Part("equipment_id", "equipment__name"),
    "equipment_class": Part("equipment__equipment_class", "equipment__equipment_class", "No class"),
}
"""Of rows that belong to a machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A table of days, its table of months (if any), and what its parts are.

    ``home``: the ``family`` of the components it holds. ``sum_of``: their sum over rows, None for one it does
    not hold. ``only``: which rows matter to given components. ``marks``: "place" (a shift's order) and "open"
    (not 0: an event goes on). ``always``: what every value is shown with. ``alone``: it is not asked for two
    breakdowns at once, since another family's whole is more than the sum of its parts. ``level``: its rows
    are no sums over time but what stands at its end, as ``kpis.work.levels`` reads a table of that name.
    """

    name: str
    home: str
    days: type[Model]
    months: type[Model] | None = None
    parts: Mapping[By, Part]
    sum_of: Callable[[Component], Combinable | None]
    only: Callable[[Iterable[Component]], Q] = lambda _: Q()
    work_unit: str = "equipment__work_unit"
    marks: Mapping[str, Combinable] = field(default_factory=dict)
    always: tuple[Component, ...] = ()
    of_plants: "Family | None" = None
    alone: bool = False
    level: str = ""

    def answers(self, components: Sequence[Component], bys: Sequence[By]) -> bool:
        if self.alone and len(bys) > 1:
            return False
        return self.parts.keys() >= {*bys} and all(self.sum_of(found) is not None for found in components)

    def sums(self, components: Iterable[Component]) -> dict[str, Combinable]:
        """Of those it holds, as ``sum_<name>``."""
        found = ((component, self.sum_of(component)) for component in components)
        return {f"sum_{component.name}": total for component, total in found if total is not None}


def columns_of(
    model: type[Model], work_unit: str = "equipment__work_unit"
) -> Callable[..., Combinable | None]:
    """``sum_of`` of a table with a column per component."""
    columns = {found.name for found in model._meta.concrete_fields}

    def sum_of(component: Component) -> Combinable | None:
        column = component.column or component.name
        if column not in columns:
            return None
        limit = Q(**{work_unit: True}) if component.work_units else None
        return Coalesce(Sum(column, filter=limit), 0, output_field=FloatField())

    return sum_of


def _seconds_of_reasons(component: Component) -> Combinable | None:
    if component == c.FACTS:
        return Sum("events")
    if not component.loss_class:
        return None
    return Coalesce(Sum("seconds", filter=Q(loss_class=component.loss_class)), 0.0)


def _of_their_classes(components: Iterable[Component]) -> Q:
    return Q(loss_class__in=[component.loss_class for component in components if component.loss_class])


PLANT: Mapping[By, Part] = {"plant": Part("plant_id", "plant__name")}
PLANT_SHIFT = Family(
    name="plant's shift",
    home="shift",
    days=PlantDays,
    parts={**PLANT, "shift": Part("shift_name", "shift_name")},
    sum_of=columns_of(PlantDays, "work_unit"),
    work_unit="work_unit",
    marks={"place": Min("shift"), "open": Max("open_events")},
)
PLANT_REASON = Family(
    name="plant's reason",
    home="shift",
    days=PlantReasons,
    parts={
        **PLANT,
        "reason": Part("reason_id", "reason__name"),
        "loss_class": Part("loss_class", "loss_class", names=dict(LossClass.choices)),
    },
    sum_of=_seconds_of_reasons,
    only=_of_their_classes,
    work_unit="work_unit",
)
SHIFT = Family(
    name="shift",
    home="shift",
    days=ShiftComponents,
    months=ShiftMonths,
    parts={**PLACES, "shift": Part("shift_name", "shift_name")},
    sum_of=columns_of(ShiftComponents),
    marks={"place": Min("shift"), "open": Max("open_events")},
    always=(c.FACTS, c.UNKNOWN, c.OEE_PLANNED, c.RUN_WITHOUT_IDEAL, c.OEE_RUN),
    of_plants=PLANT_SHIFT,
)
REASON = Family(
    name="reason",
    home="shift",
    days=ReasonComponents,
    months=ReasonMonths,
    parts={
        **PLACES,
        "reason": Part("reason_id", "reason__name"),
        "loss_class": Part("loss_class", "loss_class", names=dict(LossClass.choices)),
    },
    sum_of=_seconds_of_reasons,
    only=_of_their_classes,
    always=(c.FACTS,),
    of_plants=PLANT_REASON,
    alone=True,
)
PRODUCT = Family(
    name="product",
    home="shift",
    days=ProductComponents,
    months=ProductMonths,
    parts={**PLACES, "product": Part("product_id", "product__name", "No product")},
    sum_of=columns_of(ProductComponents),
    always=(c.FACTS, c.RUN_WITHOUT_IDEAL, c.OEE_RUN),
    alone=True,
)
PLANT_WORK = Family(
    name="plant's work",
    home="work",
    days=PlantWork,
    parts={
        **PLANT,
        "work_type": Part("work_type", "work_type", "No type"),
        "priority": Part("priority", "priority", "No priority"),
        "team": Part("team", "team", "No team"),
    },
    sum_of=columns_of(PlantWork, "work_unit"),
    work_unit="work_unit",
    marks={"currency_from": Min("plant__currency"), "currency_to": Max("plant__currency")},
)
WORK = Family(
    name="work",
    home="work",
    days=WorkComponents,
    months=WorkMonths,
    parts={
        **PLACES,
        "plant": Part("plant_id", "plant__name"),
        "equipment": Part("equipment_id", "equipment__name", "No machine"),
        "work_type": Part("work_type", "work_type", "No type"),
        "priority": Part("priority", "priority", "No priority"),
        "team": Part("team", "team", "No team"),
        "technician": Part("technician_id", "technician__name", "Nobody"),
    },
    sum_of=columns_of(WorkComponents),
    marks={"currency_from": Min("plant__currency"), "currency_to": Max("plant__currency")},
    of_plants=PLANT_WORK,
)


def _levels(name: str, days: type[Model]) -> Family:
    """``days``: the facts that it is read from."""
    table = TABLES[name]
    return Family(
        name=name,
        home=name,
        days=days,
        parts={by: WORK.parts[by] for by in table.parts},
        sum_of=lambda component: Value(0) if component.name in table.sums else None,
        level=name,
    )


FAMILIES = (
    SHIFT,
    REASON,
    PRODUCT,
    WORK,
    _levels("backlog", WorkOrder),
    _levels("capacity", Plant),
    _levels("assets", Equipment),
    _levels("stock", StockLevel),
    _levels("demand", PartUse),
    _levels(UNREAD, Plant),
)


Tables = dict[str, tuple[Family, list[Component]]]
"""What to read, by home: the family and the components to sum there."""


def breakdowns(kpi: Kpi) -> list[By]:
    """What its components can be split by, in every family it needs."""
    return [by for by in _all_parts() if _answering(list(kpi.components), [by]) is not None]


def families_for(kpis: Sequence[Kpi], bys: Sequence[By]) -> Tables:
    """What answers them all.

    Raises UnsupportedBreakdown; ValueError where parts are asked together that no table has together.
    """
    found = _answering(list(dict.fromkeys(chain.from_iterable(kpi.components for kpi in kpis))), bys)
    if found is not None:
        return found
    for kpi in kpis:
        possible = breakdowns(kpi)
        for by in bys:
            if by not in possible:
                raise UnsupportedBreakdown(f"{kpi.title} cannot be split by {by}. {_possible(possible)}")
    raise ValueError(f"{', '.join(bys)} cannot be read together with other parts")


def _answering(components: Sequence[Component], bys: Sequence[By]) -> Tables | None:
    found: Tables = {}
    for home in dict.fromkeys(component.family for component in components):
        wanted = [component for component in components if component.family == home]
        family = next((one for one in FAMILIES if one.home == home and one.answers(wanted, bys)), None)
        if family is None:
            return None
        with_them = chain.from_iterable(map(c.besides, wanted))
        found[home] = family, list(dict.fromkeys((*family.always, *wanted, *with_them)))
    return found


def _all_parts() -> list[By]:
    return list(dict.fromkeys(chain.from_iterable(family.parts for family in FAMILIES)))


def _possible(bys: Sequence[By]) -> str:
    return f"Possible: {', '.join(bys)}." if bys else "It cannot be split by anything but time."
