"""The counts of a factory: the same rows for every loader that is measured. No Django in here."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sync.records import Kind, ProductionRecord, Ref

SOURCE = "bench"
MACHINES = 200
PRODUCTS = 50
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
STEP = timedelta(minutes=170)
EVERY_TENTH = 10
IDEAL_CYCLE_S = 30.0


def payload(number: int, version: int = 0) -> dict[str, Any]:
    """A row of the source: an order step, in the order in which they ended, some machine after the other.

    Args:
        version: above 0, every tenth row has another quantity than in version 0.
    """
    machine = number % MACHINES
    start, ends = _times(number // MACHINES)
    return {
        "id": number,
        "name": f"Step {number} of the order",
        "workcenter_id": [machine, f"Press {machine}"],
        "product_id": [number % PRODUCTS, f"Housing {number % PRODUCTS}"],
        "operation_id": [machine, f"Stamping on {machine}"],
        "production_id": [number // 3, f"WH/MO/{number // 3:07}"],
        "date_start": start,
        "date_finished": ends[number % len(ends)],
        "qty_produced": float(200 + number % 97 + (version if number % EVERY_TENTH == 0 else 0)),
        "qty_scrap": float(number % 5),
        "state": "done",
    }


@lru_cache(maxsize=100)
def _times(step: int) -> tuple[str, list[str]]:
    """When the machines begin one step, and when the quick and the slow ones end it. Kept: a source in memory
    must cost next to nothing."""
    start = BEGIN + step * STEP
    ends = (start + timedelta(minutes=minutes) for minutes in range(120, 160))
    return start.isoformat(), [end.isoformat() for end in ends]


def record(row: dict[str, Any]) -> ProductionRecord:
    """The row as a typed record."""
    end = datetime.fromisoformat(row["date_finished"])
    key = f"mrp.workorder/{row['id']}"
    return ProductionRecord(
        external_key=key,
        updated_at=end,
        equipment=Ref(kind=Kind.EQUIPMENT, key=f"mrp.workcenter/{row['workcenter_id'][0]}"),
        product=Ref(kind=Kind.PRODUCT, key=f"product.product/{row['product_id'][0]}"),
        operation=Ref(kind=Kind.OPERATION, key=f"mrp.routing.workcenter/{row['operation_id'][0]}"),
        order_number=row["production_id"][1],
        start=datetime.fromisoformat(row["date_start"]),
        end=end,
        quantity=row["qty_produced"],
        scrap=row["qty_scrap"],
        order_key=key,
    )


def plain(number: int, version: int = 0) -> dict[str, Any]:
    """The same as a row of the table ``kpis_production``, for a loader that knows no records."""
    row = payload(number, version)
    made = record(row)
    return {
        "source": SOURCE,
        "external_key": made.external_key,
        "trace_id": trace_of(number),
        "source_updated_at": made.updated_at,
        "loaded_at": made.updated_at,
        "equipment_id": row["workcenter_id"][0] + 1,
        "product_id": row["product_id"][0] + 1,
        "operation_id": row["operation_id"][0] + 1,
        "order_number": made.order_number,
        "order_key": made.order_key,
        "start": made.start,
        "end": made.end,
        "quantity": made.quantity,
        "scrap": made.scrap,
        "ideal_cycle_s": IDEAL_CYCLE_S,
    }


def trace_of(number: int) -> UUID:
    return UUID(int=number)


def pages(count: int, size: int) -> Iterator[range]:
    """The numbers of all rows, page by page."""
    return (range(first, min(first + size, count)) for first in range(0, count, size))
