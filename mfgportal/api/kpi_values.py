"""Values of KPIs as the API shows them: with what it takes to trust them, and the way to what is behind."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from rest_framework.request import Request

from kpis.definitions import CATALOGUE
from kpis.engine import UnsupportedBreakdown, Value, evaluate
from kpis.periods import beside
from kpis.scope import UnsupportedGrain
from mfgportal.accounts.access import person
from mfgportal.accounts.masks import technician_name
from mfgportal.accounts.models import User
from mfgportal.api.cursors import Mark, Page, read_mark, write_mark
from mfgportal.api.errors import bad_parameter
from mfgportal.api.query import address_of
from mfgportal.api.questions import Question
from mfgportal.figures import Trust, by_plants, trust
from mfgportal.scope import Level, Selection

PAGE_SIZE = 1000
MAX_PAGE_SIZE = 10_000
Row = dict[str, Any]


def values_of(question: Question) -> list[Value]:
    """Raises a 400 where the KPIs cannot be split or cut as asked."""
    names = [kpi.name for kpi in question.kpis]
    grain = question.selection.grain if question.query.get("grain") else None
    try:
        values = evaluate(names, question.selection.scope, grain=grain, by=question.by)
    except UnsupportedBreakdown as refused:
        raise bad_parameter("by", str(refused)) from refused
    except UnsupportedGrain as refused:
        raise bad_parameter("grain", str(refused)) from refused
    (found,) = beside([(question.by, values)], question.selection.scope)
    return found


def answers(request: Request, question: Question) -> list[Row]:
    """All values of a question, in order of KPI, part and bucket."""
    values = values_of(question)
    whole, each, assumed = _given(request, question)
    user = person(request)
    return [
        _value(value, question, user)
        | each.get(value.key.id, whole)
        | {"assumptions": assumed[value.kpi]}
        | _behind(request, question, value)
        for value in values
    ]


def value_page(request: Request, rows: Sequence[Row]) -> Page:
    """A page of values. The cursor names the value it begins behind, which is found again by what it is."""
    size, mark = _size(request), read_mark(request)
    names = [_name(row) for row in rows]
    start = 0
    if mark is not None:
        *name, place = mark.values
        at = names.index(name) if name in names else place
        start = max(at - size, 0) if mark.before else at + 1
    shown = list(rows[start : start + size])
    after = start + len(shown)
    return Page(
        rows=shown,
        next=_cursor(request, names, after - 1, before=False) if 0 < after < len(rows) else None,
        previous=_cursor(request, names, start, before=True) if 0 < start < len(rows) else None,
    )


def links_of(page: Page, request: Request) -> dict[str, str]:
    """The addresses of the neighbouring pages as a Link header (RFC 8288)."""
    found = {"next": page.next, "prev": page.previous}
    links = [f'<{address_of(cursor, request)}>; rel="{rel}"' for rel, cursor in found.items() if cursor]
    return {"Link": ", ".join(links)} if links else {}


def _size(request: Request) -> int:
    given = request.query_params.get("page_size") or str(PAGE_SIZE)
    if not given.isdecimal() or not 0 < int(given) <= MAX_PAGE_SIZE:
        raise bad_parameter("page_size", f"A page has 1 to {MAX_PAGE_SIZE:,} values.")
    return int(given)


def _name(row: Row) -> list[Any]:
    bucket = row["bucket"]
    return [row["kpi"], row["key"]["id"], bucket and bucket.isoformat(), row["shift"]]


def _cursor(request: Request, names: Sequence[list[Any]], place: int, *, before: bool) -> str:
    return write_mark(request, Mark("", [*names[place], place], before))


def _given(
    request: Request, question: Question
) -> tuple[Row, dict[int | str | None, Row], dict[str, list[Row]]]:
    """What holds for every value of the answer; where plants stand apart, also for those of each plant; and
    what values of each KPI take for granted."""
    selection = question.selection
    complete, each = by_plants(selection) if question.by == "plant" else (None, {})
    whole = trust(selection, complete)
    by_plant: dict[int | str | None, Row] = {
        plant.pk: _shared(
            request, selection, replace(whole, completeness=each[plant.pk], zone=plant.timezone), plant.pk
        )
        for plant in selection.place.plants
        if plant.pk in each
    }
    assumed = {
        kpi.name: [{"name": one.name, "text": one.text} for one in whole.assumptions.of(kpi)]
        for kpi in question.kpis
    }
    return _shared(request, selection, whole), by_plant, assumed


def _shared(request: Request, selection: Selection, given: Trust, plant: int | None = None) -> Row:
    place, complete = selection.place, given.completeness
    where = f"?{place.level}={place.id}" if place.level in {"plant", "equipment"} else ""
    where = f"?plant={plant}" if plant else where
    return {
        "place": {"level": place.level, "id": place.id, "name": place.name},
        "zone": given.zone,
        "data_as_of": given.data_as_of,
        "completeness": {
            "share": complete.share,
            "loaded": complete.loaded,
            "held": complete.held,
            "exceptions": request.build_absolute_uri(reverse("api_exceptions") + where),
        },
    }


def _value(value: Value, question: Question, user: User) -> Row:
    label = value.key.label
    if question.by == "technician":
        label = technician_name(user, value.key.id, label)
    return {
        "kpi": value.kpi,
        "title": CATALOGUE[value.kpi].title,
        "unit": value.unit,
        "currency": value.currency,
        "bucket": value.bucket,
        "shift": value.shift,
        "key": {"id": value.key.id, "label": label},
        "value": value.value,
        "undefined_reason": value.undefined_reason,
        "missing": value.missing,
        "published": value.published,
        "published_at": value.published_at,
        "numerator": value.numerator,
        "denominator": value.denominator,
        "sample_size": value.sample_size,
        "lower": value.lower,
        "upper": value.upper,
        "confidence": value.confidence,
        "open_events": value.open_events,
        "unknown_share": value.unknown_share,
        "without_ideal_share": value.without_ideal_share,
        "first_day": value.first_day,
        "last_day": value.last_day,
    }


def _behind(request: Request, question: Question, value: Value) -> Row:
    """Where its component rows and facts are; nowhere for an hour, which has no rows of its own."""
    if isinstance(value.bucket, datetime):
        return {"components": None, "events": None}
    place = question.selection.place
    query: dict[str, Any] = {"kpi": value.kpi, "from": value.first_day, "to": value.last_day}
    if place.level != Level.ENTERPRISE:
        query[place.level] = place.id
    if question.by is not None:
        query |= {"by": question.by, "key": "" if value.key.id is None else value.key.id}
    if value.bucket is not None and question.query.get("grain") == "shift":
        query["shift"] = value.shift
    return {
        name: request.build_absolute_uri(f"{reverse(f'api_kpi_{name}')}?{urlencode(query)}")
        for name in ("components", "events")
    }
