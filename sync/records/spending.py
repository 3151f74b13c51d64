"""Records of money spent and of stock."""

from dataclasses import dataclass
from datetime import date, datetime

from sync.records.base import Record, Ref
from sync.records.kinds import CostCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRecord(Record):
    """Money spent on maintenance that no labour or part use of the same source tells already.

    ``amount`` is positive for a cost, negative for a credit. ``currency`` "" = the plant's. ``at`` is when it
    was spent, ``day`` the day alone where the source keeps no more. It belongs to its own equipment or
    plant where it names one, else to its work order's.
    """

    category: CostCategory
    amount: float
    currency: str = ""
    at: datetime | None = None
    day: date | None = None
    work_order: Ref | None = None
    equipment: Ref | None = None
    plant: Ref | None = None
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRecord(Record):
    """How much of a product lies at a location, in the product's unit; below zero where books lag behind.

    ``unit_value``: what one is worth in the plant's currency; ``at``: when the source last changed the level.
    """

    product: Ref
    location: str
    quantity: float
    plant: Ref | None = None
    unit_value: float | None = None
    at: datetime | None = None
