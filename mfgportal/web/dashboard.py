"""What the pages of places share: tiles, a trend, the Pareto of reasons, parts side by side."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kpis.definitions import CATALOGUE
from kpis.engine import By, ParetoRow, pareto
from mfgportal.figures import Figure, Point, Trust, figures, held_back, trend, trust
from mfgportal.scope import BadScope, Selection
from mfgportal.web.charts import Chart, pareto_chart, trend_chart
from mfgportal.web.page import page
from mfgportal.web.picker import Choice, address, picker
from sync.completeness import Completeness

OEE_TILES = ("oee", "availability", "performance", "quality", "downtime", "failures", "mtbf", "mttr")
MAINTENANCE_TILES = ("downtime", "failures", "mtbf", "mttr", "operating_time")
SORTS = (*OEE_TILES, "name")


@dataclass(frozen=True, slots=True)
class PartRow:
    """One place of a table of places side by side. ``figures`` by KPI name; empty where there is no data."""

    name: str
    url: str
    note: str
    figures: dict[str, Figure]


def explains_bad_scope(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Show what is wrong with an address instead of an error page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except BadScope as bad:
            context = {"title": "This address cannot be shown", "bad": bad, "path": request.path}
            return page(request, "bad_scope", context, status=400)

    return guarded


def dashboard(
    request: HttpRequest,
    selection: Selection,
    tiles: Sequence[str] = OEE_TILES,
    known: Completeness | None = None,
) -> dict[str, Any]:
    """The context of a place's page: figures, trend, Pareto, trust, picker. ``known``: its completeness."""
    trusted = trust(selection, known)
    found = figures(tiles, selection, trusted)
    return {
        "selection": selection,
        "picker": picker(request, selection),
        "trust": trusted,
        "held": held_back(selection) if trusted.completeness.held else [],
        "figures": found,
        "any_data": any(figure.now.value is not None for figure in found),
        "trend": _trend(request, selection, tiles),
        "trends": _trend_choices(request, tiles),
        "pareto": pareto_of(request, selection),
    }


def _trend_name(request: HttpRequest, names: Sequence[str]) -> str:
    name = request.GET.get("trend") or names[0]
    if name not in names:
        raise BadScope("trend", f"“{name}” has no trend here. Known: {', '.join(names)}.")
    return name


def _trend(request: HttpRequest, selection: Selection, names: Sequence[str]) -> Chart:
    name = _trend_name(request, names)
    points = trend([name], selection)[name]
    return trend_chart(
        CATALOGUE[name], points, selection.grain, lambda point: _into(request, selection, point)
    )


def _into(request: HttpRequest, selection: Selection, point: Point) -> str:
    """Into a bucket: the same page over its days; nowhere from a single day."""
    first, last = point.now.first_day, point.now.last_day
    if (first, last) == (selection.period.first, selection.period.last):
        return ""
    changes = {"from": str(first), "to": str(last), "period": "", "grain": ""}
    return request.path + address(request.GET, **changes)


def _trend_choices(request: HttpRequest, names: Sequence[str]) -> list[Choice]:
    current = _trend_name(request, names)
    return [
        Choice(CATALOGUE[name].title, address(request.GET, trend=name), name == current) for name in names
    ]


def pareto_of(request: HttpRequest, selection: Selection) -> Chart | None:
    """Lost time by reason; each leads to the machines and stops behind it. None where nothing was lost."""
    rows = pareto(selection.scope)

    def link(row: ParetoRow) -> str:
        return request.path + address(request.GET, reason=str(row.reason_id)) + "#behind"

    return pareto_chart(rows, link) if rows else None


def side_by_side(
    selection: Selection,
    trusted: Trust,
    *,
    by: By,
    places: Iterable[tuple[int, str, str, str]],
    tiles: Sequence[str] = OEE_TILES,
) -> list[PartRow]:
    """Figures of each part of the place. ``places``: id, name, address, note of each, with data or not."""
    found: dict[Any, dict[str, Figure]] = {}
    for figure in figures(tiles, selection, trusted, by=by):
        found.setdefault(figure.key.id, {})[figure.kpi.name] = figure
    return [PartRow(name, url, note, found.get(key, {})) for key, name, url, note in places]


def ordered(rows: list[PartRow], by: str) -> list[PartRow]:
    """By name, or worst first; parts without a value come last."""
    if by not in SORTS:
        raise BadScope("sort", f"“{by}” cannot be sorted by. Known: {', '.join(SORTS)}.")
    if by == "name":
        return sorted(rows, key=lambda row: row.name)
    worst_is_high = CATALOGUE[by].better == "down"

    def rank(row: PartRow) -> tuple[bool, float, str]:
        value = row.figures[by].now.value if by in row.figures else None
        return value is None, (-value if worst_is_high else value) if value is not None else 0.0, row.name

    return sorted(rows, key=rank)


def sort_choices(request: HttpRequest, current: str) -> dict[str, Choice]:
    """A table's headings as addresses that sort by them."""
    return {name: Choice(name, address(request.GET, sort=name), name == current) for name in SORTS}


def place_url(name: str, key: int | None, selection: Selection) -> str:
    """A place's page over the same period; ``key`` None for the enterprise."""
    return reverse(name, args=[] if key is None else [key]) + selection.query
