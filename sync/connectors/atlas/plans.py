"""How often a preventive plan makes a work order; the work order itself only names its plan."""

from collections.abc import Mapping

from sync.connectors.atlas import values
from sync.connectors.base import Payload

DAYS = {"DAILY": 1.0, "WEEKLY": 7.0, "MONTHLY": 365 / 12, "YEARLY": 365.0}


def of_a_plan(row: Payload) -> bool:
    return values.linked(row, "parentPreventiveMaintenance") != 0


def add_plans(rows: list[Payload], schedules: Mapping[int, Payload]) -> None:
    """Embed ``schedule`` (frequency and recurrenceType, or None) in work orders.

    Args:
        schedules: by the plan's id.
    """
    for row in rows:
        found = schedules.get(values.linked(row, "parentPreventiveMaintenance"), {})
        kept = {name: found.get(name) for name in ("frequency", "recurrenceType")}
        row["schedule"] = kept if found else None


def interval_days(row: Payload) -> float | None:
    """Days between two work orders of the plan; None without a plan, or where it is gone."""
    schedule = row.get("schedule")
    if not isinstance(schedule, dict) or schedule.get("recurrenceType") is None:
        return None
    return values.number(schedule, "frequency") * values.choice(schedule, "recurrenceType", DAYS)
