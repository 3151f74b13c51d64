"""Periods of production days: presets, custom ranges, and the period before."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from kpis.buckets import bucket_start, later_start
from kpis.scope import Grain

DEFAULT = "last_7_days"
CUSTOM = "custom"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Production days, both ends included. ``preset`` is a key of ``PRESETS``, or ``custom``."""

    first: date
    last: date
    preset: str = CUSTOM

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """The period of the same length that ends the day before this one."""
        return Period(self.first - timedelta(days=self.days), self.first - ONE_DAY)

    @property
    def after(self) -> "Period":
        return Period(self.last + ONE_DAY, self.last + timedelta(days=self.days))


@dataclass(frozen=True, slots=True)
class Preset:
    """A named period, as seen from a day."""

    title: str
    of: Callable[[date], tuple[date, date]]


def _last(days: int) -> Callable[[date], tuple[date, date]]:
    return lambda today: (today - timedelta(days=days - 1), today)


def _yesterday(today: date) -> tuple[date, date]:
    return today - ONE_DAY, today - ONE_DAY


def _this(unit: Grain) -> Callable[[date], tuple[date, date]]:
    return lambda today: (bucket_start(today, unit), today)


def _before_this(unit: Grain) -> Callable[[date], tuple[date, date]]:
    """The whole one before today's."""

    def of(today: date) -> tuple[date, date]:
        start = bucket_start(today, unit)
        return later_start(start, unit, -1), start - ONE_DAY

    return of


PRESETS = {
    "today": Preset("Today", lambda today: (today, today)),
    "yesterday": Preset("Yesterday", _yesterday),
    "last_7_days": Preset("Last 7 days", _last(7)),
    "last_30_days": Preset("Last 30 days", _last(30)),
    "last_90_days": Preset("Last 90 days", _last(90)),
    "this_week": Preset("This week", _this("week")),
    "last_week": Preset("Last week", _before_this("week")),
    "this_month": Preset("This month", _this("month")),
    "last_month": Preset("Last month", _before_this("month")),
    "this_quarter": Preset("This quarter", _this("quarter")),
    "last_quarter": Preset("Last quarter", _before_this("quarter")),
    "this_year": Preset("Year to date", _this("year")),
    "last_year": Preset("Last year", _before_this("year")),
}


def preset(name: str, today: date) -> Period:
    """The named period as of the production day ``today``. Raises KeyError."""
    return Period(*PRESETS[name].of(today), name)


def earlier(period: Period, today: date) -> Period:
    """One step back: the whole week, month, quarter or year before one of these; else as many days."""
    if (unit := _unit(period, today)) is None:
        return period.before
    return _whole(period.first - ONE_DAY, unit)


def later(period: Period, today: date) -> Period | None:
    """One step on; None where nothing later has begun."""
    if period.last >= today:
        return None
    unit = _unit(period, today)
    found = period.after if unit is None else _whole(period.last + ONE_DAY, unit)
    return Period(found.first, min(found.last, today))


UNITS: tuple[Grain, ...] = ("week", "month", "quarter", "year")
"""Of the calendar. Weeks begin on Monday (ISO 8601)."""


def _whole(day: date, unit: Grain) -> Period:
    first = bucket_start(day, unit)
    return Period(first, later_start(first, unit) - ONE_DAY)


def _unit(period: Period, today: date) -> Grain | None:
    """What of the calendar a period is, whole or up to today; None for other days, and for a single one."""
    named = period.preset.partition("_")[2]
    if unit := next((unit for unit in UNITS if unit == named), None):
        return unit
    if period.days == 1 or period.preset != CUSTOM:
        return None
    wholes = ((unit, _whole(period.first, unit)) for unit in UNITS)
    return next(
        (
            unit
            for unit, whole in wholes
            if period.first == whole.first and period.last in {whole.last, min(whole.last, today)}
        ),
        None,
    )
