"""The reporting schema: places, masters, facts, components. Only sync's load and our roll-up write it."""

from kpis.models.changes import StatusChange
from kpis.models.components import ReasonComponents, ShiftComponents, StaleDay
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
    LossClass,
    Operation,
    Part,
    Product,
    Reason,
    ShiftCalendar,
    Technician,
)
from kpis.models.places import Equipment, Line, Plant

__all__ = [
    "CalendarAttendance",
    "CalendarLeave",
    "CostEntry",
    "Downtime",
    "Equipment",
    "Labour",
    "Line",
    "LossClass",
    "Operation",
    "Part",
    "PartUse",
    "Plant",
    "Product",
    "Production",
    "Reason",
    "ReasonComponents",
    "Run",
    "ShiftCalendar",
    "ShiftComponents",
    "StaleDay",
    "StatusChange",
    "StockLevel",
    "Technician",
    "WorkOrder",
]
