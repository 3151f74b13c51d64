"""Analytic lines that are about maintenance → costs.

Odoo books a cost as a negative amount and an income as a positive one; ours have the other sign. Lines that
Odoo makes of a stock move are left out where that move is read as a part use itself.
"""

from sync.connectors.base import Payload
from sync.connectors.odoo import consumption, values
from sync.connectors.odoo.api import Domain, OdooApi
from sync.connectors.odoo.references import any_of, chosen, named, number_in, order
from sync.errors import BadRow
from sync.records import CostCategory, CostRecord, Kind, Record

MODEL = "account.analytic.line"
TEXTS = ("name", "ref")
# Which lines are maintenance though they name no work order: field → option with its ids.
CHOSEN = {"account_id": "maintenance_accounts", "project_id": "maintenance_projects"}
OF_MOVES = ("analytic_account_line_ids", "analytic_account_line_id")  # of stock moves: now, and before
INCOME = "invoice"
BILL = "vendor_bill"


def wanted(api: OdooApi) -> Domain:
    """Lines that may name a work order, and those of the accounts and projects chosen."""
    offered = api.types(MODEL)
    texts = named(api, (field for field in TEXTS if field in offered))
    listed = {field: chosen(api.options, option) for field, option in CHOSEN.items() if field in offered}
    return any_of([*texts, *([field, "in", ids] for field, ids in listed.items() if ids)])


def complete(api: OdooApi, rows: list[Payload]) -> None:
    """Embed the work order named, whether the line is of a chosen account, and what it was spent on."""
    listed = {field: set(chosen(api.options, option)) for field, option in CHOSEN.items()}
    told = _of_moves(api, [int(row["id"]) for row in rows])
    services = _services(api, {values.linked(row, "product_id") for row in rows} - {0})
    for row in rows:
        row["work_order"] = number_in(api, (values.text(row, field) for field in TEXTS))
        row["chosen"] = any(values.linked(row, field) in ids for field, ids in listed.items())
        row["of_move"] = row["id"] in told
        row["service"] = services.get(values.linked(row, "product_id"))


def _of_moves(api: OdooApi, lines: list[int]) -> set[int]:
    """Those lines that Odoo made of a stock move which is a part use."""
    if not api.readable(consumption.MODEL):
        return set()
    field = next((name for name in OF_MOVES if name in api.types(consumption.MODEL)), None)
    if field is None:
        return set()
    found = api.find(consumption.MODEL, [[field, "in", lines], *consumption.wanted(api)], [field])
    many = {one for row in found if isinstance(row[field], list) for one in row[field] if type(one) is int}
    return many & set(lines)


def _services(api: OdooApi, products: set[int]) -> dict[int, bool]:
    """Whether a product is a service, by id."""
    if not products or not api.readable("product.product"):
        return {}
    return {
        int(row["id"]): row["type"] == "service" for row in api.rows("product.product", products, ["type"])
    }


def cost(row: Payload) -> list[Record]:
    """A line with a work order belongs to it; one of a chosen account belongs to its company."""
    about = order(row)
    if row["of_move"] or row.get("category") == INCOME or not (about or row["chosen"]):
        return []
    day = values.day(row, "date")
    if day is None:
        raise BadRow("date is empty; a day is needed", field="date")
    return [
        CostRecord(
            external_key=f"{MODEL}/{row['id']}",
            category=_category(row),
            amount=0.0 - values.number(row, "amount"),
            currency=values.label(row, "currency_id"),
            day=day,
            work_order=about,
            plant=None if about else values.ref(row, "company_id", Kind.PLANT, "res.company"),
            label=values.text(row, "name"),
        )
    ]


def _category(row: Payload) -> CostCategory:
    """An employee's time is labour, goods are parts, and services that were billed are a contractor's."""
    if row.get("employee_id"):
        return CostCategory.LABOUR
    if row["service"] is False:
        return CostCategory.PARTS
    return CostCategory.CONTRACTOR if row.get("category") == BILL else CostCategory.OTHER
