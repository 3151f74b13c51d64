"""What one machine did, instant by instant, with the records that say so."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kpis.models import Equipment, LossClass


@dataclass(frozen=True, slots=True)
class FactRef:
    """A fact's table and primary key."""

    kind: Literal["downtime", "run", "production"]
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineSpan:
    """A span of one state. Spans touch, and cover the window up to ``as_of``.

    ``not_scheduled`` is "break", "leave" or "off shift" where ``state`` is NOT_SCHEDULED, else "".
    ``facts``: all records that cover it, the one that gives the state first. ``reason`` of a stop.
    ``open``: it goes on.
    """

    start: datetime
    end: datetime
    state: LossClass
    not_scheduled: str = ""
    reason_id: int | None = None
    reason: str = ""
    shift: str = ""
    facts: tuple[FactRef, ...] = ()
    open: bool = False


def timeline(equipment: Equipment, start: datetime, end: datetime, as_of: datetime) -> list[TimelineSpan]:
    """The same overlay as the roll-up's: one state per instant, strongest first; nothing after ``as_of``."""
    raise NotImplementedError
