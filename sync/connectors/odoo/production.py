"""Productivity lines, work orders and scrap → runs, stops and counts."""

from sync.connectors.base import Payload
from sync.connectors.odoo import values
from sync.connectors.odoo.api import OdooApi
from sync.errors import BadRow
from sync.records import DowntimeRecord, Kind, ProductionRecord, Record, RunRecord

# Reduced speed is still running (ISO 22400: part of the actual production time).
IS_RUN = {"productive": True, "performance": True, "availability": False, "quality": False}
WORK_STATES = {
    "pending": False,
    "waiting": False,
    "blocked": False,
    "ready": False,
    "progress": True,
    "done": True,
    "cancel": False,
}
SCRAP_STATES = {"draft": False, "done": True}


def productivity(row: Payload) -> list[Record]:
    """Dates are the truth: Odoo's own ``duration`` of a stop counts calendar hours only."""
    is_run = values.choice(row, "loss_type", IS_RUN)
    return [_run(row) if is_run else _stop(row)]


def _run(row: Payload) -> RunRecord:
    order = values.link(row, "workorder_id")
    return RunRecord(
        external_key=f"mrp.workcenter.productivity/{row['id']}",
        equipment=values.needed_ref(row, "workcenter_id", Kind.EQUIPMENT, "mrp.workcenter"),
        start=values.needed_moment(row, "date_start"),
        end=values.moment(row, "date_end"),
        reduced_speed=row["loss_type"] == "performance",
        order_key=f"mrp.workorder/{order[0]}" if order else "",
    )


def _stop(row: Payload) -> DowntimeRecord:
    return DowntimeRecord(
        external_key=f"mrp.workcenter.productivity/{row['id']}",
        equipment=values.needed_ref(row, "workcenter_id", Kind.EQUIPMENT, "mrp.workcenter"),
        reason=values.needed_ref(row, "loss_id", Kind.REASON, "mrp.workcenter.productivity.loss"),
        start=values.needed_moment(row, "date_start"),
        end=values.moment(row, "date_end"),
        note=values.text(row, "description"),
    )


def workorder(row: Payload) -> list[Record]:
    """Started or finished orders; ``date_finished`` of a started one is only the plan."""
    if not values.choice(row, "state", WORK_STATES):
        return []
    key = f"mrp.workorder/{row['id']}"
    return [
        ProductionRecord(
            external_key=key,
            equipment=values.needed_ref(row, "workcenter_id", Kind.EQUIPMENT, "mrp.workcenter"),
            product=values.ref(row, "product_id", Kind.PRODUCT, "product.product"),
            operation=values.ref(row, "operation_id", Kind.OPERATION, "mrp.routing.workcenter"),
            order_number=values.label(row, "production_id"),
            start=values.needed_moment(row, "date_start"),
            end=values.needed_moment(row, "date_finished") if row["state"] == "done" else None,
            quantity=values.number(row, "qty_produced"),
            order_key=key,
        )
    ]


def add_product(api: OdooApi, rows: list[Payload]) -> None:
    """The product is the manufacturing order's, where the work order does not name it itself."""
    lacking = [row for row in rows if not row.get("product_id")]
    orders = {values.linked(row, "production_id") for row in lacking}
    products = {
        int(one["id"]): one["product_id"] for one in api.rows("mrp.production", orders, ["product_id"])
    }
    for row in lacking:
        row["product_id"] = products.get(values.linked(row, "production_id"), False)


def manufacturing_order(row: Payload) -> list[Record]:
    """Kept as evidence only: counts and times come from its work orders."""
    return []


def scrap(row: Payload) -> list[Record]:
    """Scrap of the product being made. Scrapped components are material cost, not quality loss."""
    order, step = row["production"], row["workorder"]
    if not values.choice(row, "state", SCRAP_STATES) or not order or not step:
        return []
    if values.linked(row, "product_id") != values.linked(order, "product_id"):
        return []
    _same_unit(row, order)
    at = values.needed_moment(row, "date_done")
    return [
        ProductionRecord(
            external_key=f"stock.scrap/{row['id']}",
            equipment=values.needed_ref(step, "workcenter_id", Kind.EQUIPMENT, "mrp.workcenter"),
            product=values.ref(row, "product_id", Kind.PRODUCT, "product.product"),
            operation=values.ref(step, "operation_id", Kind.OPERATION, "mrp.routing.workcenter"),
            order_number=values.text(order, "name"),
            start=at,
            end=at,
            quantity=0.0,
            scrap=values.number(row, "scrap_qty"),
            order_key=f"mrp.workorder/{step['id']}",
        )
    ]


def _same_unit(row: Payload, order: Payload) -> None:
    unit, wanted = values.link(row, "product_uom_id"), values.link(order, "product_uom_id")
    if unit and wanted and unit[0] != wanted[0]:
        raise BadRow(f"scrap is booked in {unit[1]}, its order counts {wanted[1]}", field="product_uom_id")


def add_order(api: OdooApi, rows: list[Payload]) -> None:
    """Embed the manufacturing order and the work order: the tagged one, else the order's last step."""
    tagged = {values.linked(row, "workorder_id") for row in rows} - {0}
    steps = _steps(api, tagged, [["id", "in", sorted(tagged)]])
    for row in rows:
        row["workorder"] = steps.get(values.linked(row, "workorder_id"))
        row["production"] = values.linked(row["workorder"] or row, "production_id")
    orders = {row["production"] for row in rows} - {0}
    last = _last_steps(
        _steps(api, orders, [["production_id", "in", sorted(orders)], ["state", "!=", "cancel"]])
    )
    fields = ["name", "product_id", "product_uom_id"]
    made = {int(one["id"]): one for one in api.rows("mrp.production", orders, fields)}
    for row in rows:
        row["workorder"] = row["workorder"] or last.get(row["production"])
        row["production"] = made.get(row["production"])


def _steps(api: OdooApi, wanted: set[int], domain: list[object]) -> dict[int, Payload]:
    if not wanted:
        return {}
    ranked = ["sequence"] if "sequence" in api.types("mrp.workorder") else []  # not in every version
    fields = ["production_id", "workcenter_id", "operation_id", *ranked]
    found = api.find("mrp.workorder", domain, fields)
    return {int(one["id"]): one for one in found}


def _last_steps(steps: dict[int, Payload]) -> dict[int, Payload]:
    """Manufacturing order → its last step."""
    ordered = sorted(steps.values(), key=lambda one: (one.get("sequence") or 0, one["id"]))
    return {values.linked(one, "production_id"): one for one in ordered}
