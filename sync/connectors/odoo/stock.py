"""Products with their quants → stock levels by location.

Odoo merges, splits and deletes quants at will, so a quant's id means nothing. A row is a product with what
lies where: a level that is gone is missing in its product's row, and is taken back with the next reading.
"""

from sync.connectors.base import Payload
from sync.connectors.odoo import values
from sync.connectors.odoo.api import Domain, OdooApi
from sync.records import Kind, Record, Ref, StockRecord

QUANT_FIELDS = {
    "product_id": "many2one",
    "location_id": "many2one",
    "company_id": "many2one",
    "quantity": "float",
    "write_date": "datetime",
}


def wanted(api: OdooApi) -> Domain:
    """Goods: services have no stock."""
    return [["type", "!=", "service"]]


def add_levels(api: OdooApi, rows: list[Payload]) -> None:
    """Embed what lies at internal locations, lots, packages and owners added up."""
    domain = [["product_id", "in", [row["id"] for row in rows]], ["location_id.usage", "=", "internal"]]
    quants = api.find("stock.quant", domain, QUANT_FIELDS)
    for row in rows:
        row["levels"] = _levels([one for one in quants if values.linked(one, "product_id") == row["id"]])


def _levels(quants: list[Payload]) -> list[Payload]:
    found: dict[int, Payload] = {}
    for quant in sorted(quants, key=lambda one: int(one["id"])):
        at = values.linked(quant, "location_id")
        level = found.setdefault(at, {**_place(quant), "quantity": 0.0, "at": ""})
        level["quantity"] = round(level["quantity"] + values.number(quant, "quantity"), 6)
        level["at"] = max(level["at"], quant["write_date"] or "")
    return [found[at] for at in sorted(found)]


def _place(quant: Payload) -> Payload:
    return {"location_id": quant["location_id"], "company_id": quant["company_id"]}


def levels(row: Payload) -> list[Record]:
    """One per location. ``at`` is when the source last touched one of its quants."""
    key = f"product.product/{row['id']}"
    product = Ref(kind=Kind.PRODUCT, key=key, label=values.text(row, "name"))
    worth = values.number(row, "standard_price") if row.get("standard_price") else None
    return [
        StockRecord(
            external_key=f"{key}.{values.linked(level, 'location_id')}",
            product=product,
            location=values.label(level, "location_id"),
            quantity=values.number(level, "quantity"),
            plant=values.ref(level, "company_id", Kind.PLANT, "res.company"),
            unit_value=worth,
            at=values.moment(level, "at"),
        )
        for level in row["levels"]
    ]
