"""Records of what machines did: stops, runs, counts."""

from dataclasses import dataclass
from datetime import datetime

from sync.records.base import Record, Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class DowntimeRecord(Record):
    """A stop, half-open [start, end); ``end`` None = still open."""

    equipment: Ref
    reason: Ref
    start: datetime
    end: datetime | None
    inherited: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord(Record):
    """Time a machine produced, half-open; ``order_key`` ties it to a ProductionRecord of the same source."""

    equipment: Ref
    start: datetime
    end: datetime | None
    reduced_speed: bool = False
    order_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionRecord(Record):
    """Counts of an order step. ``quantity`` is all that was made (PQ), ``scrap`` the scrap in it (SQ).

    A scrap booking is a record of its own: quantity 0, start = end = time of booking.
    """

    equipment: Ref
    product: Ref | None
    operation: Ref | None
    order_number: str
    start: datetime
    end: datetime | None
    quantity: float
    scrap: float = 0.0
    order_key: str = ""
