"""How far the syncs are, for a terminal or a page."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sync.models import Stream, SyncRun


class State(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class StreamProgress:
    """One stream. ``read`` and ``total`` are rows of its latest run; ``total`` None: the source is silent."""

    source: str
    stream: str
    label: str
    state: State
    read: int
    total: int | None
    error: str
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """All enabled streams. ``done``: each has been read completely once, or is failing."""

    streams: tuple[StreamProgress, ...]
    done: bool


def snapshot(*, source: str | None = None) -> Progress:
    """The state of all enabled streams now, in rank order. Two queries."""
    rows = Stream.objects.filter(enabled=True, source__enabled=True).select_related("source")
    if source is not None:
        rows = rows.filter(source__name=source)
    streams = list(rows.order_by("source__created_at", "rank", "name"))
    reads = SyncRun.objects.filter(stream__in=streams).exclude(trigger=SyncRun.Trigger.SWEEP)
    latest = reads.order_by("stream_id", "-started_at").distinct("stream_id")
    runs = {run.stream_id: run for run in latest}
    done = all(stream.read_through is not None or stream.failures for stream in streams)
    return Progress(tuple(_progress(stream, runs.get(stream.pk)) for stream in streams), done)


def _progress(stream: Stream, run: SyncRun | None) -> StreamProgress:
    return StreamProgress(
        source=stream.source.title,
        stream=stream.name,
        label=stream.title,
        state=_state(stream, run),
        read=run.read if run else 0,
        total=run.total if run else None,
        error=run.error if run else "",
        started_at=run.started_at if run else None,
    )


def _state(stream: Stream, run: SyncRun | None) -> State:
    if run is not None and run.status == SyncRun.Status.RUNNING:
        return State.RUNNING
    if stream.failures:
        return State.FAILING
    return State.DONE if stream.read_through is not None else State.WAITING
