"""What a question is about, and what an answer is: the engine's types."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from kpis.definitions import Unit

Grain = Literal["hour", "shift", "day", "rolling", "week", "month", "quarter", "year"]
"""Weeks are ISO weeks. "rolling": per day, the window of ``Scope.rolling_days`` that ends with it. "hour":
computed from the facts when asked, of one machine or line and at most 7 days."""

By = Literal[
    "plant",
    "line",
    "equipment",
    "equipment_class",
    "shift",
    "product",
    "reason",
    "loss_class",
    "work_type",
    "priority",
    "team",
    "technician",
]


class UnsupportedBreakdown(ValueError):
    """The components of a KPI cannot be split that way; the message names what is possible."""


class UnsupportedGrain(UnsupportedBreakdown):
    """A scope cannot be cut that finely; the message says what can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Places and production days, both ends included. Places are joined by "and".

    None = no limit; an empty tuple = nothing. Callers always give the plants a person may see.
    ``rolling_days``: length of the windows of grain "rolling"; they may begin before the scope does.
    """

    first_day: date
    last_day: date
    plant_ids: tuple[int, ...] | None = None
    line_ids: tuple[int, ...] | None = None
    equipment_ids: tuple[int, ...] | None = None
    work_units_only: bool = False
    rolling_days: int = 30

    @property
    def days(self) -> Iterator[date]:
        count = (self.last_day - self.first_day).days + 1
        return (self.first_day + timedelta(days=n) for n in range(count))


@dataclass(frozen=True, slots=True)
class View:
    """How to look at a scope: KPIs by name, by bucket of ``grain``, by part; None: not split so."""

    names: tuple[str, ...]
    grain: Grain | None = None
    by: By | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A part of a breakdown: its id (equipment, line, plant, reason), or code (shift, loss class), and name.

    ``id`` is None for the whole, and for what has no part: equipment without a line, time without a product.
    """

    id: int | str | None
    label: str


WHOLE = Key(None, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One number with all that is needed to trust it.

    ``value`` None: undefined, for the reason given; else ``numerator`` / ``denominator`` where there is a
    denominator. ``lower``/``upper``: confidence bounds at ``confidence`` (None: none apply); without a
    failure ``lower`` is one-sided. ``bucket``: day of the shift; first day of day, week, month, quarter or
    year; last day of a rolling window; start of the hour (a datetime with the plant's offset); None for the
    whole period. ``shift``: the shift's name in grain "shift". ``unknown_share``: of planned time, without
    evidence; ``without_ideal_share``: of run time, without ideal cycle; None where there is no such time.
    ``currency``: of an amount of money, else "". ``published``: what was published when its period was
    closed, at ``published_at``; None: it is open. ``missing``: data that it needs and are not there, else "".
    """

    kpi: str
    unit: Unit
    key: Key = WHOLE
    bucket: date | None = None
    shift: str = ""
    value: float | None
    undefined_reason: str = ""
    numerator: float = 0.0
    denominator: float | None = None
    sample_size: int = 0
    lower: float | None = None
    upper: float | None = None
    confidence: float | None = None
    first_day: date
    last_day: date
    open_events: bool = False
    unknown_share: float | None = None
    without_ideal_share: float | None = None
    currency: str = ""
    published: float | None = None
    published_at: datetime | None = None
    missing: str = ""
