"""Costs and stock as rows, and which source's spending counts where several tell of the same work."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from kpis.models import CostEntry, Labour, PartUse
from kpis.models.base import Fact
from kpis.models.facts import Spent
from kpis.work.marks import mark_all
from sync.models import Ownership
from sync.records import CostRecord, Kind, Ref, StockRecord

Ids = Mapping[Ref, int]
KINDS: Mapping[type[Spent], Kind] = {Labour: Kind.LABOUR, PartUse: Kind.PART_USE, CostEntry: Kind.COST}
COST_COLUMNS = {
    "category": "varchar",
    "label": "varchar",
    "amount": "numeric",
    "currency": "varchar",
    "at": "timestamptz",
    "day": "date",
    **dict.fromkeys(("work_order_id", "equipment_id", "plant_id"), "int8"),
}
STOCK_COLUMNS = {
    **dict.fromkeys(("product_id", "plant_id"), "int8"),
    "location": "varchar",
    "quantity": "float8",
    "unit_value": "numeric",
    "at": "timestamptz",
}


def optional_id(ids: Ids, ref: Ref | None) -> int | None:
    return None if ref is None else ids[ref]


def money(value: float | None, places: int) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal(1).scaleb(-places))


def cost(record: CostRecord, ids: Ids) -> tuple[Any, ...]:
    """Values of ``COST_COLUMNS``."""
    what = record.category.value, record.label[:400], money(record.amount, 4), record.currency
    where = (optional_id(ids, ref) for ref in (record.work_order, record.equipment, record.plant))
    return *what, record.at, record.day, *where


def stock(record: StockRecord, ids: Ids) -> tuple[Any, ...]:
    """Values of ``STOCK_COLUMNS``."""
    where = ids[record.product], optional_id(ids, record.plant), record.location[:200]
    return *where, float(record.quantity), money(record.unit_value, 4), record.at


def counts(source: str, model: type[Fact]) -> tuple[bool, ...]:
    """The value of ``counts`` for a source's rows of a model; empty where the model has no such column."""
    if not issubclass(model, Spent):
        return ()
    owner = _owner(KINDS[model])
    return (owner is None or owner == source,)


def recount(kind: Kind) -> int:
    """Have the rows of another source count, after the system of record of a kind has changed.

    Args:
        kind: labour, part_use or cost; others are no spending, and nothing happens.

    Returns:
        How many rows count now and did not, or the other way round.
    """
    owner = _owner(kind)
    changed = 0
    for model in (model for model, of in KINDS.items() if of == kind):
        rows: QuerySet[Spent] = model._default_manager.all()
        mine = rows if owner is None else rows.filter(source=owner)  # all count where nobody owns them
        changed += mine.filter(counts=False).update(counts=True)
        changed += 0 if owner is None else rows.exclude(source=owner).filter(counts=True).update(counts=False)
    if changed:
        mark_all()
    return changed


def _owner(kind: Kind) -> str | None:
    return Ownership.objects.filter(kind=kind, field="").values_list("source__name", flat=True).first()
