"""The reporting schema: places, masters, facts, components. Only sync's load and our roll-up write it."""

from kpis.models.changes import StatusChange
from kpis.models.components import (
    PlantDays,
    PlantReasons,
    ProductComponents,
    ProductMonths,
    ReasonComponents,
    ReasonMonths,
    ShiftComponents,
    ShiftMonths,
    StaleDay,
)
from kpis.models.facts import (
    CostEntry,
    Downtime,
    Labour,
    PartUse,
    Production,
    Run,
    StockLevel,
    WorkOrder,
)
from kpis.models.masters import (
    CalendarAttendance,
    CalendarLeave,
    IdealCycle,
    LossClass,
    Operation,
    Part,
    Product,
    Reason,
    ShiftCalendar,
    Technician,
)
from kpis.models.money import CurrencyRate, PlantRate
from kpis.models.periods import ClosedPeriod, PublishedValue
from kpis.models.places import Equipment, Line, Plant
from kpis.models.targets import Target
from kpis.models.work import PlantWork, StaleWork, WorkComponents, WorkMonths, WorkOrderSchedule

__all__ = [
    "CalendarAttendance",
    "CalendarLeave",
    "ClosedPeriod",
    "CostEntry",
    "CurrencyRate",
    "Downtime",
    "Equipment",
    "IdealCycle",
    "Labour",
    "Line",
    "LossClass",
    "Operation",
    "Part",
    "PartUse",
    "Plant",
    "PlantDays",
    "PlantRate",
    "PlantReasons",
    "PlantWork",
    "Product",
    "ProductComponents",
    "ProductMonths",
    "Production",
    "PublishedValue",
    "Reason",
    "ReasonComponents",
    "ReasonMonths",
    "Run",
    "ShiftCalendar",
    "ShiftComponents",
    "ShiftMonths",
    "StaleDay",
    "StaleWork",
    "StatusChange",
    "StockLevel",
    "Target",
    "Technician",
    "WorkComponents",
    "WorkMonths",
    "WorkOrder",
    "WorkOrderSchedule",
]
