"""What the pages of places share: tiles, a trend, the Pareto of reasons, parts side by side."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from kpis.definitions import CATALOGUE
from kpis.engine import By, ParetoRow, pareto
from mfgportal.figures import Figure, Point, Survey, held_back, survey, trust
from mfgportal.scope import BadScope, Level, Selection
from mfgportal.web.charts.figure import Chart
from mfgportal.web.charts.places import pareto_chart, trend_chart
from mfgportal.web.exports import exports
from mfgportal.web.page import page
from mfgportal.web.picker import Choice, address, picker
from sync.completeness import Completeness

PRODUCTION_TILES = ("oee", "availability", "performance", "quality")
RELIABILITY_TILES = ("downtime", "failures", "mtbf", "mttr")
OEE_TILES = (*PRODUCTION_TILES, *RELIABILITY_TILES)
MAINTENANCE_TILES = (*RELIABILITY_TILES, "operating_time")
SORTS = (*OEE_TILES, "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A place to be shown beside others. ``produces``: it has OEE, not maintenance figures alone."""

    key: int
    name: str
    url: str
    note: str = ""
    produces: bool = True


@dataclass(frozen=True, slots=True)
class PartRow:
    """One place of a table of places side by side. ``figures`` by KPI name; empty where there is no data."""

    part: Part
    figures: dict[str, Figure]


def explains_bad_scope(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Show what is wrong with an address instead of an error page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
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
    *,
    bys: Sequence[By] = (),
    known: Completeness | None = None,
) -> dict[str, Any]:
    """The context of a place's page: figures, trend, Pareto, trust, picker. ``known``: its completeness.

    ``survey`` has the figures of its parts by each of ``bys``.
    """
    trusted = trust(selection, known)
    name = _trend_name(request, tiles)
    found = survey(tiles, selection, trusted, trend=name, bys=bys)
    return {
        "selection": selection,
        "exports": exports(selection, tiles, bys),
        "picker": picker(request, selection),
        "trust": trusted,
        "held": held_back(selection) if trusted.completeness.held else [],
        "survey": found,
        "figures": found.whole,
        "production": PRODUCTION_TILES,
        "trend": _trend(request, selection, name, found.trend),
        "trends": _trend_choices(request, tiles),
        "pareto": pareto_of(request, selection),
    }


def _trend_name(request: HttpRequest, names: Sequence[str]) -> str:
    name = request.GET.get("trend") or names[0]
    if name not in names:
        raise BadScope("trend", f"“{name}” has no trend here. Known: {', '.join(names)}.")
    return name


def _trend(request: HttpRequest, selection: Selection, name: str, points: Sequence[Point]) -> Chart:
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


def side_by_side(found: Survey, by: By, parts: Iterable[Part]) -> list[PartRow]:
    """Figures of each part of the place, with data or not."""
    figures: dict[Any, dict[str, Figure]] = {}
    for figure in found.parts[by]:
        figures.setdefault(figure.key.id, {})[figure.kpi.name] = figure
    return [PartRow(part, figures.get(part.key, {})) for part in parts]


def ordered(rows: list[PartRow], by: str) -> list[PartRow]:
    """What produces first; by name, or worst first; parts without a value come last."""
    if by not in SORTS:
        raise BadScope("sort", f"“{by}” cannot be sorted by. Known: {', '.join(SORTS)}.")
    worst_is_high = by != "name" and CATALOGUE[by].better == "down"

    def rank(row: PartRow) -> tuple[bool, bool, float, str]:
        value = row.figures[by].now.value if by in row.figures else None
        worst = (-value if worst_is_high else value) if value is not None else 0.0
        return not row.part.produces, value is None, worst, row.part.name

    return sorted(rows, key=rank)


def sort_choices(request: HttpRequest, current: str) -> dict[str, Choice]:
    """A table's headings as addresses that sort by them."""
    return {name: Choice(name, address(request.GET, sort=name), name == current) for name in SORTS}


def place_url(name: str, key: int | None, selection: Selection) -> str:
    """A place's page over the same period; ``key`` None for the enterprise."""
    return reverse(name, args=[] if key is None else [key]) + selection.query


def parts_by(selection: Selection) -> By:
    """What a place is looked at by: the enterprise by its plants, others by their machines."""
    return "plant" if selection.place.level == Level.ENTERPRISE else "equipment"
