"""How the whole sync does, computed once for the monitor page, the API and the metrics."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db import connection
from django.db.models import Count, QuerySet
from django.utils import timezone

from kpis.models import StaleDay
from sync import breaker, broker, heartbeat
from sync.exceptions.backlog import undone
from sync.flows import Flow, State, flows, state_of
from sync.models import HeldRecord, ReconciliationRun, Source, SyncException, SyncRun
from sync.queue.kinds import KINDS
from sync.run_figures import RunFigures, run_figures

SIZES = (
    "SELECT pg_database_size(current_database()), pg_total_relation_size('sync_rawrecord'),"
    " (SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'sync_rawrecord'::regclass)"
)
PARTITIONS = (
    "SELECT right(relname, 7), pg_total_relation_size(part.oid), greatest(reltuples, 0)::bigint"
    " FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid"
    " WHERE inhparent = 'sync_rawhistory'::regclass ORDER BY 1"
)


@dataclass(frozen=True, slots=True)
class StreamNow:
    """A stream with its state, what its runs tell, and its schema's open exceptions."""

    flow: Flow
    state: State
    figures: RunFigures
    drifts: int

    @property
    def running(self) -> bool:
        latest = self.figures.latest
        return bool(latest) and latest[-1].status == SyncRun.Status.RUNNING


@dataclass(frozen=True, slots=True)
class SourceNow:
    """A source and its streams. ``breaker``: one of ``sync.breaker.State``."""

    source: Source
    breaker: str
    streams: tuple[StreamNow, ...]


@dataclass(frozen=True, slots=True)
class Queues:
    """What waits to be done.

    Args:
        messages: wake-ups in the broker; None when it does not answer.
        due: streams whose time has come and that nobody reads yet.
        replays: decided exceptions whose rows are still to be loaded.
        stale_days: days of machines to be computed again.
        held: source rows that wait in the exception queue.
    """

    messages: int | None
    due: int
    replays: int
    stale_days: int
    held: int


@dataclass(frozen=True, slots=True)
class OpenKind:
    """Open exceptions of one kind."""

    kind: str
    title: str
    severity: str
    count: int


@dataclass(frozen=True, slots=True)
class Month:
    """A month of replaced contents in the landing. ``rows`` is an estimate."""

    month: str
    bytes: int
    rows: int


@dataclass(frozen=True, slots=True)
class Storage:
    """Sizes in bytes; ``landing_rows`` is an estimate."""

    database_bytes: int
    landing_bytes: int
    landing_rows: int
    months: tuple[Month, ...]


@dataclass(frozen=True, slots=True)
class Monitor:
    """Everything at one moment. ``comparisons``: the latest run of each reconciliation rule."""

    at: datetime
    tick_at: datetime | None
    sources: tuple[SourceNow, ...]
    queues: Queues
    exceptions: tuple[OpenKind, ...]
    comparisons: tuple[ReconciliationRun, ...]
    storage: Storage

    @property
    def streams(self) -> list[StreamNow]:
        return [stream for source in self.sources for stream in source.streams]

    @property
    def tick_age(self) -> timedelta | None:
        """How long ago a worker last ran the tick; None: never."""
        return None if self.tick_at is None else self.at - self.tick_at


def monitor(exceptions: QuerySet[SyncException] | None = None, now: datetime | None = None) -> Monitor:
    """Everything at ``now``, in a fixed number of queries.

    Args:
        exceptions: those the reader may see; None: all. It narrows what is counted of the queue alone.
    """
    at = now or timezone.now()
    seen = SyncException.objects.all() if exceptions is None else exceptions
    sources = _sources(at)
    return Monitor(
        at=at,
        tick_at=heartbeat.last_tick(),
        sources=sources,
        queues=_queues(sources, seen, at),
        exceptions=_open(seen),
        comparisons=_comparisons(),
        storage=_storage(),
    )


def _sources(now: datetime) -> tuple[SourceNow, ...]:
    figures, drifts = run_figures(now), _drifts()
    found = [
        _stream(flow, figures.get(flow.stream.pk), drifts.get(flow.stream.pk, 0), now)
        for flow in flows(now=now)
    ]
    by_source = groupby(found, key=lambda stream: stream.flow.stream.source)
    return tuple(SourceNow(source, breaker.state(source), tuple(streams)) for source, streams in by_source)


def _stream(flow: Flow, figures: RunFigures | None, drifts: int, now: datetime) -> StreamNow:
    known = figures or RunFigures()
    running = bool(known.latest) and known.latest[-1].status == SyncRun.Status.RUNNING
    return StreamNow(flow, state_of(flow.stream, running=running, now=now), known, drifts)


def _drifts() -> dict[int | None, int]:
    rows = SyncException.objects.filter(status="open", kind="schema_drift").order_by()
    return dict(rows.values_list("stream").annotate(Count("pk")))


def _queues(sources: Iterable[SourceNow], seen: QuerySet[SyncException], now: datetime) -> Queues:
    streams = [stream for source in sources for stream in source.streams]
    return Queues(
        messages=broker.depth(),
        due=sum(_due(stream, now) for stream in streams),
        replays=len(undone()),
        stale_days=StaleDay.objects.count(),
        held=HeldRecord.objects.filter(exception__in=seen.order_by()).count(),
    )


def _due(stream: StreamNow, now: datetime) -> bool:
    due = stream.flow.stream.next_due
    return stream.flow.enabled and not stream.running and (due is None or due <= now)


def _open(seen: QuerySet[SyncException]) -> tuple[OpenKind, ...]:
    rows = seen.filter(status="open").order_by("kind", "severity").values_list("kind", "severity")
    return tuple(
        OpenKind(kind, KINDS[kind].title if kind in KINDS else kind, severity, count)
        for kind, severity, count in rows.annotate(Count("pk"))
    )


def _comparisons() -> tuple[ReconciliationRun, ...]:
    latest = (
        ReconciliationRun.objects.exclude(status="running").order_by("rule", "-started_at").distinct("rule")
    )
    return tuple(latest)


def _storage() -> Storage:
    with connection.cursor() as cursor:
        cursor.execute(SIZES)
        database, landing, rows = cursor.fetchone()
        cursor.execute(PARTITIONS)
        months = tuple(Month(name.replace("_", "-"), size, count) for name, size, count in cursor.fetchall())
    return Storage(database, landing, rows, months)
