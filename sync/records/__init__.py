"""The typed records that connectors hand over: the contract between a source and the rest.

No Django here. Times are aware UTC datetimes, durations seconds, quantities in the product's unit.
Every record names itself by ``external_key`` = ``"<model>/<id>"`` in its source.
"""

from sync.records.base import Master, Record, Ref
from sync.records.calendars import Attendance, CalendarRecord, Leave
from sync.records.kinds import CostCategory, Kind, WorkStatus, WorkType
from sync.records.maintenance import LabourRecord, PartUseRecord, WorkOrderRecord
from sync.records.masters import OperationRecord, PartRecord, ProductRecord, ReasonRecord, TechnicianRecord
from sync.records.places import EquipmentRecord, LineRecord, PlantRecord
from sync.records.production import DowntimeRecord, ProductionRecord, RunRecord
from sync.records.spending import CostRecord, StockRecord

__all__ = [
    "KIND_OF",
    "RECORD_OF",
    "Attendance",
    "CalendarRecord",
    "CostCategory",
    "CostRecord",
    "DowntimeRecord",
    "EquipmentRecord",
    "Kind",
    "LabourRecord",
    "Leave",
    "LineRecord",
    "Master",
    "OperationRecord",
    "PartRecord",
    "PartUseRecord",
    "PlantRecord",
    "ProductRecord",
    "ProductionRecord",
    "ReasonRecord",
    "Record",
    "Ref",
    "RunRecord",
    "StockRecord",
    "TechnicianRecord",
    "WorkOrderRecord",
    "WorkStatus",
    "WorkType",
]

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
RECORD_OF: dict[Kind, type[Record]] = {kind: record for record, kind in KIND_OF.items()}
