"""How far the syncs are, for a terminal or a page."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum

from sync.models import Stream, SyncRun
from sync.schedule import SLOW


class State(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class StreamProgress:
    """One stream. ``read`` and ``total`` are rows up to the end of its first complete read, over all runs it
    took, so neither a new run nor a later one sets them back. ``total`` None: the source is silent.
    ``rate_per_s`` (rows) and ``eta`` (when it will be done) are those of a run under way."""

    source: str
    stream: str
    label: str
    state: State
    read: int
    total: int | None
    error: str
    started_at: datetime | None
    rate_per_s: float | None = None
    eta: datetime | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """All enabled streams. ``done``: each has been read completely once, or is failing."""

    streams: tuple[StreamProgress, ...]
    done: bool


def snapshot(*, source: str | None = None) -> Progress:
    """The state of all enabled streams now, in rank order. Three queries."""
    rows = Stream.objects.filter(enabled=True, source__enabled=True).select_related("source")
    if source is not None:
        rows = rows.filter(source__name=source)
    streams = list(rows.order_by("source__created_at", "rank", "name"))
    reads = SyncRun.objects.exclude(trigger__in=SLOW).filter(stream__in=streams)
    latest = reads.order_by("stream_id", "-started_at").distinct("stream_id")
    runs = {run.stream_id: run for run in latest}
    counts = dict(_first_reads(reads).values_list("stream_id").annotate(rows=Sum("read")))
    done = all(stream.read_through is not None or stream.failures for stream in streams)
    found = (_progress(stream, runs.get(stream.pk), counts.get(stream.pk, 0)) for stream in streams)
    return Progress(tuple(found), done)


def _first_reads(reads: QuerySet[SyncRun]) -> QuerySet[SyncRun]:
    """The runs of each stream up to the first that came to the end."""
    ended = reads.filter(status=SyncRun.Status.DONE, goes_on=False)
    complete = ended.filter(stream=OuterRef("stream")).order_by("started_at")
    first = reads.annotate(complete_at=Subquery(complete.values("started_at")[:1]))
    return first.filter(Q(complete_at=None) | Q(started_at__lte=F("complete_at"))).order_by()


def rate_of(run: SyncRun) -> float | None:
    """Rows per second up to the last page; None before it can be told."""
    took = ((run.ended_at or run.heartbeat_at) - run.started_at).total_seconds()
    return run.read / took if run.read and took > 0 else None


def eta_of(run: SyncRun) -> datetime | None:
    """When a run under way will be done if it goes on at its rate; None when that cannot be told."""
    rate = rate_of(run)
    if run.status != SyncRun.Status.RUNNING or run.total is None or not rate:
        return None
    return run.heartbeat_at + timedelta(seconds=max(run.total - run.read, 0) / rate)


def _progress(stream: Stream, run: SyncRun | None, read: int) -> StreamProgress:
    running = run is not None and run.status == SyncRun.Status.RUNNING
    return StreamProgress(
        source=stream.source.title,
        stream=stream.name,
        label=stream.title,
        state=_state(stream, run),
        read=read,
        total=_total(stream, run, read),
        error=run.error if run else "",
        started_at=run.started_at if run else None,
        rate_per_s=rate_of(run) if run and running else None,
        eta=eta_of(run) if run else None,
    )


def _total(stream: Stream, run: SyncRun | None, read: int) -> int | None:
    """A run that goes on where an earlier one ended tells only what is left for itself."""
    if stream.read_through is not None:
        return read
    return None if run is None or run.total is None else read + max(run.total - run.read, 0)


def _state(stream: Stream, run: SyncRun | None) -> State:
    if run is not None and run.status == SyncRun.Status.RUNNING:
        return State.RUNNING
    if stream.failures:
        return State.FAILING
    return State.DONE if stream.read_through is not None else State.WAITING
