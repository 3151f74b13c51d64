"""The simulated Odoo's tables: columns kept, fields computed, labels of records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sync.sandbox.odoo_native import Month, Reliability, months, reliability
from sync.sandbox.store import Table

COLUMNS: dict[str, str] = {
    "res.currency": "name symbol active rounding",
    "res.company": "name sequence active currency_id resource_calendar_id city",
    "res.users": "name login active tz company_id company_ids share lang",
    "hr.department": "name complete_name active company_id",
    "hr.employee.public": (
        "name active user_id department_id job_title resource_calendar_id company_id work_email tz"
    ),
    "uom.uom": "name factor relative_factor active rounding",
    "stock.location": "name complete_name usage active company_id",
    "resource.calendar": (
        "name active tz hours_per_day company_id hours_per_week flexible_hours schedule_type"
    ),
    "resource.calendar.attendance": (
        "name calendar_id dayofweek hour_from hour_to day_period duration_hours duration_days sequence"
    ),
    "resource.calendar.leaves": "name calendar_id resource_id date_from date_to time_type company_id",
    "resource.resource": "name resource_type active calendar_id tz time_efficiency company_id",
    "product.product": (
        "default_code name active uom_id type is_storable standard_price list_price company_id"
    ),
    "mrp.bom": "code product_qty type active company_id product_id",
    "mrp.workcenter": (
        "name code active sequence oee_target time_efficiency costs_hour time_start time_stop resource_id "
        "resource_calendar_id company_id tz"
    ),
    "mrp.workcenter.capacity": "workcenter_id product_id capacity time_start time_stop",
    "mrp.workcenter.productivity.loss.type": "loss_type",
    "mrp.workcenter.productivity.loss": "name sequence manual loss_id",
    "mrp.routing.workcenter": (
        "name bom_id workcenter_id sequence time_mode time_cycle time_cycle_manual active"
    ),
    "mrp.production": (
        "name state product_id product_uom_id product_qty qty_producing qty_produced bom_id date_start "
        "date_finished is_planned origin priority workorder_ids user_id company_id"
    ),
    "mrp.workorder": (
        "name state workcenter_id production_id operation_id date_start date_finished duration_expected "
        "duration qty_produced qty_production time_ids sequence"
    ),
    "mrp.workcenter.productivity": (
        "workcenter_id workorder_id loss_id description date_start date_end duration user_id company_id"
    ),
    "stock.quant": "product_id location_id company_id quantity reserved_quantity in_date",
    "stock.picking": "name state origin location_id location_dest_id company_id date_done",
    "stock.move": (
        "reference state product_id product_uom product_uom_qty product_qty quantity picked date origin "
        "location_id location_dest_id picking_id price_unit value analytic_account_line_ids company_id"
    ),
    "account.analytic.line": (
        "name ref date amount unit_amount category currency_id employee_id product_id account_id project_id "
        "company_id"
    ),
    "stock.scrap": (
        "name state product_id product_uom_id scrap_qty location_id scrap_location_id date_done origin "
        "production_id workorder_id company_id"
    ),
    "maintenance.stage": "name sequence done fold",
    "maintenance.team": "name active company_id member_ids",
    "maintenance.equipment.category": "name technician_user_id company_id",
    "maintenance.equipment": (
        "name serial_no active category_id maintenance_team_id technician_user_id effective_date "
        "company_id model cost equipment_assign_to"
    ),
    "maintenance.request": (
        "name description request_date schedule_date schedule_end duration close_date maintenance_type "
        "priority kanban_state stage_id archive equipment_id category_id maintenance_team_id user_id "
        "company_id create_uid write_uid repeat_interval repeat_unit repeat_type"
    ),
}
ORDER = {
    "maintenance.request": "id desc",
    "maintenance.stage": "sequence, id",
    "mrp.production": "priority desc, date_start asc, id asc",
    "mrp.routing.workcenter": "bom_id, sequence, id",
    "mrp.workcenter": "sequence, id",
    "mrp.workcenter.productivity": "id desc",
    "mrp.workcenter.productivity.loss": "sequence, id",
    "mrp.workorder": "sequence, date_start, id",
    "product.product": "default_code, name, id",
    "res.company": "sequence, name",
    "res.users": "name, login",
    "resource.calendar.attendance": "sequence, dayofweek, hour_from",
    "resource.calendar.leaves": "date_from",
    "account.analytic.line": "date desc, id desc",
    "stock.move": "sequence, id",
    "stock.picking": "priority desc, scheduled_date asc, id desc",
    "stock.scrap": "id desc",
}

Compute = Callable[["Odoo", dict[str, Any]], Any]


class Odoo:
    """All tables, with what Odoo derives from them."""

    def __init__(self) -> None:
        self.tables = {model: Table(model, names.split()) for model, names in COLUMNS.items()}
        self.now = 0
        self._months: tuple[int, dict[int, Month]] = (-1, {})

    def month(self, workcenter_id: int) -> Month:
        """Odoo's own figures of a work center, kept for the current second."""
        if self._months[0] != self.now:
            self._months = (self.now, months(self))
        return self._months[1][workcenter_id]

    def __getitem__(self, model: str) -> Table:
        return self.tables[model]

    def label(self, model: str, row_id: int) -> str:
        """The display_name that goes with a many2one."""
        table = self.tables.get(model)
        if table is None or row_id not in table.position:
            return f"{model},{row_id}"
        return LABELS.get(model, _name)(self, table.row(row_id)) or ""

    def derived(self, model: str, field: str) -> Compute | None:
        return DERIVED.get((model, field))

    def follow(self, model: str, row_id: int | None, field: str) -> Any:
        """A field of a related record, None when there is none."""
        table = self.tables[model]
        return table.get(row_id, field) if row_id in table.position and row_id is not None else None

    def where(self, model: str, field: str, value: Any) -> list[int]:
        table = self.tables[model]
        column = table.columns[field]
        return [row_id for row_id, each in zip(table.ids, column, strict=True) if each == value]


def _name(_: Odoo, row: dict[str, Any]) -> str:
    return str(row.get("name") or "")


def _equipment_label(_: Odoo, row: dict[str, Any]) -> str:
    return f"{row['name']}/{row['serial_no']}" if row["serial_no"] else str(row["name"])


def _product_label(_: Odoo, row: dict[str, Any]) -> str:
    return f"[{row['default_code']}] {row['name']}" if row["default_code"] else str(row["name"])


def _bom_label(odoo: Odoo, row: dict[str, Any]) -> str:
    return f"{row['code']}: {odoo.label('product.product', row['product_id'])}"


def _workorder_label(odoo: Odoo, row: dict[str, Any]) -> str:
    return f"{odoo.label('mrp.production', row['production_id'])} - {row['name']}"


LABELS: dict[str, Callable[[Odoo, dict[str, Any]], str]] = {
    "maintenance.equipment": _equipment_label,
    "product.product": _product_label,
    "mrp.bom": _bom_label,
    "mrp.workorder": _workorder_label,
    "mrp.workcenter.productivity": lambda odoo, row: odoo.label(
        "mrp.workcenter.productivity.loss", row["loss_id"]
    ),
    "mrp.workcenter.productivity.loss.type": lambda _, row: str(row["loss_type"]).capitalize(),
    "hr.department": lambda _, row: str(row["complete_name"]),
    "stock.location": lambda _, row: str(row["complete_name"]),
}


def _via(field: str, model: str, target: str) -> Compute:
    return lambda odoo, row: odoo.follow(model, row[field], target)


def _children(model: str, field: str) -> Compute:
    return lambda odoo, row: odoo.where(model, field, row["id"])


def _loss_type(odoo: Odoo, row: dict[str, Any]) -> str | None:
    loss_type: str | None = odoo.follow("mrp.workcenter.productivity.loss.type", row["loss_id"], "loss_type")
    return loss_type


def _line_loss_type(odoo: Odoo, row: dict[str, Any]) -> str | None:
    type_id = odoo.follow("mrp.workcenter.productivity.loss", row["loss_id"], "loss_id")
    return _loss_type(odoo, {"loss_id": type_id})


def _global_leaves(odoo: Odoo, row: dict[str, Any]) -> list[int]:
    leaves = odoo["resource.calendar.leaves"]
    return [each for each in odoo.where("resource.calendar.leaves", "calendar_id", row["id"])
            if not leaves.get(each, "resource_id")]  # fmt: skip


def _open_requests(odoo: Odoo, row: dict[str, Any]) -> int:
    requests = odoo["maintenance.request"]
    mine = odoo.where("maintenance.request", "equipment_id", row["id"])
    return sum(not odoo.follow("maintenance.stage", requests.get(each, "stage_id"), "done") for each in mine)


def _native(name: str) -> Compute:
    return lambda odoo, row: getattr(odoo.month(row["id"]), name)


def _lived(name: str) -> Compute:
    return lambda odoo, row: getattr(reliability(odoo, row), name)


def _working_state(odoo: Odoo, row: dict[str, Any]) -> str:
    """The newest open line decides; "done" is Odoo's word for running."""
    lines = odoo["mrp.workcenter.productivity"]
    columns = lines.columns
    for position in range(len(lines) - 1, max(-1, len(lines) - 4000), -1):
        if columns["workcenter_id"][position] == row["id"] and columns["date_end"][position] is None:
            loss_type = _line_loss_type(odoo, {"loss_id": columns["loss_id"][position]})
            return "done" if loss_type in ("productive", "performance") else "blocked"
    return "normal"


DERIVED: dict[tuple[str, str], Compute] = {
    **{("mrp.workcenter", name): _native(name) for name in ("oee", *Month._fields)},
    **{("maintenance.equipment", name): _lived(name) for name in Reliability._fields},
    ("mrp.workcenter.productivity", "loss_type"): _line_loss_type,
    ("mrp.workcenter.productivity", "production_id"): _via("workorder_id", "mrp.workorder", "production_id"),
    ("mrp.workcenter.productivity.loss", "loss_type"): _loss_type,
    ("mrp.workorder", "product_id"): _via("production_id", "mrp.production", "product_id"),
    ("mrp.workorder", "company_id"): _via("production_id", "mrp.production", "company_id"),
    ("mrp.workorder", "product_uom_id"): _via("production_id", "mrp.production", "product_uom_id"),
    ("mrp.workorder", "production_state"): _via("production_id", "mrp.production", "state"),
    ("mrp.workorder", "qty_remaining"): lambda _, row: max(0.0, row["qty_production"] - row["qty_produced"]),
    ("mrp.workorder", "scrap_ids"): _children("stock.scrap", "workorder_id"),
    ("mrp.workcenter", "working_state"): _working_state,
    ("mrp.workcenter", "capacity_ids"): _children("mrp.workcenter.capacity", "workcenter_id"),
    ("mrp.routing.workcenter", "company_id"): _via("workcenter_id", "mrp.workcenter", "company_id"),
    ("mrp.bom", "operation_ids"): _children("mrp.routing.workcenter", "bom_id"),
    ("maintenance.request", "done"): _via("stage_id", "maintenance.stage", "done"),
    ("maintenance.equipment", "maintenance_ids"): _children("maintenance.request", "equipment_id"),
    ("maintenance.equipment", "maintenance_count"): lambda odoo, row: len(
        odoo.where("maintenance.request", "equipment_id", row["id"])
    ),
    ("maintenance.equipment", "maintenance_open_count"): _open_requests,
    ("resource.calendar", "attendance_ids"): _children("resource.calendar.attendance", "calendar_id"),
    ("resource.calendar", "leave_ids"): _children("resource.calendar.leaves", "calendar_id"),
    ("resource.calendar", "global_leave_ids"): _global_leaves,
}
