"""Pages of rows by a cursor: where the last page ended, not how many rows it had.

So rows that come or go meanwhile shift nothing.

A cursor is signed together with the question it belongs to. A list may be one table or several behind each
other.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.core import signing
from django.db.models import Q, QuerySet
from rest_framework.request import Request

from mfgportal.api.errors import bad_parameter

Row = dict[str, Any]
Rows = QuerySet[Any, Row]
NOT_ITS_OWN = "This is no cursor of this list with these parameters; begin without one."


@dataclass(frozen=True, slots=True)
class Segment:
    """Rows of one table, as ``.values()``, in an order over fields of theirs that are never null.

    ``shown``: what is made of the rows of a page, all at once.
    """

    rows: Rows
    name: str = ""
    shown: Callable[[Sequence[Row]], Sequence[Row]] = field(default=lambda rows: rows)


@dataclass(frozen=True, slots=True)
class Page:
    """``next``, ``previous``: cursors; None where there is nothing more."""

    rows: list[Row]
    next: str | None
    previous: str | None


class Mark(NamedTuple):
    """A row by its segment and the values it is ordered by; the page lies behind it, or before it."""

    segment: str
    values: list[Any]
    before: bool


class Found(NamedTuple):
    segment: Segment
    row: Row


def question(request: Request) -> str:
    """What is asked for, apart from which page of it: a cursor is good for the same question only."""
    given = sorted((k, v) for k, v in request.query_params.items() if k not in {"cursor", "page_size"})
    return f"{request.path}?{given}"


def read_mark(request: Request) -> Mark | None:
    """Where the caller left off. Raises a 400 for a cursor that is not ours, or of another question."""
    given = request.query_params.get("cursor")
    if not given:
        return None
    try:
        return Mark(*signing.loads(given, salt=question(request)))
    except signing.BadSignature:
        raise bad_parameter("cursor", NOT_ITS_OWN) from None


def write_mark(request: Request, mark: Mark) -> str:
    values = [value.isoformat() if isinstance(value, date) else value for value in mark.values]
    return signing.dumps([mark.segment, values, mark.before], salt=question(request), compress=True)


def page_of(segments: Sequence[Segment], request: Request, size: int) -> Page:
    """The page the request's cursor asks for, or the first."""
    mark = read_mark(request)
    before = bool(mark and mark.before)
    found = list(_take(segments, mark, size + 1))
    more = len(found) > size
    found = found[:size][::-1] if before else found[:size]
    ends = (before or more, more if before else mark is not None)
    if not found:
        return Page([], None, None)
    return Page(
        rows=_shown(found),
        next=write_mark(request, _mark(found[-1], before=False)) if ends[0] else None,
        previous=write_mark(request, _mark(found[0], before=True)) if ends[1] else None,
    )


def all_rows(segments: Sequence[Segment], batch: int = 1000) -> Iterator[Row]:
    """All rows as they are shown, so many at a time: neither memory nor an open transaction holds them."""
    mark: Mark | None = None
    while found := list(_take(segments, mark, batch)):
        yield from _shown(found)
        mark = _mark(found[-1], before=False)


def order_of(rows: Rows) -> list[tuple[str, bool]]:
    """Fields a list is ordered by, and whether downwards."""
    names = rows.query.order_by or rows.model._meta.ordering
    return [(str(name).removeprefix("-"), str(name).startswith("-")) for name in names]


def unique_order(rows: Rows) -> Rows:
    """The same order, made one of each row by its id."""
    order = [f"-{name}" if down else name for name, down in order_of(rows)]
    return rows if {"id", "pk"} & {name.removeprefix("-") for name in order} else rows.order_by(*order, "id")


def _take(segments: Sequence[Segment], mark: Mark | None, count: int) -> Iterator[Found]:
    """Up to so many rows from the mark on, or back from it."""
    order = list(segments)[::-1] if mark and mark.before else list(segments)
    names = [segment.name for segment in order]
    if mark and mark.segment not in names:
        raise bad_parameter("cursor", NOT_ITS_OWN)
    for segment in order[names.index(mark.segment) if mark else 0 :]:
        here = mark if mark and mark.segment == segment.name else None
        for row in _beyond(segment.rows, here, before=bool(mark and mark.before))[:count]:
            yield Found(segment, row)
            count -= 1
        if count <= 0:
            return


def _beyond(rows: Rows, mark: Mark | None, *, before: bool) -> Rows:
    order = order_of(rows)
    if mark is not None:
        rows = rows.filter(_keyset(order, mark.values, before=before))
    return rows.reverse() if before else rows


def _keyset(order: Sequence[tuple[str, bool]], values: Sequence[Any], *, before: bool) -> Q:
    """Rows after (or before) the one with these values: beyond it in one field, equal in those before."""
    condition = Q()
    for place, (name, down) in enumerate(order):
        same = {field: value for (field, _), value in zip(order[:place], values, strict=False)}
        condition |= Q(**same, **{f"{name}__{'lt' if down != before else 'gt'}": values[place]})
    return condition


def _mark(found: Found, *, before: bool) -> Mark:
    return Mark(found.segment.name, [found.row[name] for name, _ in order_of(found.segment.rows)], before)


def _shown(found: Sequence[Found]) -> list[Row]:
    shown: list[Row] = []
    for segment in dict.fromkeys(id(each.segment) for each in found):
        own = [each for each in found if id(each.segment) == segment]
        shown += own[0].segment.shown([each.row for each in own])
    return shown
