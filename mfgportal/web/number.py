"""A number opened: its formula and clause, its parts and records, what is held back of them, its age."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from kpis.definitions import CATALOGUE, Kpi, Unit
from kpis.definitions.base import NO_DATA, Better
from kpis.engine import By, Scope, UnsupportedBreakdown, Value, values_of
from kpis.families import families_for
from kpis.lineage import Spot, Table, tables
from kpis.time_model import TIME_KPIS
from mfgportal.accounts.access import person
from mfgportal.accounts.masks import may_see_kpi
from mfgportal.accounts.models import User
from mfgportal.figures import Figure, Goals, held_back, trust
from mfgportal.lineage.events import events
from mfgportal.lineage.shown import shown
from mfgportal.scope import BadScope, Level, Selection, find_place, selection
from mfgportal.web.dashboard import explains_bad_scope, place_url
from mfgportal.web.drawer import drawer
from mfgportal.web.exports import Export, of_number
from mfgportal.web.format import Amount, amount
from mfgportal.web.page import Crumb
from mfgportal.web.picker import span
from mfgportal.web.worked import exact, worked

PLACES = ("plant", "line", "equipment")
BELOW: Mapping[Level, By] = {
    Level.ENTERPRISE: "plant",
    Level.PLANT: "equipment",
    Level.LINE: "equipment",
}
MOST_PARTS = 12
MOST_RECORDS = 10


@dataclass(frozen=True, slots=True)
class PartOf:
    """The number of a place below."""

    name: str
    amount: Amount
    url: str


@dataclass(frozen=True, slots=True)
class Component:
    """A sum that the number is made of, and in which table it is kept."""

    title: str
    amount: Amount
    exact: str


@dataclass(frozen=True, slots=True)
class Records:
    """Facts of one kind, the newest; ``more``: there are others."""

    kind: str
    rows: Sequence[Mapping[str, Any]]
    more: bool


def number_url(selection: Selection, value: Value, by: str = "") -> str:
    """Where a value of a selection, or of a part of it, opens. Hours open as their day."""
    where: dict[str, object] = {**selection.place.given}
    if by in PLACES:
        where = {by: value.key.id}
    elif by:
        where |= {"by": by, "key": "" if value.key.id is None else value.key.id}
    when = {"from": value.first_day, "to": value.last_day}
    more = {"shift": value.shift} if value.shift else {}
    compared = {} if selection.compare else {"compare": "none"}
    return f"{reverse('number', args=[value.kpi])}?{urlencode({**where, **when, **more, **compared})}"


@explains_bad_scope
def number(request: HttpRequest, name: str) -> HttpResponse:
    user, kpi = person(request), _kpi(name)
    if not may_see_kpi(user, kpi):
        raise PermissionDenied(f"Your role ({user.get_role_display()}) may not see costs.")
    chosen = selection(request, find_place(user, **_ids(request)))
    spot = _spot(request, chosen, kpi)
    figure = _figure(kpi, spot, chosen)
    under = tables(kpi, spot)
    context = {
        "title": kpi.title,
        "crumbs": _crumbs(chosen, kpi),
        "selection": chosen,
        "figure": figure,
        "place_url": _here(chosen),
        "part": "" if spot.by is None else figure.now.key.label,
        "shift": spot.shift or "",
        "span": span(chosen.period),
        "parts_below": _parts_below(kpi, spot, chosen),
        "components": _components(under, figure.now),
        "worked": [] if kpi.of_money or figure.now.value is None else worked(kpi, _sums(under)),
        "records": _records(kpi, spot, chosen, user),
        "exports": _exports(kpi, spot, chosen),
        "trust": figure.trust,
        "held": held_back(chosen) if figure.trust.completeness.held else [],
        "in_glossary": kpi.name in CATALOGUE,
    }
    return drawer(request, "number", context)


def _kpi(name: str) -> Kpi:
    found = CATALOGUE.get(name) or TIME_KPIS.get(name)
    if found is None:
        raise Http404
    return found


def _ids(request: HttpRequest) -> dict[str, int]:
    """The place's id by its level. Raises BadScope for what is no id."""
    given = {level: request.GET[level] for level in PLACES if request.GET.get(level)}
    for level, text in given.items():
        if not text.isdecimal() or len(text) > 9:
            raise BadScope(level, f"“{text}” is not the id of a place.")
    return {level: int(text) for level, text in given.items()}


def _spot(request: HttpRequest, chosen: Selection, kpi: Kpi) -> Spot:
    """Where the number stands. Raises BadScope for a breakdown its components do not have."""
    by, key = request.GET.get("by") or None, request.GET.get("key") or None
    spot = Spot(
        scope=_scope(chosen.scope, kpi),
        by=by,  # type: ignore[arg-type]  # checked below
        key=int(key) if key and key.isdecimal() and len(key) < 10 else key,
        shift=request.GET.get("shift") or None,
    )
    try:
        families_for([kpi], spot.bys)
    except (UnsupportedBreakdown, ValueError) as refused:
        raise BadScope("by", str(refused)) from refused
    return spot


def _scope(scope: Scope, kpi: Kpi) -> Scope:
    return replace(scope, work_units_only=True) if kpi.name in TIME_KPIS else scope


def _value(kpi: Kpi, spot: Spot) -> Value:
    """The value at the spot; undefined where it has no rows."""
    by: By | None = "shift" if spot.shift else spot.by
    wanted = spot.shift or spot.key
    found = [value for value in values_of(kpi, spot.scope, by=by) if by is None or value.key.id == wanted]
    if found:
        return found[0]
    first, last = spot.scope.first_day, spot.scope.last_day
    return Value(
        kpi=kpi.name,
        unit=kpi.unit,
        value=None,
        undefined_reason=NO_DATA,
        first_day=first,
        last_day=last,
    )


def _figure(kpi: Kpi, spot: Spot, chosen: Selection) -> Figure:
    now = _value(kpi, spot)
    before = replace(spot, scope=_scope(chosen.scope_before, kpi))
    whole = spot.by is None and spot.shift is None and kpi.name in CATALOGUE
    return Figure(
        kpi=kpi,
        now=now,
        before=_value(kpi, before) if chosen.compare else None,
        trust=trust(chosen),
        running=chosen.period.last >= chosen.today,
        target=Goals.of([kpi.name], chosen).over(None)(now) if whole else None,
    )


def _here(chosen: Selection) -> str:
    """The page of its place, over the same days."""
    place = chosen.place
    return place_url("overview" if place.level == Level.ENTERPRISE else str(place.level), place.id, chosen)


def _crumbs(chosen: Selection, kpi: Kpi) -> list[Crumb]:
    place, top = chosen.place, Crumb("Enterprise", place_url("overview", None, chosen))
    if place.level == Level.ENTERPRISE:
        return [top, Crumb(kpi.title)]
    return [top, Crumb(place.name, _here(chosen)), Crumb(kpi.title)]


def _parts_below(kpi: Kpi, spot: Spot, chosen: Selection) -> list[PartOf]:
    """The same number of the places below, worst first; none of a part or a shift, which have none."""
    by = BELOW.get(chosen.place.level)
    if by is None or spot.by or spot.shift:
        return []
    try:
        values = [value for value in values_of(kpi, spot.scope, by=by) if value.value is not None]
    except UnsupportedBreakdown:
        return []
    return [
        PartOf(
            value.key.label,
            amount(value.value, value.unit, value.currency),
            number_url(chosen, value, by),
        )
        for value in sorted(values, key=lambda value: _rank(kpi, value))[:MOST_PARTS]
    ]


def _rank(kpi: Kpi, value: Value) -> float:
    """The worst is the least."""
    return (value.value or 0.0) * (1 if kpi.better == Better.UP else -1)


def _components(under: Sequence[Table], now: Value) -> list[Component]:
    sums = _sums(under)
    return [
        Component(
            one.title,
            amount(sums[one.name], one.unit, now.currency),
            exact(sums[one.name], one.unit) if one.unit == Unit.SECONDS else "",
        )
        for table in under
        for one in table.components
    ]


def _sums(under: Sequence[Table]) -> dict[str, float]:
    return {one.name: table.totals.get(one.name, 0.0) for table in under for one in table.components}


def _records(kpi: Kpi, spot: Spot, chosen: Selection, user: User) -> list[Records]:
    found = []
    for each in events(kpi, spot, chosen):
        rows = list(each.rows.order_by("-said_start" if each.kind.span else "-id", "-id")[: MOST_RECORDS + 1])
        said = shown(each, rows[:MOST_RECORDS], user) if rows else []
        found.append(Records(each.kind.name, said, len(rows) > MOST_RECORDS))
    return [records for records in found if records.rows]


def _exports(kpi: Kpi, spot: Spot, chosen: Selection) -> list[Export]:
    """The same questions put to the API, which knows the catalogue's KPIs alone."""
    if kpi.name not in CATALOGUE:
        return []
    more = {"shift": spot.shift} if spot.shift else {}
    if spot.by:
        more |= {"by": str(spot.by), "key": "" if spot.key is None else str(spot.key)}
    return of_number(chosen, kpi.name, more)
