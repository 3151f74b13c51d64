"""How each stream does: fresh, late, failed or paused. One judgement for the sync page and the API alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from mfgportal.accounts.access import exceptions_of
from mfgportal.accounts.models import User
from sync.flows import State, state_of
from sync.models import Stream, SyncException, SyncRun
from sync.progress import eta_of, rate_of

SOURCE_KINDS = ("source_unavailable", "source_refused")
BROKER_DOWN = (
    "The task queue does not answer, so nothing was started. Start it and the worker, then try again."
)
STREAM_KINDS = ("schema_drift", "failed_sync", "mass_deletion")
LATE = "late_stream"  # says less than what makes it late


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """A stream with its last run, and the open exception that says what is wrong with it, if one is."""

    stream: Stream
    state: State
    lag: timedelta | None
    run: SyncRun | None
    trouble: SyncException | None

    @property
    def acceptable(self) -> timedelta:
        return timedelta(seconds=self.stream.acceptable_delay_s)

    @property
    def running(self) -> bool:
        return self.run is not None and self.run.status == SyncRun.Status.RUNNING

    @property
    def share(self) -> int | None:
        """Percent of the running run's rows that are read; None when their number is not known."""
        if self.run is None or not self.run.total:
            return None
        return min(100, round(100 * self.run.read / self.run.total))

    @property
    def rate_per_s(self) -> float | None:
        """Rows per second of the running run."""
        return rate_of(self.run) if self.run and self.running else None

    @property
    def eta(self) -> datetime | None:
        """When the running run will be done, as far as that can be told."""
        return eta_of(self.run) if self.run else None


def streams_now(user: User, streams: QuerySet[Stream], now: datetime) -> list[StreamStatus]:
    """The status of each stream at ``now``, in three queries, as far as the person may see."""
    last = SyncRun.objects.filter(stream=OuterRef("pk")).order_by("-started_at").values("pk")[:1]
    found = list(streams.select_related("source").annotate(last_run_id=Subquery(last)))
    runs = SyncRun.objects.in_bulk([run for stream in found if (run := _last_run(stream))])
    troubles = _troubles(user, found)
    return [
        _status(stream, runs.get(_last_run(stream) or 0), troubles.get(stream.pk), now) for stream in found
    ]


def _last_run(stream: Stream) -> int | None:
    found: int | None = getattr(stream, "last_run_id", None)
    return found


def _troubles(user: User, streams: Iterable[Stream]) -> dict[int, SyncException]:
    """Per stream what stops it: its newest open exception about itself, or else about its source."""
    open_now = exceptions_of(user).filter(status=SyncException.Status.OPEN).order_by("last_seen")
    of_source: dict[int, SyncException] = {}
    of_stream: dict[int, SyncException] = {}
    late: dict[int, SyncException] = {}
    for row in open_now.filter(kind__in=(*SOURCE_KINDS, *STREAM_KINDS, LATE)):
        if row.kind in SOURCE_KINDS:
            of_source[row.source_id] = row
        elif row.stream_id:
            (late if row.kind == LATE else of_stream)[row.stream_id] = row
    shared = {stream.pk: of_source[stream.source_id] for stream in streams if _shares(stream, of_source)}
    return late | shared | of_stream


def _shares(stream: Stream, of_source: dict[int, SyncException]) -> bool:
    """Whether the trouble of its source stops it too."""
    trouble = of_source.get(stream.source_id)
    return trouble is not None and (stream.failures > 0 or stream.name in trouble.context.get("streams", ()))


def _status(
    stream: Stream, run: SyncRun | None, trouble: SyncException | None, now: datetime
) -> StreamStatus:
    lag = None if stream.read_through is None else now - stream.read_through
    running = run is not None and run.status == SyncRun.Status.RUNNING
    return StreamStatus(stream, state_of(stream, running=running, now=now), lag, run, trouble)


def runs_matching(*, source: str = "", stream: str = "", status: str = "") -> QuerySet[SyncRun]:
    """Runs, newest first, of a source, of a stream by name, of a status."""
    given: dict[str, Any] = {"stream__source__name": source, "stream__name": stream, "status": status}
    chosen = {name: value for name, value in given.items() if value}
    return SyncRun.objects.filter(**chosen).select_related("stream__source")
