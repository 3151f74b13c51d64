"""Stock moves that took parts for a work order, or brought them back → part uses."""

from collections.abc import Iterable

from sync.connectors.base import Payload
from sync.connectors.odoo import values
from sync.connectors.odoo.api import Domain, OdooApi
from sync.connectors.odoo.references import any_of, named, number_in, order
from sync.errors import BadRow
from sync.records import Kind, PartUseRecord, Record, Ref

MODEL = "stock.move"
LAYERS = "stock.valuation.layer"  # until Odoo 18, where moves have no value of their own
CONSUMED = ["production", "inventory"]  # usages of places where goods are used up or lost
DONE = ("quantity", "quantity_done", "product_uom_qty")  # from Odoo 17 on, before, and where neither is
TEXTS = ("origin", "reference")


def wanted(api: OdooApi) -> Domain:
    """Finished moves to or from such a place that may name a work order, themselves or by their picking."""
    offered = api.types(MODEL)
    texts = [field for field in TEXTS if field in offered]
    texts += ["picking_id.origin"] if "picking_id" in offered else []
    used_up = [["location_dest_id.usage", "in", CONSUMED], ["location_id.usage", "in", CONSUMED]]
    return [["state", "=", "done"], *any_of(used_up), *any_of(named(api, texts))]


def complete(api: OdooApi, rows: list[Payload]) -> None:
    """Embed the work order named, both places' usage, the product's codes and cost, and the move's value."""
    origins = _by_id(api, "stock.picking", (values.linked(row, "picking_id") for row in rows), ["origin"])
    places = _by_id(
        api,
        "stock.location",
        (values.linked(row, field) for row in rows for field in ("location_id", "location_dest_id")),
        ["usage"],
    )
    products = _products(api, rows)
    layers = _layers(api, [int(row["id"]) for row in rows])
    for row in rows:
        picking = origins.get(values.linked(row, "picking_id"), {})
        texts = [values.text(row, field) for field in TEXTS]
        row["work_order"] = number_in(api, [*texts, values.text(picking, "origin")])
        row["from"] = places.get(values.linked(row, "location_id"), {}).get("usage")
        row["to"] = places.get(values.linked(row, "location_dest_id"), {}).get("usage")
        row["product"] = products.get(values.linked(row, "product_id"), {})
        row["worth"] = row.get("value") or layers.get(row["id"])


def _by_id(api: OdooApi, model: str, ids: Iterable[int], fields: list[str]) -> dict[int, Payload]:
    wanted_ids = set(ids) - {0}
    return {int(row["id"]): row for row in api.rows(model, wanted_ids, fields)} if wanted_ids else {}


def _products(api: OdooApi, rows: list[Payload]) -> dict[int, Payload]:
    priced = ["standard_price"] if "standard_price" in api.types("product.product") else []
    ids = (values.linked(row, "product_id") for row in rows)
    return _by_id(api, "product.product", ids, ["default_code", "barcode", *priced])


def _layers(api: OdooApi, moves: list[int]) -> dict[int, float]:
    """What moves were worth, by id, from the layers of older versions."""
    if "value" in api.types(MODEL) or not api.readable(LAYERS):
        return {}
    worth: dict[int, float] = {}
    for row in api.find(LAYERS, [["stock_move_id", "in", moves]], ["stock_move_id", "value"]):
        move = values.linked(row, "stock_move_id")
        worth[move] = worth.get(move, 0.0) + values.number(row, "value")
    return worth


def part_use(row: Payload) -> list[Record]:
    """Taken from stock, or brought back to it; moves between two places of consumption are neither."""
    about = order(row)
    used, back = row["to"] in CONSUMED, row["from"] in CONSUMED
    if about is None or used == back:
        return []
    quantity = _quantity(row)
    return [
        PartUseRecord(
            external_key=f"{MODEL}/{row['id']}",
            work_order=about,
            part=_part(row),
            quantity=quantity,
            unit_cost=_unit_cost(row, quantity),
            used_at=values.needed_moment(row, "date"),
            returned=back,
        )
    ]


def _part(row: Payload) -> Ref:
    found = values.link(row, "product_id")
    if found is None:
        raise BadRow("product_id is empty; a product is needed", field="product_id")
    codes = values.codes(row["product"], "default_code", "barcode")
    return Ref(kind=Kind.PART, key=f"product.product/{found[0]}", codes=codes, label=found[1])


def _quantity(row: Payload) -> float:
    """In the product's own unit, whatever unit the move is in."""
    field = next(name for name in DONE if name in row)
    return values.number(row, field) * _units(row)


def _units(row: Payload) -> float:
    """How many of the product's unit are one of the move's: Odoo keeps the demand in both."""
    planned, own = values.number(row, "product_uom_qty"), row.get("product_qty")
    return values.number(row, "product_qty") / planned if planned and own else 1.0


def _unit_cost(row: Payload, quantity: float) -> float | None:
    """From the move's value, else its own price, else the product's cost now."""
    if row["worth"] and quantity:
        return abs(values.number(row, "worth") / quantity)
    if row.get("price_unit"):
        return abs(values.number(row, "price_unit")) / _units(row)
    return values.number(row["product"], "standard_price") if row["product"].get("standard_price") else None
