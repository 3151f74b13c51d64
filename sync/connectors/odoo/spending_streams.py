"""What we read from Odoo of money and parts: stock levels, maintenance costs, parts used."""

from sync.connectors.base import StreamSpec
from sync.connectors.odoo import consumption, costs, stock
from sync.connectors.odoo.spec import HOUR, WRITTEN, OdooStream
from sync.records import Kind

SPENDING_STREAMS = (
    OdooStream(
        spec=StreamSpec(
            name="stock_quants",
            title="Stock levels",
            model="product.product",
            kinds=(Kind.STOCK,),
            fields={"name": "char", "type": "selection"},
            every_s=900,
            rank=55,
            incremental=False,
            acceptable_delay_s=2 * HOUR,
            criticality="low",
        ),
        optional={"standard_price": "float"},
        also={
            "stock.quant": stock.QUANT_FIELDS,
            "stock.location": {"usage": "selection"},
        },
        domain=stock.wanted,
        enrich=stock.add_levels,
        to_records=stock.levels,
    ),
    OdooStream(
        spec=StreamSpec(
            name="part_consumption",
            title="Parts used (stock moves)",
            model=consumption.MODEL,
            kinds=(Kind.PART_USE,),
            fields={
                "state": "selection",
                "product_id": "many2one",
                "product_uom_qty": "float",
                "location_id": "many2one",
                "location_dest_id": "many2one",
                "origin": "char",
                "date": "datetime",
                **WRITTEN,
            },
            every_s=300,
            rank=56,
            acceptable_delay_s=2 * HOUR,
            criticality="low",
            dated_by="date",
        ),
        optional={
            "reference": "char",
            "picking_id": "many2one",
            "quantity": "float",
            "quantity_done": "float",
            "product_qty": "float",
            "price_unit": "float",
            "value": "monetary",
        },
        also={
            "stock.location": {"usage": "selection"},
            "product.product": {"default_code": "char", "barcode": "char"},
        },
        domain=consumption.wanted,
        enrich=consumption.complete,
        to_records=consumption.part_use,
    ),
    OdooStream(
        spec=StreamSpec(
            name="maintenance_costs",
            title="Maintenance costs (analytic lines)",
            model=costs.MODEL,
            kinds=(Kind.COST,),
            fields={
                "name": "char",
                "date": "date",
                "amount": "monetary",
                "company_id": "many2one",
                **WRITTEN,
            },
            every_s=300,
            rank=57,
            acceptable_delay_s=2 * HOUR,
            criticality="low",
            dated_by="date",
            summed=("amount",),
        ),
        optional={
            "ref": "char",
            "category": "selection",
            "currency_id": "many2one",
            "employee_id": "many2one",
            "product_id": "many2one",
            "account_id": "many2one",
            "project_id": "many2one",
        },
        domain=costs.wanted,
        enrich=costs.complete,
        to_records=costs.cost,
    ),
)
