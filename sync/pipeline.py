"""The way of landed rows into the reporting schema. One batch, one transaction, which the caller opens."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.utils import timezone

from kpis.models import Operation
from sync import counterparts, duplicates, mastering, mismatches, settling
from sync.items import Item
from sync.landing import Landed, locked
from sync.load import facts
from sync.load.facts import Ids
from sync.load.touched import Touched
from sync.mapping import judge, read
from sync.models import Stream
from sync.queue.writer import Problem, close_cause, settle
from sync.records import (
    DowntimeRecord,
    Kind,
    Master,
    OperationRecord,
    ProductionRecord,
    Record,
    Ref,
    WorkOrderRecord,
)
from sync.references import find

MASTERS_LOCK = 1_953_001


@dataclass(slots=True)
class Outcome:
    """What became of a batch.

    Args:
        kinds: of which new names are known, so that what waited may go on.
        stopped: machines whose stops changed.
        poison: rows that failed for a reason we did not foresee.
    """

    loaded: int = 0
    held: int = 0
    poison: int = 0
    kinds: set[Kind] = field(default_factory=set)
    stopped: set[int] = field(default_factory=set)

    def add(self, other: "Outcome") -> None:
        self.loaded += other.loaded
        self.held += other.held
        self.poison += other.poison
        self.kinds |= other.kinds
        self.stopped |= other.stopped


def lock_masters() -> None:
    """One writer of masters at a time, to the end of the transaction: two sources may name the same thing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MASTERS_LOCK])


def process(
    stream: Stream, rows: Sequence[Landed], *, known: bool, create: str = "", by: str = ""
) -> Outcome:
    """Map, judge and load rows, and bring the queue in line with them.

    Args:
        known: the rows were landed before and may be loaded or waiting already (replay).
        create, by: see ``mastering.load``.
    """
    reading = read(stream, rows)
    masters = [item for item in reading.items if isinstance(item.record, Master)]
    others = [item for item in reading.items if not isinstance(item.record, Master)]
    outcome, problems = Outcome(), list(reading.problems)
    if masters:
        lock_masters()
        done = mastering.load(stream.source, masters, create=create, by=by)
        outcome.kinds, outcome.loaded = done.kinds, done.loaded
        problems += done.problems
        for kind, ids in done.shared.items():
            mismatches.compare(kind, ids)
    loading = _load_in_order(stream, others)
    problems += loading.problems
    stays = {
        (type(item.record), item.key) for item in loading.good if not counterparts.stands_for(item.record)
    }
    withdraw(stream, (reading.before | {(type(item.record), item.key) for item in others}) - stays)
    outcome.loaded += len(loading.good)
    outcome.stopped = loading.stopped
    outcome.held = len({problem.held.row.raw_id for problem in problems if problem.held})
    earlier = {row.external_key for row in rows if known or row.previous is not None}
    settle(stream, problems, known_keys=earlier)
    _after(stream, reading.items, outcome)
    outcome.add(_judge_again(stream, earlier, loading.again))
    return outcome


@dataclass(frozen=True, slots=True)
class _Loading:
    good: list[Item]
    problems: list[Problem]
    again: set[str]
    stopped: set[int]


def _load_in_order(stream: Stream, items: Sequence[Item]) -> _Loading:
    """Work orders first: time and parts that come in the same rows refer to them."""
    orders = [item for item in items if isinstance(item.record, WorkOrderRecord)]
    if len(orders) in (0, len(items)):
        return _load_facts(stream, items)
    one = _load_facts(stream, orders)
    two = _load_facts(stream, [item for item in items if not isinstance(item.record, WorkOrderRecord)])
    return _Loading(
        one.good + two.good, one.problems + two.problems, one.again | two.again, one.stopped | two.stopped
    )


def _load_facts(stream: Stream, items: Sequence[Item]) -> _Loading:
    if not items:
        return _Loading([], [], set(), set())
    refs = {position: _refs(item.record) for position, item in enumerate(items)}
    resolved = find(stream.source, {ref for needed in refs.values() for ref in needed})
    verdict = judge(stream.source, items, refs, resolved)
    doubles = duplicates.separate(stream.source, verdict.good, resolved.ids)
    _write(stream, doubles.good, resolved.ids)
    missing = _missing_cycles(doubles.good, resolved.ids)
    stopped = {
        resolved.ids[item.record.equipment]
        for item in doubles.good
        if isinstance(item.record, DowntimeRecord)
    }
    problems = [*verdict.problems, *doubles.problems, *missing]
    return _Loading(doubles.good, problems, doubles.again, stopped)


def _refs(record: Record) -> list[Ref]:
    """What a fact needs. A work order that stands for another's needs only that one."""
    if isinstance(record, WorkOrderRecord) and record.counterpart is not None:
        return [record.counterpart]
    return facts.refs_of(record, facts.SPECS[type(record)].refs)


def _write(stream: Stream, items: Sequence[Item], ids: Ids) -> None:
    groups: dict[type[Record], list[tuple[Landed, Record]]] = defaultdict(list)
    for item in items:
        if not counterparts.stands_for(item.record):
            groups[type(item.record)].append((item.row, item.record))
    settling.keep_standing(stream.source, items, ids)
    spans = [
        span
        for record_type, rows in groups.items()
        for span in facts.upsert(stream.source.name, facts.SPECS[record_type], rows, ids).spans
    ]
    Touched(spans).mark(timezone.now())


def withdraw(stream: Stream, gone: Collection[tuple[type[Record], str]]) -> None:
    """Take back facts that a row gave before and gives no more, or whose record waits now."""
    keys: dict[type[Record], set[str]] = defaultdict(set)
    for record_type, key in gone:
        if record_type in facts.SPECS:
            keys[record_type].add(key)
    for record_type, group in keys.items():
        facts.withdraw(stream.source.name, facts.SPECS[record_type].model, group)


def _missing_cycles(items: Iterable[Item], ids: Ids) -> list[Problem]:
    makes = {
        ids[record.operation]: item
        for item in items
        if isinstance(record := item.record, ProductionRecord) and record.operation and record.quantity > 0
    }
    lacking = Operation.objects.filter(id__in=makes, ideal_cycle_s=None).select_related("equipment")
    lacking = lacking.exclude(ideal_cycles__seconds__gt=0)
    return [_missing_cycle(operation, makes[operation.pk]) for operation in lacking]


def _missing_cycle(operation: Operation, item: Item) -> Problem:
    return Problem(
        kind="missing_ideal_cycle",
        cause=operation.external_key,
        title=f"No ideal cycle time: {operation.name} on {operation.equipment.name}",
        message=f"“{operation.name}” has no ideal cycle time, so its performance is undefined.",
        external_key=operation.external_key,
        trace_id=item.row.trace_id,
        context={"field": "ideal_cycle_s", "record_kind": "operation", "record_key": operation.external_key},
        plant_id=operation.equipment.plant_id,
        equipment_id=operation.equipment_id,
    )


def _after(stream: Stream, items: Sequence[Item], outcome: Outcome) -> None:
    """What other records are touched by these."""
    known = {
        item.key for item in items if isinstance(item.record, OperationRecord) and item.record.ideal_cycle_s
    }
    if known:
        close_cause("missing_ideal_cycle", stream.source, known, "The ideal cycle time is known now.")
    orders = {item.key: item.record for item in items if isinstance(item.record, WorkOrderRecord)}
    if orders:
        outcome.kinds.add(Kind.WORK_ORDER)
        own = {key for key, record in orders.items() if record.counterpart is None}
        settling.orders_read(stream.source, own, orders.keys() - own)


def _judge_again(stream: Stream, earlier: Collection[str], keys: Collection[str]) -> Outcome:
    """Stops whose twin has changed, or that turned out to be the later twin."""
    raw_ids = {*duplicates.waiting_for(stream, earlier), *duplicates.landed(stream, keys)}
    if not raw_ids:
        return Outcome()
    return process(stream, locked(raw_ids), known=True)
