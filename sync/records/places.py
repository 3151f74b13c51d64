"""Records of plants, lines and machines."""

from dataclasses import dataclass
from datetime import date

from sync.records.base import Master, Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantRecord(Master):
    """``currency``: ISO 4217 code of its books; "" where the source does not say."""

    timezone: str = ""
    currency: str = ""
    calendar: Ref | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRecord(Master):
    plant: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentRecord(Master):
    """``work_unit``: it produces (ISA-95 work unit), so it has OEE; otherwise only maintenance KPIs.

    ``replacement_value``: what it cost, or costs to replace, in the plant's currency (EN 15341 E1's
    divisor); None where the source has none. ``down_now`` and ``status``: whether it is down at this moment,
    and the source's own name for its state.
    """

    plant: Ref | None = None
    line: Ref | None = None
    parent: Ref | None = None
    calendar: Ref | None = None
    equipment_class: str = ""
    work_unit: bool = False
    down_now: bool | None = None
    status: str = ""
    replacement_value: float | None = None
    in_service_on: date | None = None
