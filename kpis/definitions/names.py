"""A KPI in a person's or a standard's words: its name or title in any case, or what a standard calls it."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from kpis.definitions import CATALOGUE
from kpis.definitions.left_out import LEFT_OUT

ALSO: Mapping[str, str] = MappingProxyType(
    {
        "oee_index": "oee",
        "overall_equipment_effectiveness": "oee",
        "overall_operations_effectiveness": "ooe",
        "total_effective_equipment_performance": "teep",
        "nee_index": "nee",
        "net_equipment_effectiveness": "nee",
        "effectiveness": "performance",
        "performance_efficiency": "performance",
        "quality_ratio": "quality",
        "quality_rate": "quality",
        "scrap_rate": "scrap_ratio",
        "throughput": "throughput_rate",
        "mean_time_between_failures": "mtbf",
        "mean_operating_time_between_failures": "mtbf",
        "mean_time_to_failure": "mttf",
        "mean_time_to_restoration": "mttr",
        "mean_time_to_restore": "mttr",
        "mean_time_to_repair": "mean_repair_time",
        "mean_time_to_acknowledge": "mtta",
        "mean_time_between_maintenance": "mtbm",
        "mean_downtime": "mdt",
        "planned_maintenance_percentage": "planned_work",
        "pmp": "planned_work",
        "preventive_maintenance_compliance": "pm_compliance",
        "maintenance_unit_cost": "maintenance_cost_per_unit",
        "maintenance_cost_of_rav": "maintenance_cost_of_replacement_value",
        "maintenance_cost_over_rav": "maintenance_cost_of_replacement_value",
        "total_maintenance_cost_as_a_percent_of_rav": "maintenance_cost_of_replacement_value",
        "total_maintenance_cost": "maintenance_cost",
        "operation_availability": "operational_availability",
        "schedule_compliance_by_hours": "schedule_compliance_hours",
        "backlog_in_weeks": "backlog_weeks",
        "rework": "maintenance_rework",
        "stockouts": "stock_outs",
        "stores_inventory_turns": "spare_part_turns",
        "stores_turns": "spare_part_turns",
        "tool_time": "wrench_time",
        "fpy": "first_pass_yield",
    }
)
SPELLED = (
    ("utilization", "utilisation"),
    ("labor_", "labour_"),
    ("set_up", "setup"),
    ("down_time", "downtime"),
)


class NoSuchKpi(KeyError):
    """No KPI is named so; the message says what is, or why there is none."""

    def __str__(self) -> str:
        return str(self.args[0])


def slug(text: str) -> str:
    """``"MTBF, operating time"`` → ``"mtbf_operating_time"``."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def kpi_named(given: str) -> str:
    """The catalogue's name of what is meant. Raises NoSuchKpi."""
    if given in CATALOGUE:
        return given
    name = _spelled(slug(given))
    found = _KNOWN.get(name)
    if found is None:
        raise NoSuchKpi(f"“{given}” is not a KPI. {_instead(name)}")
    return found


def _spelled(name: str) -> str:
    for other, ours in SPELLED:
        name = name.replace(other, ours)
    return name


def _instead(name: str) -> str:
    for left in LEFT_OUT:
        if len(name) > 3 and name in slug(left.standard):
            return f"{left.standard} is left out: {left.why}."
    close = dict.fromkeys(_KNOWN[near] for near in get_close_matches(name, _KNOWN, n=3))
    return f"Is {' or '.join(close)} meant?" if close else f"Known: {', '.join(CATALOGUE)}."


_KNOWN: Mapping[str, str] = MappingProxyType(
    {
        **ALSO,
        **{_spelled(slug(kpi.title)): kpi.name for kpi in CATALOGUE.values()},
        **{_spelled(name): name for name in CATALOGUE},
    }
)
