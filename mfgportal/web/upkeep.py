"""The section of a place's page that says how its maintenance goes and what it costs."""

from dataclasses import dataclass
from itertools import groupby

from kpis.definitions import CATALOGUE, FAMILIES, TITLES, Kpi
from kpis.engine import Value, evaluate
from kpis.periods import beside
from mfgportal.accounts.masks import may_see_kpi
from mfgportal.accounts.models import User
from mfgportal.scope import Selection
from mfgportal.web.format import Part, parts_of

SHOWN = (
    "mdt",
    "inherent_availability",
    "operational_availability",
    "mtbm",
    "pm_compliance",
    "schedule_compliance",
    "planned_work",
    "reactive_work",
    "corrective_maintenance_ratio",
    "first_time_fix",
    "repeat_failures",
    "mtta",
    "mean_repair_time",
    "work_order_cycle_time",
    "work_orders_created",
    "work_orders_completed",
    "labour_hours",
    "maintenance_cost",
    "labour_cost",
    "part_cost",
    "contractor_cost",
    "corrective_cost_share",
    "maintenance_cost_per_unit",
    "maintenance_cost_per_operating_hour",
    "downtime_cost",
)
HOMES = {
    kpi.name: family
    for family, module in FAMILIES.items()
    for kpi in vars(module).values()
    if isinstance(kpi, Kpi)
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A KPI's value and what it is made of."""

    kpi: Kpi
    value: Value
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class Group:
    """The KPIs of one family: those with a value, and those without one, with the reason."""

    title: str
    known: list[Entry]
    unknown: list[Entry]


def upkeep(selection: Selection, user: User) -> list[Group]:
    """What the person may see of it. One query per family of components."""
    names = [name for name in SHOWN if may_see_kpi(user, CATALOGUE[name])]
    (values,) = beside([(None, evaluate(names, selection.scope))], selection.scope)
    entries = [Entry(CATALOGUE[found.kpi], found, parts_of(CATALOGUE[found.kpi], found)) for found in values]
    return [
        _group(TITLES[family], list(some))
        for family, some in groupby(entries, key=lambda entry: HOMES[entry.kpi.name])
    ]


def _group(title: str, entries: list[Entry]) -> Group:
    known = [entry for entry in entries if entry.value.value is not None]
    return Group(title, known, [entry for entry in entries if entry not in known])
