"""Machines, lines, plants, parts and technicians: some thousands of rows, which need no index."""

from collections.abc import Callable, Iterator, Mapping, Sequence
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
MOST_COMPARED = 10_000
LIKENESS: Mapping[str, Any] = {
    "scorer": fuzz.QRatio,
    "processor": utils.default_process,
    "score_cutoff": 72.0,
}


@dataclass(frozen=True, slots=True)
class Source:
    """A table that is searched. ``detail``: a path of columns whose text says where a row belongs.

    ``dear``: whose rows a person may see is known from many others, and so asked of those that answer alone.
    """

    kind: str
    rows: Callable[[User], QuerySet[Any]]
    url: Callable[[int], str]
    detail: tuple[str, ...] = ()
    dear: bool = False

    def searched(self, user: User) -> QuerySet[Any]:
        """The rows to look through; where ``asks``, of those that answer it is yet to be ``seen`` which."""
        rows = self.rows(user)
        return (rows.model._default_manager if self.asks(user) else rows).filter(gone_at=None)

    def asks(self, user: User) -> bool:
        return self.dear and not user.sees_all_plants and not self.rows(user).query.is_empty()

    def first(self, user: User, rows: QuerySet[Any]) -> list[dict[str, Any]]:
        """The first ``EACH`` of those searched, in their order, as far as the person may see them."""
        if not self.asks(user):
            return list(self._values(rows)[:EACH])
        return list(self.seen(user, list(rows.values_list("pk", flat=True)), EACH).values())[:EACH]

    def seen(self, user: User, ids: Sequence[int], most: int) -> dict[int, dict[str, Any]]:
        """Of the ids those that the person may see, in their order: the first ``most``, or a few more."""
        found: dict[int, dict[str, Any]] = {}
        start, size = 0, EACH
        while start < len(ids) and len(found) < most:
            some = ids[start : start + size]
            rows = {row["pk"]: row for row in self._values(self.rows(user).filter(pk__in=some))}
            found |= {pk: rows[pk] for pk in some if pk in rows}
            start, size = start + size, 2 * size
        return found

    def _values(self, rows: QuerySet[Any]) -> QuerySet[Any, dict[str, Any]]:
        return rows.values("pk", "code", "name", "external_key", *self.detail)


def _orders_with(name: str) -> Callable[[int], str]:
    return lambda pk: f"{reverse('maintenance_orders')}?{name}={pk}"


def _page(name: str) -> Callable[[int], str]:
    return lambda pk: reverse(name, args=[pk])


MASTERS: Mapping[str, Source] = {
    "equipment": Source("machine", equipment_of, _page("equipment"), ("plant__name", "line__name")),
    "line": Source("line", lines_of, _page("line"), ("plant__name",)),
    "plant": Source("plant", plants_of, _page("plant"), ("timezone",)),
    "part": Source("part", parts_of, _orders_with("part"), dear=True),
    "technician": Source("technician", technicians_of, _orders_with("technician"), dear=True),
}
"""By kind of record."""


def masters(user: User, query: str) -> Iterator[Thing]:
    """Rows whose code, name or key in any source holds all words of the query. A query each, or a few."""
    keys = _by_key(query)
    for kind, source in MASTERS.items():
        rows = source.searched(user).filter(_holds(query) | Q(pk__in=keys.get(kind, ())))
        for row in source.first(user, rows.order_by(_first(query), Length("name"), "name")):
            yield _thing(source, row, (query,) if row["pk"] in keys.get(kind, ()) else ())


def by_likeness(user: User, query: str) -> list[Thing]:
    """Rows that are called much like the query, the most alike first."""
    found = [each for source in MASTERS.values() for each in _alike(source, user, query)]
    return [thing for _, thing in sorted(found, key=lambda each: -each[0])[:MOST_LIKE]]


def _alike(source: Source, user: User, query: str) -> Iterator[tuple[float, Thing]]:
    rows = source.searched(user).values_list("pk", "name", "code")[:MOST_COMPARED]
    names = {(pk, part): text for pk, *called in rows for part, text in enumerate(called) if text}
    alike = [(score, pk) for _, score, (pk, _) in process.extract(query, names, limit=None, **LIKENESS)]
    seen = source.seen(user, list(dict.fromkeys(pk for _, pk in alike)), MOST_LIKE)
    best = {pk: score for score, pk in reversed([each for each in alike if each[1] in seen][:MOST_LIKE])}
    for pk, score in best.items():
        yield score, _thing(source, seen[pk])


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


def _thing(source: Source, row: Mapping[str, Any], more: tuple[str, ...] = ()) -> Thing:
    detail = " · ".join(row[path] for path in source.detail if row[path])
    codes = tuple(code for code in (row["code"], row["external_key"], *more) if code)
    return Thing(source.kind, row["pk"], row["name"], codes, detail, source.url(row["pk"]))
