"""Machines, lines, plants, parts and technicians: some thousands of rows, which need no index."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length
from django.urls import reverse
from rapidfuzz import fuzz, process, utils

from mfgportal.accounts.access import equipment_of, lines_of, parts_of, plants_of, technicians_of
from mfgportal.accounts.models import User
from mfgportal.search.thing import Thing
from sync.models import Identity

EACH = 30
MOST_LIKE = 5
MOST_COMPARED = 4000
LIKENESS: Mapping[str, Any] = {
    "scorer": fuzz.QRatio,
    "processor": utils.default_process,
    "score_cutoff": 72.0,
}


@dataclass(frozen=True, slots=True)
class Source:
    """A table that is searched. ``detail``: a path of columns whose text says where a row belongs."""

    kind: str
    rows: Callable[[User], QuerySet[Any]]
    url: Callable[[int], str]
    detail: tuple[str, ...] = ()


def _orders_with(name: str) -> Callable[[int], str]:
    return lambda pk: f"{reverse('maintenance_orders')}?{name}={pk}"


def _page(name: str) -> Callable[[int], str]:
    return lambda pk: reverse(name, args=[pk])


MASTERS: Mapping[str, Source] = {
    "equipment": Source("machine", equipment_of, _page("equipment"), ("plant__name", "line__name")),
    "line": Source("line", lines_of, _page("line"), ("plant__name",)),
    "plant": Source("plant", plants_of, _page("plant"), ("timezone",)),
    "part": Source("part", parts_of, _orders_with("part")),
    "technician": Source("technician", technicians_of, _orders_with("technician")),
}
"""By kind of record."""


def masters(user: User, query: str) -> Iterator[Thing]:
    """Rows whose code, name or key in any source holds all words of the query. One query each."""
    keys = _by_key(query)
    for kind, source in MASTERS.items():
        rows = source.rows(user).filter(_holds(query) | Q(pk__in=keys.get(kind, ())), gone_at=None)
        for row in _values(rows.order_by(_first(query), Length("name"), "name"), source)[:EACH]:
            yield _thing(source, row, (query,) if row["pk"] in keys.get(kind, ()) else ())


def by_likeness(user: User, query: str) -> list[Thing]:
    """Rows that are called much like the query, the most alike first."""
    found: list[tuple[float, Thing]] = []
    for source in MASTERS.values():
        mine = source.rows(user)
        rows = mine.filter(gone_at=None).values_list("pk", "name", "code")[:MOST_COMPARED]
        names = {(pk, part): text for pk, *called in rows for part, text in enumerate(called) if text}
        alike = process.extract(query, names, limit=MOST_LIKE, **LIKENESS)
        best = {pk: score for _, score, (pk, _) in reversed(alike)}
        if best:
            found += [
                (best[row["pk"]], _thing(source, row)) for row in _values(mine.filter(pk__in=best), source)
            ]
    return [thing for _, thing in sorted(found, key=lambda each: -each[0])[:MOST_LIKE]]


def _by_key(query: str) -> dict[str, set[int]]:
    """Canonical ids of rows that a source has under this very key, by kind."""
    found: dict[str, set[int]] = {}
    if "/" in query:
        rows = Identity.objects.filter(kind__in=list(MASTERS), external_key__iexact=query)
        for kind, pk in rows.values_list("kind", "canonical_id"):
            found.setdefault(kind, set()).add(pk)
    return found


def _holds(query: str) -> Q:
    found = Q(external_key__iexact=query)
    words = Q()
    for word in query.split():
        words &= Q(name__icontains=word) | Q(code__icontains=word)
    return found | words


def _first(query: str) -> Case:
    """So that what is called exactly so is never cut off."""
    return Case(
        When(Q(code__iexact=query) | Q(external_key__iexact=query), then=Value(0)),
        When(name__iexact=query, then=Value(1)),
        When(code__istartswith=query, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )


def _values(rows: QuerySet[Any], source: Source) -> QuerySet[Any, dict[str, Any]]:
    return rows.values("pk", "code", "name", "external_key", *source.detail)


def _thing(source: Source, row: Mapping[str, Any], more: tuple[str, ...] = ()) -> Thing:
    detail = " · ".join(row[path] for path in source.detail if row[path])
    codes = tuple(code for code in (row["code"], row["external_key"], *more) if code)
    return Thing(source.kind, row["pk"], row["name"], codes, detail, source.url(row["pk"]))
