"""What became of landed rows, by month: loaded, kept as evidence, or waiting; whatever is left was lost."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection
from psycopg import sql

from sync.connectors.base import Payload, StreamSpec
from sync.errors import BadRow
from sync.load.facts import SPECS
from sync.models import Counterpart, Identity, RawRecord, Stream
from sync.reconcile.base import ROWS_KEPT
from sync.records import KIND_OF, Kind, Master
from sync.sources import class_of

MONTH_DIGITS = 7
BATCH = 1000
TABLES = {KIND_OF[record]: spec for record, spec in SPECS.items() if record in KIND_OF}


@dataclass(slots=True)
class Chain:
    """Landed rows of one month, or of all.

    ``evidence``: rows that mean nothing to us, such as drafts. ``held``: waiting in the queue, or left out
    by a person. ``sums``: of the landed rows, by field. ``lost``: keys of the first rows that are none of
    these.
    """

    landed: int = 0
    loaded: int = 0
    evidence: int = 0
    held: int = 0
    sums: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    lost: list[str] = field(default_factory=list)

    @property
    def accounted(self) -> int:
        return self.loaded + self.evidence + self.held


def chains(stream: Stream, spec: StreamSpec) -> dict[str, Chain]:
    """By month, as ``2026-11``, and under "" for all rows."""
    found: dict[str, Chain] = defaultdict(Chain)
    for month, landed, held, loaded, *sums in _counted(stream, spec):
        for chain in (found[month], found[""]) if month else (found[""],):
            chain.landed += landed
            chain.held += held
            chain.loaded += loaded
            for name, value in zip(spec.summed, sums, strict=True):
                chain.sums[name] += value or 0.0
    if not spec.kinds:
        for chain in found.values():
            chain.evidence = chain.landed - chain.held
    else:
        _judge_rest(stream, spec, found)
    found[""]  # there is always an answer for all
    return found


def _counted(stream: Stream, spec: StreamSpec) -> list[tuple[Any, ...]]:
    sums = [sql.SQL(", sum({})").format(number(name)) for name in spec.summed]
    statement = sql.SQL(
        "SELECT month, count(*), count(*) FILTER (WHERE held), count(*) FILTER (WHERE loaded AND NOT held)"
        "{outer} FROM (SELECT r.payload, {month} AS month, {held} AS held, {loaded} AS loaded"
        " FROM sync_rawrecord r WHERE r.stream_id = {stream} AND r.gone_at IS NULL) r GROUP BY month"
    ).format(
        outer=sql.SQL("").join(sums),
        month=month_of(spec),
        held=HELD,
        loaded=_loaded(stream, spec.kinds),
        stream=sql.Literal(stream.pk),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def month_of(spec: StreamSpec) -> sql.Composable:
    """The month of a landed row ``r``, as text; "" where it has none. Sources we count write UTC."""
    text = sql.SQL("left(r.payload->>{}, {})").format(sql.Literal(spec.dated_by), sql.Literal(MONTH_DIGITS))
    return sql.SQL("COALESCE({0}, '')").format(text) if spec.dated_by else sql.SQL("''")


def number(name: str) -> sql.Composable:
    """A property of a landed row ``r`` as a number; null where it is none."""
    return sql.SQL(
        "CASE WHEN jsonb_typeof(r.payload->{0}) = 'number' THEN (r.payload->>{0})::float8 END"
    ).format(sql.Literal(name))


HELD = sql.SQL("EXISTS (SELECT FROM sync_heldrecord h WHERE h.raw_id = r.id)")


def _loaded(stream: Stream, kinds: Sequence[Kind]) -> sql.Composable:
    """Whether a landed row ``r`` is behind a fact, names something we know, or stands for another's."""
    source, names = sql.Literal(stream.source.name), [kind.value for kind in kinds]
    facts = [
        sql.SQL(
            "EXISTS (SELECT FROM {} t WHERE t.source = {} AND t.external_key = r.external_key"
            " AND t.deleted_at IS NULL)"
        ).format(sql.Identifier(TABLES[kind].table), source)
        for kind in kinds
        if kind in TABLES
    ]
    named = [
        sql.SQL(
            "EXISTS (SELECT FROM {} t WHERE t.source_id = {} AND t.kind = ANY({})"
            " AND t.external_key = r.external_key)"
        ).format(sql.Identifier(table), sql.Literal(stream.source_id), sql.Literal(names))
        for table in (Identity._meta.db_table, Counterpart._meta.db_table)
        if set(kinds) - set(TABLES) or Kind.WORK_ORDER in kinds
    ]
    return sql.SQL("({})").format(sql.SQL(" OR ").join([sql.SQL("false"), *facts, *named]))


def _judge_rest(stream: Stream, spec: StreamSpec, found: dict[str, Chain]) -> None:
    """Rows neither loaded nor waiting: the mapping says which mean nothing; the others were lost."""
    rest = _rest(stream, spec)
    while batch := list(islice(rest, BATCH)):
        keys = {key: _record_keys(stream, payload) for key, payload, _ in batch}
        known = _known(stream, spec.kinds, {one for group in keys.values() for one in group or ()})
        for key, _, month in batch:
            for chain in (found[month], found[""]) if month else (found[""],):
                _put(chain, key, keys[key], known)


def _put(chain: Chain, key: str, keys: Collection[str] | None, known: Collection[str]) -> None:
    if keys is not None and not keys:
        chain.evidence += 1
    elif keys and set(keys) & set(known):
        chain.loaded += 1
    elif len(chain.lost) < ROWS_KEPT:
        chain.lost.append(key)


def _rest(stream: Stream, spec: StreamSpec) -> Iterator[tuple[str, Payload, str]]:
    statement = sql.SQL(
        "SELECT r.id, {month} FROM sync_rawrecord r WHERE r.stream_id = {stream} AND r.gone_at IS NULL"
        " AND NOT {held} AND NOT {loaded} ORDER BY r.id"
    ).format(
        month=month_of(spec),
        stream=sql.Literal(stream.pk),
        held=HELD,
        loaded=_loaded(stream, spec.kinds),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        months = dict(cursor.fetchall())
    ids = iter(months)
    while batch := list(islice(ids, BATCH)):
        rows = RawRecord.objects.filter(id__in=batch).values_list("id", "external_key", "payload")
        for pk, key, payload in rows.order_by("id"):
            yield key, payload, months[pk]


def _record_keys(stream: Stream, payload: Payload) -> set[str] | None:
    """Keys of the facts a row gives; None where it cannot be read, and should be in the queue.

    A name that is not the system of record's and that no fact refers to is not taken over, nor waited for.
    """
    try:
        records = class_of(stream.source).to_records(stream.name, payload)
    except BadRow:
        return None
    return {record.external_key for record in records if not isinstance(record, Master)}


def _known(stream: Stream, kinds: Sequence[Kind], keys: Collection[str]) -> set[str]:
    found: set[str] = set()
    for kind in kinds:
        if kind in TABLES:
            rows = TABLES[kind].model._default_manager.filter(source=stream.source.name, deleted_at=None)
            found |= set(rows.filter(external_key__in=keys).values_list("external_key", flat=True))
    for model in (Identity, Counterpart):
        named = model._default_manager.filter(source=stream.source, external_key__in=keys)
        found |= set(named.values_list("external_key", flat=True))
    return found
