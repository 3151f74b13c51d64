"""Work centers, equipment, products, operations, losses, people → masters."""

from sync.connectors.base import Payload
from sync.connectors.odoo import values
from sync.connectors.odoo.api import OdooApi
from sync.records import (
    EquipmentRecord,
    Kind,
    OperationRecord,
    ProductRecord,
    ReasonRecord,
    Record,
    TechnicianRecord,
)

# Availability losses have no class of their own: a breakdown and a missing delivery are both "availability".
LOSS_CLASS = {"availability": "", "performance": "speed", "quality": "quality", "productive": "running"}
CAPACITY_FIELDS = ("default_capacity", "capacity")  # from Odoo 16 on, and before


def workcenter(row: Payload) -> list[Record]:
    return [
        EquipmentRecord(
            external_key=f"mrp.workcenter/{row['id']}",
            name=values.text(row, "name"),
            codes=values.codes(row, "code"),
            active=values.flag(row, "active", default=True),
            plant=values.ref(row, "company_id", Kind.PLANT, "res.company"),
            calendar=values.ref(row, "resource_calendar_id", Kind.CALENDAR, "resource.calendar"),
            work_unit=True,
        )
    ]


def equipment(row: Payload) -> list[Record]:
    """``workcenter_id`` exists in Enterprise only; where it does, it makes the tree."""
    return [
        EquipmentRecord(
            external_key=f"maintenance.equipment/{row['id']}",
            name=values.text(row, "name"),
            codes=values.codes(row, "serial_no"),
            active=values.flag(row, "active", default=True),
            plant=values.ref(row, "company_id", Kind.PLANT, "res.company"),
            parent=values.ref(row, "workcenter_id", Kind.EQUIPMENT, "mrp.workcenter"),
            equipment_class=values.label(row, "category_id"),
            replacement_value=values.number(row, "cost") if row.get("cost") else None,  # 0: nobody entered it
            in_service_on=values.day(row, "effective_date"),
        )
    ]


def product(row: Payload) -> list[Record]:
    return [
        ProductRecord(
            external_key=f"product.product/{row['id']}",
            name=values.text(row, "name"),
            codes=values.codes(row, "default_code", "barcode"),
            active=values.flag(row, "active", default=True),
            uom=values.label(row, "uom_id"),
        )
    ]


def operation(row: Payload) -> list[Record]:
    return [
        OperationRecord(
            external_key=f"mrp.routing.workcenter/{row['id']}",
            name=values.text(row, "name"),
            active=values.flag(row, "active", default=True),
            equipment=values.needed_ref(row, "workcenter_id", Kind.EQUIPMENT, "mrp.workcenter"),
            ideal_cycle_s=_ideal_cycle(row),
        )
    ]


def _ideal_cycle(row: Payload) -> float | None:
    """Odoo's cycle is minutes for as many units as the work center makes at once."""
    minutes, capacity = values.number(row, "time_cycle_manual"), values.number(row, "capacity")
    return minutes * 60 / capacity if minutes > 0 and capacity > 0 else None


def add_capacity(api: OdooApi, rows: list[Payload]) -> None:
    """Embed the work center's capacity for any product: a field of its own until Odoo 18, a table from 19."""
    ids = sorted({values.linked(row, "workcenter_id") for row in rows})
    found = _default_capacity(api, ids) or _general_capacity(api, ids)
    for row in rows:
        row["capacity"] = found.get(values.linked(row, "workcenter_id")) or 1.0


def _default_capacity(api: OdooApi, ids: list[int]) -> dict[int, float]:
    field = next((name for name in CAPACITY_FIELDS if name in api.types("mrp.workcenter")), None)
    if field is None:
        return {}
    return {int(row["id"]): row[field] for row in api.rows("mrp.workcenter", ids, [field])}


def _general_capacity(api: OdooApi, ids: list[int]) -> dict[int, float]:
    if not api.readable("mrp.workcenter.capacity"):
        return {}
    domain = [["workcenter_id", "in", ids], ["product_id", "=", False]]
    found = api.find("mrp.workcenter.capacity", domain, ["workcenter_id", "capacity"])
    return {values.linked(row, "workcenter_id"): row["capacity"] for row in reversed(found)}


def loss(row: Payload) -> list[Record]:
    name = values.text(row, "name")
    return [
        ReasonRecord(
            external_key=f"mrp.workcenter.productivity.loss/{row['id']}",
            name=name,
            codes=values.codes(row, "name"),
            loss_class=values.choice(row, "loss_type", LOSS_CLASS),
        )
    ]


def technician(row: Payload) -> list[Record]:
    return [
        TechnicianRecord(
            external_key=f"hr.employee.public/{row['id']}",
            name=values.text(row, "name"),
            codes=tuple(code.lower() for code in values.codes(row, "work_email")),
            active=values.flag(row, "active", default=True),
        )
    ]
