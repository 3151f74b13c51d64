"""Maintenance requests → work orders."""

import re
from datetime import UTC, date, datetime, time, timedelta

from sync.connectors.base import Payload
from sync.connectors.odoo import values
from sync.connectors.odoo.api import OdooApi
from sync.records import Kind, Record, Ref, WorkOrderRecord, WorkStatus, WorkType

REFERENCE = re.compile(r"\[([A-Z]{1,4}-?\d+)\]")
WORK_TYPES: dict[str | bool, WorkType] = {
    "corrective": WorkType.CORRECTIVE,
    "preventive": WorkType.PREVENTIVE,
    False: WorkType.OTHER,
}
PRIORITIES: dict[str | bool, str] = {False: "", "0": "very low", "1": "low", "2": "medium", "3": "high"}
A_DAY = timedelta(days=1)
DAYS_OF = {"day": 1.0, "week": 7.0, "month": 365 / 12, "year": 365.0}
HOUR = 3600
BLOCKED = {"normal": False, "done": False, "blocked": True}


def nothing(row: Payload) -> list[Record]:
    """Categories and stages are embedded in what refers to them; their rows are kept as evidence."""
    return []


def request(row: Payload) -> list[Record]:
    """Odoo keeps days only: ``close_date`` is a date, hence ``completed_on`` and no ``completed_at``."""
    status, stage = _status(row), row["stage"]
    equipment, planned = _equipment(row), values.moment(row, "schedule_date")
    return [
        WorkOrderRecord(
            external_key=f"maintenance.request/{row['id']}",
            number=str(row["id"]),
            title=values.text(row, "name"),
            equipment=equipment,
            work_type=values.choice(row, "maintenance_type", WORK_TYPES),
            status=status,
            stage=stage["name"] if stage else "",
            stage_key=f"maintenance.stage/{stage['id']}" if stage else "",
            priority=values.choice(row, "priority", PRIORITIES),
            created_at=_asked_for(row),
            created_on=_back_dated(row),
            due_at=values.moment(row, "schedule_end") or planned,
            completed_on=values.day(row, "close_date") if status is WorkStatus.COMPLETED else None,
            assigned_to=_assigned(row),
            counterpart=_counterpart(row),
            plant=None if equipment else values.ref(row, "company_id", Kind.PLANT, "res.company"),
            team=values.label(row, "maintenance_team_id"),
            scheduled_at=planned,
            estimated_s=_estimated(row) if planned else None,
            plan_interval_days=_interval(row),
        )
    ]


def _asked_for(row: Payload) -> datetime | None:
    """When it was entered; what was entered later than asked for counts from the day it was asked for."""
    day = _back_dated(row)
    return datetime.combine(day, time(), UTC) if day else values.moment(row, "create_date")


def _back_dated(row: Payload) -> date | None:
    """The day it was asked for, where it was entered later than that."""
    entered, asked = values.moment(row, "create_date"), values.day(row, "request_date")
    if entered is None or asked is None or entered.date() - asked <= A_DAY:  # their zones may differ
        return None
    return asked


def _estimated(row: Payload) -> float | None:
    """Seconds planned. Without a planned date Odoo's hours are its default of 1, and nobody's estimate."""
    hours = values.number(row, "duration") if row.get("duration") else 0
    return hours * HOUR if hours > 0 else None


def _interval(row: Payload) -> float | None:
    """Days after which a recurring request comes back. Every request has an interval; most do not recur."""
    if not values.flag(row, "recurring_maintenance", default=False) or not row.get("repeat_unit"):
        return None
    return values.number(row, "repeat_interval") * values.choice(row, "repeat_unit", DAYS_OF)


def _equipment(row: Payload) -> Ref | None:
    return values.ref(row, "equipment_id", Kind.EQUIPMENT, "maintenance.equipment") or values.ref(
        row, "workcenter_id", Kind.EQUIPMENT, "mrp.workcenter"
    )


def _status(row: Payload) -> WorkStatus:
    """Stage "Scrap" counts as done in Odoo: the work has ended."""
    stage = row["stage"] or {"done": False, "first": True}
    blocked = values.choice({"kanban_state": "normal", **row}, "kanban_state", BLOCKED)
    if stage["done"]:
        return WorkStatus.COMPLETED
    if values.flag(row, "archive", default=False):
        return WorkStatus.CANCELLED
    if blocked:
        return WorkStatus.ON_HOLD
    return WorkStatus.OPEN if stage["first"] else WorkStatus.IN_PROGRESS


def _assigned(row: Payload) -> Ref | None:
    """Without an employee behind the user there is nobody to refer to."""
    employee = row.get("employee")
    if not employee:
        return None
    return Ref(
        kind=Kind.TECHNICIAN, key=f"hr.employee.public/{employee['id']}", label=values.label(row, "user_id")
    )


def _counterpart(row: Payload) -> Ref | None:
    found = REFERENCE.search(values.text(row, "name"))
    return Ref(kind=Kind.WORK_ORDER, codes=(found[1],), label=found[1]) if found else None


def add_stage_and_employee(api: OdooApi, rows: list[Payload]) -> None:
    stages = {int(one["id"]): one for one in _stages(api)}
    employees = _employees(api, {values.linked(row, "user_id") for row in rows} - {0})
    for row in rows:
        row["stage"] = stages.get(values.linked(row, "stage_id"))
        row["employee"] = employees.get(values.linked(row, "user_id"))


def _stages(api: OdooApi) -> list[Payload]:
    found = api.find("maintenance.stage", [], ["name", "sequence", "done"])
    found.sort(key=lambda one: (one["sequence"], one["id"]))
    return [
        {"id": one["id"], "name": one["name"], "done": one["done"], "first": at == 0}
        for at, one in enumerate(found)
    ]


def _employees(api: OdooApi, users: set[int]) -> dict[int, Payload]:
    if not users or not api.readable("hr.employee.public"):
        return {}
    found = api.find("hr.employee.public", [["user_id", "in", sorted(users)]], ["user_id"])
    return {values.linked(one, "user_id"): {"id": one["id"]} for one in reversed(found)}
