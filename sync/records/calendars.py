"""Records of the hours a place works."""

from dataclasses import dataclass
from datetime import datetime

from sync.records.base import Master


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
