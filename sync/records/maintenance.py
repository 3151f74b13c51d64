"""Records of maintenance work: orders, hours, parts."""

from dataclasses import dataclass
from datetime import date, datetime

from sync.records.base import Record, Ref
from sync.records.kinds import WorkStatus, WorkType


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrderRecord(Record):
    """A maintenance work order. ``counterpart`` names the same order in another system, by its number.

    ``stage`` is the source's own name of its status where it has finer ones, ``stage_key`` the stage's key.
    ``plant`` matters for orders without a machine. ``completed_on``, ``created_on``: the day alone, where the
    source keeps no more; ``created_at`` is that day's midnight then. ``requested_at``: when somebody asked
    for it, before it was an order. ``scheduled_at``: when it is planned to be done; ``started_at``: when work
    began. ``estimated_s``: seconds of work it was thought to take. ``plan_key`` is the external key of the
    plan that made it, ``plan_interval_days`` how often that makes one.
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
    plant: Ref | None = None
    team: str = ""
    estimated_s: float | None = None
    requested_at: datetime | None = None
    created_on: date | None = None
    scheduled_at: datetime | None = None
    started_at: datetime | None = None
    plan_key: str = ""
    plan_interval_days: float | None = None


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
