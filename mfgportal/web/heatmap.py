"""Machine × day: one KPI in cells with their numbers, each leading to that machine's day."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from django.http import HttpRequest
from django.urls import reverse

from kpis.definitions import CATALOGUE, Kpi, Unit
from kpis.engine import By, Value, values_of
from mfgportal import locales
from mfgportal.scope import BadScope, Selection
from mfgportal.web.dashboard import parts_by, place_url
from mfgportal.web.format import HOUR, NONE, amount
from mfgportal.web.picker import Choice, address
from mfgportal.web.shift import WHOLE_DAY

MOST_DAYS = 31
SHADES: Mapping[str, tuple[float, ...]] = {
    "oee": (0.75, 0.65, 0.55, 0.40),
    "downtime": (0.5 * HOUR, 1 * HOUR, 2 * HOUR, 4 * HOUR),
}
"""Where the next shade begins, from the best to the worst. The same everywhere, so that shades compare."""


@dataclass(frozen=True, slots=True)
class Cell:
    """``shade``: 0 the best, 4 the worst, "" without a value. ``said``: all of it in words."""

    text: str
    shade: str
    said: str
    url: str


@dataclass(frozen=True, slots=True)
class HeatRow:
    name: str
    url: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """``legend``: shades with their ranges, the best first. ``cut``: the period is longer than it shows."""

    kpi: Kpi
    heading: str
    days: list[date]
    rows: list[HeatRow]
    legend: list[tuple[str, str]]
    choices: list[Choice]
    cut: bool


def heatmap(request: HttpRequest, selection: Selection) -> HeatMap | None:
    """Machines of a plant or line by day, or plants of the enterprise; None where nothing has a value.

    Raises BadScope for a KPI it does not show. One query.
    """
    name = request.GET.get("heat") or "oee"
    if name not in SHADES:
        raise BadScope("heat", f"“{name}” has no heat map. Known: {', '.join(SHADES)}.")
    kpi, by = CATALOGUE[name], parts_by(selection)
    first = max(selection.period.first, selection.period.last - timedelta(days=MOST_DAYS - 1))
    scope = replace(selection.scope, first_day=first, work_units_only=True)
    rows = _rows(values_of(kpi, scope, "day", by), _leads(selection, by))
    if not rows:
        return None
    return HeatMap(
        kpi=kpi,
        heading=str(by).capitalize().replace("Equipment", "Machine"),
        days=list(scope.days),
        rows=rows,
        legend=_legend(kpi),
        choices=[
            Choice(CATALOGUE[each].title, address(request.GET, heat=each), each == name) for each in SHADES
        ],
        cut=first > selection.period.first,
    )


Leads = Callable[[int, date | None], str]


def _leads(selection: Selection, by: By) -> Leads:
    """Where a row (no day) or a cell leads: the machine, or its timeline; the plant, over that day."""

    def lead(key: int, day: date | None) -> str:
        if day is None:
            return place_url(by, key, selection)
        if by == "plant":
            return f"{reverse('plant', args=[key])}?from={day}&to={day}"
        return reverse("shift", args=[key, day, WHOLE_DAY])

    return lead


def _rows(values: Iterable[Value], lead: Leads) -> list[HeatRow]:
    """One per part that has any value, in order of their names."""
    parts: dict[int, list[Value]] = {}
    for value in values:
        if isinstance(value.key.id, int):
            parts.setdefault(value.key.id, []).append(value)
    return [
        HeatRow(days[0].key.label, lead(key, None), [_cell(value, lead(key, value.bucket)) for value in days])
        for key, days in parts.items()
        if any(value.value is not None for value in days)
    ]


def _cell(value: Value, url: str) -> Cell:
    at = value.bucket or value.first_day
    when = f"{value.key.label}, {locales.day(at, 'MMMEd')}"
    if value.value is None:
        return Cell(NONE, "", f"{when}: {value.undefined_reason}", url)
    said = f"{when}: {amount(value.value, value.unit, value.currency)}"
    return Cell(_short(value), str(shade(value.kpi, value.value)), said, url)


def _short(value: Value) -> str:
    """The number alone; the unit stands in the legend."""
    number = value.value or 0.0
    return locales.number(number * 100) if value.unit == Unit.SHARE else locales.number(number / HOUR, 1)


def shade(kpi: str, value: float) -> int:
    """0 the best, 4 the worst."""
    limits = SHADES[kpi]
    if CATALOGUE[kpi].better == "up":
        return sum(value < limit for limit in limits)
    return sum(value >= limit for limit in limits)


def _legend(kpi: Kpi) -> list[tuple[str, str]]:
    limits: Sequence[float] = SHADES[kpi.name]
    share = kpi.unit == Unit.SHARE
    said = [f"{limit * 100:.0f}" if share else locales.symbols(f"{limit / HOUR:g}") for limit in limits]
    unit = "%" if share else "h"
    if share:
        ranges = [f"{said[0]} {unit} and more"]
        ranges += [f"{low} to {high}" for high, low in pairwise(said)]
        ranges.append(f"below {said[-1]}")
    else:
        ranges = [f"below {said[0]} {unit}"]
        ranges += [f"{low} to {high}" for low, high in pairwise(said)]
        ranges.append(f"{said[-1]} {unit} and more")
    return [(str(n), text) for n, text in enumerate(ranges)]
