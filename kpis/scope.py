"""What a question is about, and what an answer is: the engine's types."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from kpis.definitions import Unit

Grain = Literal["shift", "day", "week", "month"]
By = Literal["plant", "line", "equipment", "shift", "reason", "loss_class"]


class UnsupportedBreakdown(ValueError):
    """The components of a KPI cannot be split that way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Places and production days, both ends included. Places are joined by "and".

    None = no limit; an empty tuple = nothing. Callers always give the plants a person may see.
    """

    first_day: date
    last_day: date
    plant_ids: tuple[int, ...] | None = None
    line_ids: tuple[int, ...] | None = None
    equipment_ids: tuple[int, ...] | None = None
    work_units_only: bool = False

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

    ``id`` is None for the whole, and for equipment without a line.
    """

    id: int | str | None
    label: str


WHOLE = Key(None, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One number with all that is needed to trust it.

    ``value`` None: undefined, for the reason given; else ``numerator`` / ``denominator`` where there is a
    denominator. ``lower``/``upper``: confidence bounds at ``confidence`` (None: none apply); without a
    failure ``lower`` is one-sided. ``bucket``: day of the shift, or first day of the day, week or month,
    None for the whole period; ``shift``: the shift's name in grain "shift". ``unknown_share``: of planned
    time, without evidence; ``without_ideal_share``: of run time, without ideal cycle; None where there is no
    such time.
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
