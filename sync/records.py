"""The typed records that connectors hand over: the contract between a source and the rest.

No Django here. Times are aware UTC datetimes, durations seconds, quantities in the product's unit.
Every record names itself by ``external_key`` = ``"<model>/<id>"`` in its source.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a record is about. Masters come first: facts refer to them."""

    PLANT = "plant"
    LINE = "line"
    CALENDAR = "calendar"
    EQUIPMENT = "equipment"
    PRODUCT = "product"
    OPERATION = "operation"
    PART = "part"
    TECHNICIAN = "technician"
    REASON = "reason"
    WORK_ORDER = "work_order"
    DOWNTIME = "downtime"
    RUN = "run"
    PRODUCTION = "production"
    LABOUR = "labour"
    PART_USE = "part_use"
    COST = "cost"
    STOCK = "stock"


class WorkType(StrEnum):
    """EN 13306 maintenance types, as far as Odoo and a CMMS tell them apart."""

    CORRECTIVE = "corrective"
    PREVENTIVE = "preventive"
    OTHER = "other"


class CostCategory(StrEnum):
    """What money was spent on. ``contractor``: people and firms from outside."""

    LABOUR = "labour"
    PARTS = "parts"
    CONTRACTOR = "contractor"
    OTHER = "other"


class WorkStatus(StrEnum):
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Ref(NamedTuple):
    """A reference to a master record, as the source makes it. A tuple, since it is looked up all the time.

    ``key`` is the external key in the same source (empty where the source only gives a code);
    ``codes`` may match a code another source gave; ``label`` is for people, never for matching.
    """

    kind: Kind
    key: str = ""
    codes: tuple[str, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What all records share."""

    external_key: str
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Master(Record):
    """A thing others refer to. ``codes`` are matched across sources, exactly or normalised."""

    name: str
    codes: tuple[str, ...] = ()
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantRecord(Master):
    """``currency``: ISO 4217 code of its books; "" where the source does not say."""

    timezone: str = ""
    currency: str = ""
    calendar: Ref | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRecord(Master):
    plant: Ref


@dataclass(frozen=True, slots=True)
class Attendance:
    """One row of a weekly pattern. ``weekday`` 0 = Monday; hours are local, 0.0 to 24.0.

    ``week`` is None for every week, else 0/1 for alternating weeks (Odoo's ``week_type``).
    """

    weekday: int
    hour_from: float
    hour_to: float
    is_break: bool = False
    name: str = ""
    week: int | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """Time the calendar is closed. ``resource`` is the external key of one machine, or empty for all."""

    start: datetime
    end: datetime
    name: str = ""
    resource: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRecord(Master):
    timezone: str
    attendances: tuple[Attendance, ...]
    leaves: tuple[Leave, ...] = ()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrderRecord(Record):
    """A maintenance work order. ``counterpart`` names the same order in another system, by its number.

    ``stage`` is the source's own name of its status where it has finer ones, ``stage_key`` the stage's key.
    """

    number: str
    title: str
    equipment: Ref | None
    work_type: WorkType
    status: WorkStatus
    stage: str = ""
    stage_key: str = ""
    priority: str = ""
    created_at: datetime | None = None
    due_at: datetime | None = None
    completed_at: datetime | None = None
    completed_on: date | None = None
    assigned_to: Ref | None = None
    counterpart: Ref | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabourRecord(Record):
    work_order: Ref
    technician: Ref | None
    start: datetime | None
    seconds: float
    hourly_rate: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartUseRecord(Record):
    """Parts taken for a work order; ``returned``: brought back, the quantity is positive all the same."""

    work_order: Ref
    part: Ref
    quantity: float
    unit_cost: float | None = None
    used_at: datetime | None = None
    returned: bool = False


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


KIND_OF: dict[type[Record], Kind] = {
    PlantRecord: Kind.PLANT,
    LineRecord: Kind.LINE,
    CalendarRecord: Kind.CALENDAR,
    EquipmentRecord: Kind.EQUIPMENT,
    ProductRecord: Kind.PRODUCT,
    OperationRecord: Kind.OPERATION,
    PartRecord: Kind.PART,
    TechnicianRecord: Kind.TECHNICIAN,
    ReasonRecord: Kind.REASON,
    WorkOrderRecord: Kind.WORK_ORDER,
    DowntimeRecord: Kind.DOWNTIME,
    RunRecord: Kind.RUN,
    ProductionRecord: Kind.PRODUCTION,
    LabourRecord: Kind.LABOUR,
    PartUseRecord: Kind.PART_USE,
    CostRecord: Kind.COST,
    StockRecord: Kind.STOCK,
}
