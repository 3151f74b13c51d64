"""Periods of production days: presets, custom ranges, and the period before."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

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


def _first_of_quarter(day: date) -> date:
    return day.replace(month=day.month - (day.month - 1) % 3, day=1)


def _last_quarter(today: date) -> tuple[date, date]:
    last = _first_of_quarter(today) - ONE_DAY
    return _first_of_quarter(last), last


def _last_year(today: date) -> tuple[date, date]:
    return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)


def _last_month(today: date) -> tuple[date, date]:
    last = today.replace(day=1) - ONE_DAY
    return last.replace(day=1), last


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _last_week(today: date) -> tuple[date, date]:
    return _monday(today) - timedelta(days=7), _monday(today) - ONE_DAY


PRESETS = {
    "today": Preset("Today", lambda today: (today, today)),
    "yesterday": Preset("Yesterday", _yesterday),
    "last_7_days": Preset("Last 7 days", _last(7)),
    "last_30_days": Preset("Last 30 days", _last(30)),
    "last_90_days": Preset("Last 90 days", _last(90)),
    "this_week": Preset("This week", lambda today: (_monday(today), today)),
    "last_week": Preset("Last week", _last_week),
    "this_month": Preset("This month", lambda today: (today.replace(day=1), today)),
    "last_month": Preset("Last month", _last_month),
    "this_quarter": Preset("This quarter", lambda today: (_first_of_quarter(today), today)),
    "last_quarter": Preset("Last quarter", _last_quarter),
    "this_year": Preset("Year to date", lambda today: (today.replace(month=1, day=1), today)),
    "last_year": Preset("Last year", _last_year),
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


UNITS: dict[str, Callable[[date], date]] = {
    "week": _monday,
    "month": lambda day: day.replace(day=1),
    "quarter": _first_of_quarter,
    "year": lambda day: day.replace(month=1, day=1),
}
"""Of the calendar: the first day of the one that a day lies in. Weeks begin on Monday (ISO 8601)."""
LONGEST = {"week": 7, "month": 31, "quarter": 92, "year": 366}


def _whole(day: date, unit: str) -> Period:
    first = UNITS[unit](day)
    return Period(first, UNITS[unit](first + timedelta(days=LONGEST[unit])) - ONE_DAY)


def _unit(period: Period, today: date) -> str | None:
    """What of the calendar a period is, whole or up to today; None for other days, and for a single one."""
    if (named := period.preset.partition("_")[2]) in UNITS:
        return named
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
