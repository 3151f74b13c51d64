"""The facts we read from Odoo: orders, counts, runs, stops, scrap, maintenance requests."""

from sync.connectors.base import StreamSpec
from sync.connectors.odoo import maintenance, production
from sync.connectors.odoo.spec import HOUR, WRITTEN, OdooStream
from sync.records import Kind

FACT_STREAMS = (
    OdooStream(
        spec=StreamSpec(
            name="manufacturing_orders",
            title="Manufacturing orders",
            model="mrp.production",
            kinds=(),
            fields={
                "name": "char",
                "state": "selection",
                "product_id": "many2one",
                "product_qty": "float",
                "product_uom_id": "many2one",
                "company_id": "many2one",
                **WRITTEN,
            },
            every_s=60,
            rank=40,
            summed=("product_qty",),
        ),
        to_records=production.manufacturing_order,
    ),
    OdooStream(
        spec=StreamSpec(
            name="work_orders",
            title="Production work orders",
            model="mrp.workorder",
            kinds=(Kind.PRODUCTION,),
            fields={
                "name": "char",
                "state": "selection",
                "workcenter_id": "many2one",
                "production_id": "many2one",
                "operation_id": "many2one",
                "date_start": "datetime",
                "date_finished": "datetime",
                "qty_produced": "float",
                **WRITTEN,
            },
            every_s=60,
            rank=41,
            dated_by="date_start",
            summed=("qty_produced",),
            # The product is its manufacturing order's; changing it there leaves no mark here.
            refresh_every_s=24 * HOUR,
        ),
        optional={"product_id": "many2one"},
        also={"mrp.production": {"product_id": "many2one"}},
        enrich=production.add_product,
        to_records=production.workorder,
    ),
    OdooStream(
        spec=StreamSpec(
            name="productivity",
            title="Productivity lines (runs and stops)",
            model="mrp.workcenter.productivity",
            kinds=(Kind.RUN, Kind.DOWNTIME),
            fields={
                "workcenter_id": "many2one",
                "workorder_id": "many2one",
                "loss_id": "many2one",
                "loss_type": "selection",
                "date_start": "datetime",
                "date_end": "datetime",
                "duration": "float",
                "description": "text",
                **WRITTEN,
            },
            every_s=30,
            rank=42,
            acceptable_delay_s=300,
            dated_by="date_start",
            summed=("duration",),
            # loss_type is the reason's, not stored: giving it another type leaves no mark on the lines.
            refresh_every_s=24 * HOUR,
        ),
        to_records=production.productivity,
    ),
    OdooStream(
        spec=StreamSpec(
            name="scrap",
            title="Scrap",
            model="stock.scrap",
            kinds=(Kind.PRODUCTION,),
            fields={
                "name": "char",
                "state": "selection",
                "product_id": "many2one",
                "product_uom_id": "many2one",
                "scrap_qty": "float",
                "date_done": "datetime",
                "production_id": "many2one",
                "workorder_id": "many2one",
                **WRITTEN,
            },
            every_s=60,
            rank=43,
            dated_by="date_done",
            summed=("scrap_qty",),
            # Product and work center are completed from the order, which leaves no mark here.
            refresh_every_s=24 * HOUR,
        ),
        also={
            "mrp.production": {"product_id": "many2one", "product_uom_id": "many2one"},
            "mrp.workorder": {"workcenter_id": "many2one", "operation_id": "many2one"},
        },
        enrich=production.add_order,
        to_records=production.scrap,
    ),
    OdooStream(
        spec=StreamSpec(
            name="requests",
            title="Maintenance requests",
            model="maintenance.request",
            kinds=(Kind.WORK_ORDER,),
            fields={
                "name": "char",
                "stage_id": "many2one",
                "equipment_id": "many2one",
                "maintenance_type": "selection",
                "priority": "selection",
                "create_date": "datetime",
                "request_date": "date",
                "close_date": "date",
                "schedule_date": "datetime",
                "user_id": "many2one",
                "archive": "boolean",
                **WRITTEN,
            },
            every_s=60,
            rank=44,
            dated_by="create_date",
            # Whether a stage counts as done is the stage's; changing it there leaves no mark on requests.
            refresh_every_s=24 * HOUR,
        ),
        optional={"kanban_state": "selection", "schedule_end": "datetime", "workcenter_id": "many2one"},
        also={"maintenance.stage": {"name": "char", "sequence": "integer", "done": "boolean"}},
        enrich=maintenance.add_stage_and_employee,
        to_records=maintenance.request,
    ),
)
