"""What names a canonical row, and so follows it into the one it is merged with.

All foreign keys to it count, also of models that come later. A model that says by what fields a place has one
row alone (``alone_by``) may have one of each already: then the kept row's holds, and the other's stays.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import ManyToOneRel, QuerySet

from sync.identities import CANONICAL
from sync.records import Kind

NAMED = ("sync.Identity", "sync.Counterpart", "sync.Rule", "sync.Verdict")
"""These name a row by kind and ``canonical_id``."""
NAMING = "canonical_id"
COMPUTED = frozenset({"kpis.models.components", "kpis.models.work", "sync.models.reconciliation"})
"""Where the models are that are computed again, or tell what was found then."""


@dataclass(frozen=True, slots=True)
class Followers:
    """Rows of one model that name the row to drop. ``follow``: ids of those that name the kept one after;
    ``stay``: the others, as ``kept`` of the same sort are there already."""

    label: str
    column: str
    follow: list[int]
    stay: list[Any]
    kept: list[Any]

    @property
    def name(self) -> str:
        """As a ``Merge`` keeps it."""
        return f"{self.label} {self.column}"


def followers(kind: Kind, from_id: int, to_id: int) -> Iterator[Followers]:
    """All that names one row, by model and column, where there is any. One to three queries for each."""
    for label, column in _columns(kind):
        rows = _naming(label, column, kind)
        ids = list(rows.filter(**{column: from_id}).order_by("pk").values_list("pk", flat=True))
        if ids:
            yield _parted(label, column, rows, ids, to_id)


def _columns(kind: Kind) -> Iterator[tuple[str, str]]:
    for relation in CANONICAL[kind]._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel) and relation.related_model.__module__ not in COMPUTED:
            yield relation.related_model._meta.label, relation.field.attname
    yield from ((label, NAMING) for label in NAMED)


def _naming(label: str, column: str, kind: Kind) -> QuerySet[Any]:
    rows: QuerySet[Any] = apps.get_model(label)._default_manager.all()
    return rows.filter(kind=kind.value) if column == NAMING else rows


def _parted(label: str, column: str, rows: QuerySet[Any], ids: list[int], to_id: int) -> Followers:
    alone_by: tuple[str, ...] | None = getattr(rows.model, "alone_by", None)
    theirs = list(rows.filter(**{column: to_id})) if alone_by is not None else []
    if alone_by is None or not theirs:
        return Followers(label, column, ids, [], [])
    taken = {_sort(row, alone_by) for row in theirs}
    mine = rows.filter(pk__in=ids).order_by("pk")
    stay = [row for row in mine if _sort(row, alone_by) in taken]
    meant = {_sort(row, alone_by) for row in stay}
    kept = [row for row in theirs if _sort(row, alone_by) in meant]
    staying = {row.pk for row in stay}
    return Followers(label, column, [pk for pk in ids if pk not in staying], stay, kept)


def _sort(row: Any, names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)
