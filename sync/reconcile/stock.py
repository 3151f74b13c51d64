"""Spare parts: what lies in the ERP's store by product, and what the CMMS believes to have of the part."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import partial

from kpis.models import Part, StockLevel
from sync.models import Source, Stream
from sync.reconcile.base import (
    ROWS_KEPT,
    Explanation,
    Measure,
    NotReady,
    Row,
    Rule,
    Subject,
    Tolerance,
    Window,
)
from sync.reconcile.readiness import maintenance_systems, need_ready, production_systems, streams_of
from sync.records import Kind


def measure(window: Window) -> Iterator[Measure]:
    erp, cmms = production_systems(Kind.STOCK), maintenance_systems(Kind.PART)
    levels_from, parts_from = streams_of(erp, Kind.STOCK), streams_of(cmms, Kind.PART)
    if not (levels_from and parts_from):
        raise NotReady("It takes a system that keeps stock and a CMMS with parts.")
    need_ready([*levels_from, *parts_from], window.now)
    parts = _parts(cmms)
    levels = _levels(erp, parts.keys())
    for product, group in parts.items():
        yield _measure(product, group, levels.get(product, []), parts_from[0])


def _parts(cmms: Collection[Source]) -> dict[int, list[Part]]:
    """Parts that are stocked in the ERP, by product. A part without a counted quantity says nothing."""
    rows = Part.objects.filter(
        source__in=[source.name for source in cmms],
        product__isnull=False,
        quantity_on_hand__isnull=False,
        gone_at=None,
    )
    found: dict[int, list[Part]] = defaultdict(list)
    for part in rows.order_by("name", "pk"):
        if part.product_id:
            found[part.product_id].append(part)
    return found


def _levels(erp: Collection[Source], products: Collection[int]) -> dict[int, list[StockLevel]]:
    rows = StockLevel.objects.filter(
        source__in=[source.name for source in erp], product__in=products, deleted_at=None
    )
    found: dict[int, list[StockLevel]] = defaultdict(list)
    for level in rows.order_by("location", "pk"):
        found[level.product_id].append(level)
    return found


def _measure(product: int, parts: Sequence[Part], levels: Sequence[StockLevel], filed: Stream) -> Measure:
    return Measure(
        subject=Subject(key=str(product), title=str(parts[0]), stream=filed),
        unit="units",
        sides={
            "production": sum(level.quantity for level in levels),
            "maintenance": sum(part.quantity_on_hand or 0.0 for part in parts),
        },
        explain=partial(_explain, parts, levels),
    )


def _explain(parts: Sequence[Part], levels: Sequence[StockLevel]) -> Explanation:
    rows = [
        *(
            Row(
                where="production",
                text=level.location,
                value=level.quantity,
                source=level.source,
                external_key=level.external_key,
                start=level.at.isoformat() if level.at else "",
            )
            for level in levels
        ),
        *(
            Row(
                where="maintenance",
                text=f"Part {part}",
                value=part.quantity_on_hand,
                source=part.source,
                external_key=part.external_key,
                start=part.source_updated_at.isoformat() if part.source_updated_at else "",
            )
            for part in parts
        ),
    ]
    note = "" if levels else "The ERP has no stock of this product at any place."
    return Explanation(note=note, rows=rows[:ROWS_KEPT], total=len(rows))


RULE = Rule(
    key="stock",
    title="Spare-part stock",
    meaning="The store of the ERP and the CMMS's part list should hold the same quantity of a spare part. A "
    "difference means that one was told of a use or a delivery and the other was not.",
    subject="part",
    sides={"production": "ERP store", "maintenance": "CMMS"},
    tolerance=Tolerance(absolute=0.001),
    measure=measure,
    months=0,
)
