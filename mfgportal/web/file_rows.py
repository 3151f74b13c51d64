"""Columns of the lists that pages give as files, and their rows."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from kpis.models import WorkOrder
from mfgportal.accounts.masks import technician_name
from mfgportal.accounts.models import User
from mfgportal.api.reliability_rows import listed
from mfgportal.exports.table import Column, Row, column
from mfgportal.reliability import Survey
from sync.models import ReconciliationLine
from sync.reconcile.base import Rule

BATCH = 2000
ORDERS = (
    column("number"), column("title"), column("plant"), column("machine"), column("type"), column("status"),
    column("priority"), column("team"), column("assigned_to"), column("asked_at", "moment"),
    column("due_at", "moment"), column("completed_at", "moment"), column("estimated_s", "number"),
    column("source"), column("source_key"),
)  # fmt: skip
MACHINES = (
    column("machine", "integer", "equipment"), column("name"), column("class", "text", "equipment_class"),
    column("rank", "integer", "standing", "rank"), column("operating_hours", "number", "hours"),
    column("failures", "integer"), column("mtbf_h", "number", "mtbf"),
    column("mtbf_lower_h", "number", "mtbf_bounds", "lower"),
    column("mtbf_upper_h", "number", "mtbf_bounds", "upper"),
    column("confidence", "number"), column("down_s", "number"),
    column("worse_than_class", "number", "standing", "worse"), column("rises", "flag"),
    column("failures_expected", "number", "forecast", "expected"),
    column("forecast_days", "number", "forecast", "days"),
)  # fmt: skip


def order_file_rows(rows: QuerySet[WorkOrder], user: User) -> Iterator[Row]:
    """Of whom the person may not see, no name."""
    for order in rows.select_related("equipment__plant", "plant", "assigned_to").iterator(BATCH):
        machine, who = order.equipment, order.assigned_to
        plant = machine.plant if machine else order.plant
        yield {
            "number": order.number or order.external_key,
            "title": order.title,
            "plant": plant.name if plant else "",
            "machine": machine.name if machine else "",
            "type": order.work_type,
            "status": order.status,
            "priority": order.priority,
            "team": order.team,
            "assigned_to": technician_name(user, who.pk, who.name) if who else "",
            "asked_at": order.requested_at or order.created_at,
            "due_at": order.due_at or order.scheduled_at,
            "completed_at": order.completed_at,
            "estimated_s": order.estimated_s,
            "source": order.source,
            "source_key": order.external_key,
        }


def machine_file_rows(found: Survey, wanted: str | None) -> list[dict[str, Any]]:
    """The machines of each class, the worst first; of the wanted class alone, if there is one."""
    return [
        listed(each, rank, compared=group.compared)
        for group in found.classes
        if wanted in {None, group.name}
        for rank, each in enumerate(group.machines, 1)
    ]


def comparison_columns(rule: Rule) -> Sequence[Column]:
    named = (column(title, "number", "sides", key) for key, title in {**rule.sides, **rule.parts}.items())
    return (
        column("subject", "text", "title"), column("period"), column("plant"), *named, column("unit"),
        column("difference", "number"), column("agrees", "flag"), column("note"),
    )  # fmt: skip


def comparison_file_rows(lines: QuerySet[ReconciliationLine]) -> Iterator[Row]:
    for line in lines.select_related("plant").iterator(BATCH):
        yield {
            "title": line.title,
            "period": line.period,
            "plant": line.plant.name if line.plant else "",
            "sides": line.sides,
            "unit": line.unit,
            "difference": line.difference,
            "agrees": line.agrees,
            "note": line.note,
        }
