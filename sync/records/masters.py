"""Records of what facts refer to: products, operations, parts, people, reasons."""

from dataclasses import dataclass

from sync.records.base import Master, Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRecord(Master):
    uom: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRecord(Master):
    """A routing step. ``ideal_cycle_s`` is seconds per unit at capacity, None when the source has none."""

    equipment: Ref
    ideal_cycle_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRecord(Master):
    """A spare part. ``product`` refers to the ERP's product by code, where the part is stocked there."""

    unit_cost: float | None = None
    quantity_on_hand: float | None = None
    minimum_quantity: float | None = None
    product: Ref | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnicianRecord(Master):
    hourly_rate: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRecord(Master):
    """``loss_class`` is set only where the source itself tells it (see kpis.models.LossClass)."""

    loss_class: str = ""
