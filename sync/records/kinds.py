"""What records are about, and the words they use for types and states."""

from enum import StrEnum


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
