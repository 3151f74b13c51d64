"""What each of several sources says of a canonical row: kept to compare, and to choose anew which counts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, F, OuterRef, QuerySet, Subquery

from kpis.models import WorkOrder
from kpis.models.base import FromSource
from sync.identities import CANONICAL
from sync.items import Item
from sync.landing import Landed
from sync.load.choice import Said
from sync.load.fields import FIELDS, Field, Ids, plain, said
from sync.models import Counterpart, Identity, Source
from sync.ownership import Owners, owners
from sync.records import Kind, Record, Ref, WorkOrderRecord

# Of a source's work orders, by their keys: those of which another source tells, and what the source said of
# orders of others, for which these stood.
SHARED_ORDERS = """
    SELECT DISTINCT w.id FROM kpis_workorder w JOIN sync_counterpart c ON c.canonical_id = w.id
    WHERE w.source = %(name)s AND w.external_key = ANY(%(keys)s) AND w.deleted_at IS NULL
        AND c.kind = 'work_order' AND c.source_id <> %(id)s
"""
FORMER = """
    SELECT c.id, c.canonical_id FROM sync_counterpart c
    WHERE c.source_id = %(id)s AND c.kind = 'work_order' AND c.external_key = ANY(%(keys)s)
        AND NOT EXISTS (SELECT FROM kpis_workorder w WHERE w.id = c.canonical_id AND w.source = %(name)s
            AND w.external_key = c.external_key)
"""
WRITTEN = ["canonical_id", "values", "trace_id", "source_updated_at", "seen_at"]


@dataclass(frozen=True, slots=True)
class Told:
    """A record and the canonical row it is about."""

    canonical_id: int
    record: Record
    row: Landed
    values: Mapping[str, Any]


def named_by_others(source: Source, kind: Kind, ids: Collection[int]) -> set[int]:
    """Those of a kind's rows of which another source has a record, too."""
    names = Identity.objects.filter(kind=kind, canonical_id__in=ids).exclude(source=source)
    return set(names.values_list("canonical_id", flat=True)) if ids else set()


def keep(source: Source, kind: Kind, told: Iterable[Told]) -> None:
    """Keep what records of a source say of rows that other sources know, too."""
    Counterpart.objects.bulk_create(
        {each.record.external_key: _counterpart(source, kind, each) for each in told}.values(),
        update_conflicts=True,
        unique_fields=["source", "kind", "external_key"],
        update_fields=WRITTEN,
    )


def _counterpart(source: Source, kind: Kind, told: Told) -> Counterpart:
    return Counterpart(
        source=source,
        kind=kind,
        external_key=told.record.external_key,
        canonical_id=told.canonical_id,
        values=dict(told.values),
        trace_id=told.row.trace_id,
        source_updated_at=told.record.updated_at or told.row.updated_at,
    )


def keep_followed(kind: Kind, ids: Collection[int], *, again: bool = False) -> None:
    """Keep what the records say that canonical rows follow, as the rows have it.

    Args:
        again: the rows were just written from those records alone; else only what is not kept yet.
    """
    rows = CANONICAL[kind]._default_manager.filter(pk__in=ids).exclude(source="")
    sources, ruling = dict(Source.objects.values_list("name", "pk")), owners()
    Counterpart.objects.bulk_create(
        (_as_followed(kind, row, sources[row.source], ruling) for row in rows if row.source in sources),
        ignore_conflicts=not again,
        update_conflicts=again,
        unique_fields=["source", "kind", "external_key"] if again else None,
        update_fields=WRITTEN if again else None,
    )


def _as_followed(kind: Kind, row: FromSource, source_id: int, ruling: Owners) -> Counterpart:
    return Counterpart(
        source_id=source_id,
        kind=kind,
        external_key=row.external_key,
        canonical_id=row.pk,
        values={
            field.on_row: plain(getattr(row, field.on_row))
            for field in FIELDS[kind]
            if _surely_its(field, source_id, ruling)
        },
        trace_id=row.trace_id,
        source_updated_at=row.source_updated_at,
    )


def _surely_its(field: Field, source_id: int, ruling: Owners) -> bool:
    """Whether a row has a field from the record it follows, when nothing else is kept of it yet."""
    if field.owner is not None:
        return ruling.kinds.get(field.owner) == source_id
    return not field.anyone


def all_said(kind: Kind, ids: Collection[int]) -> dict[int, list[Said]]:
    """What all sources say of rows, by canonical id, the oldest name first."""
    found: dict[int, list[Said]] = defaultdict(list)
    for row in of(kind, ids):
        found[row.canonical_id].append(Said(row.source_id, row.source.name, row.external_key, row.values))
    return dict(found)


def of(kind: Kind, ids: Collection[int]) -> QuerySet[Counterpart]:
    """Counterparts of rows, with their sources."""
    rows = Counterpart.objects.filter(kind=kind, canonical_id__in=ids)
    return rows.select_related("source").order_by("id")


def stands_for(record: Record) -> bool:
    """Whether a record is another system's work order seen from here."""
    return isinstance(record, WorkOrderRecord) and record.counterpart is not None


def keep_orders(source: Source, items: Collection[Item], ids: Ids) -> set[int]:
    """Keep work orders that stand for one of another system, to compare; not as second facts.

    Returns:
        The work orders they stand for.
    """
    told = [_order(item, item.record, ids) for item in items if isinstance(item.record, WorkOrderRecord)]
    standing = [each for each in told if each is not None]
    if standing:
        keep_followed(Kind.WORK_ORDER, {each.canonical_id for each in standing})
        keep(source, Kind.WORK_ORDER, standing)
    return {each.canonical_id for each in standing}


def _order(item: Item, record: WorkOrderRecord, ids: Mapping[Ref, int]) -> Told | None:
    if record.counterpart is None:
        return None
    machine = record.equipment.key if record.equipment else ""
    values = {**said(record, Kind.WORK_ORDER, ids), "equipment": machine}
    return Told(ids[record.counterpart], record, item.row, values)


def keep_own_orders(source: Source, keys: Collection[str]) -> set[int]:
    """Keep what a source's own work orders say of which other sources tell, too; they were just written.

    Returns:
        Those work orders.
    """
    shared = {row for (row,) in _select(SHARED_ORDERS, source, keys)}
    if shared:
        keep_followed(Kind.WORK_ORDER, shared, again=True)
    return shared


def refresh_own_orders(ids: Collection[int]) -> None:
    """Keep anew what work orders say that were written while another source's word of them came in unseen."""
    told = Counterpart.objects.filter(kind=Kind.WORK_ORDER, canonical_id__in=ids)
    orders = WorkOrder.objects.filter(pk__in=told.values("canonical_id"))
    keep_followed(Kind.WORK_ORDER, set(orders.values_list("pk", flat=True)))
    own = Counterpart.objects.filter(
        kind=Kind.WORK_ORDER,
        canonical_id=OuterRef("pk"),
        source__name=OuterRef("source"),
        external_key=OuterRef("external_key"),
    )
    kept = orders.annotate(kept=Subquery(own.values("trace_id")[:1])).exclude(kept=None)
    outdated = set(kept.exclude(kept=F("trace_id")).values_list("pk", flat=True))
    if outdated:
        keep_followed(Kind.WORK_ORDER, outdated, again=True)


def any_order() -> bool:
    """Whether several sources tell of any work order."""
    return Counterpart.objects.filter(kind=Kind.WORK_ORDER).exists()


def drop(source: Source, keys: Collection[str]) -> dict[Kind, set[int]]:
    """Drop what records say that are gone; return the rows they were about, by kind."""
    rows = Counterpart.objects.filter(source=source, external_key__in=keys)
    about: dict[Kind, set[int]] = defaultdict(set)
    for kind, canonical_id in rows.values_list("kind", "canonical_id"):
        about[Kind(kind)].add(canonical_id)
    if about:
        rows.delete()
    return dict(about)


def drop_lonely(kind: Kind, ids: Collection[int]) -> None:
    """Drop what is left of rows of which one source tells only."""
    rows = Counterpart.objects.filter(kind=kind, canonical_id__in=ids)
    lonely = rows.values("canonical_id").annotate(sources=Count("source", distinct=True)).filter(sources=1)
    rows.filter(canonical_id__in=list(lonely.values_list("canonical_id", flat=True))).delete()


def drop_standing(source: Source, keys: Collection[str]) -> set[int]:
    """Drop what work orders say that stand for no other one any more; return the rows they were about."""
    former = _select(FORMER, source, keys)
    if former:
        Counterpart.objects.filter(pk__in=[pk for pk, _ in former]).delete()
    return {canonical_id for _, canonical_id in former}


def _select(statement: str, source: Source, keys: Collection[str]) -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"id": source.pk, "name": source.name, "keys": list(keys)})
        found: list[tuple[int, ...]] = cursor.fetchall()
        return found
