"""Age of the data against what each stream allows: shown in page headers, raised in the queue when late."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from sync import heartbeat
from sync.locks import only_one
from sync.models import Stream, SyncException
from sync.queue.causes import OF_SOURCE
from sync.queue.writer import Problem, close, raise_all
from sync.sources import FACTS, reads, spec_of

LATE_LOCK = 0x6C617465
KIND = "late_stream"
CAUSES = (*OF_SOURCE, "schema_drift", "failed_sync", "mass_deletion")
SEVERITIES = {
    Stream.Criticality.HIGH: "error",
    Stream.Criticality.NORMAL: "warning",
    Stream.Criticality.LOW: "info",
}
# After our own standstill all is late, and catches up by itself within this time.
GRACE = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class StreamFreshness:
    """Age of one stream. ``late``: older than its acceptable delay."""

    source: str
    stream: str
    title: str
    read_through: datetime | None
    acceptable_delay_s: int
    late: bool


@dataclass(frozen=True, slots=True)
class Freshness:
    """Age of the data. ``data_as_of``: the oldest last good read of the enabled fact streams; None: never."""

    data_as_of: datetime | None
    streams: tuple[StreamFreshness, ...]

    @property
    def late(self) -> tuple[StreamFreshness, ...]:
        return tuple(stream for stream in self.streams if stream.late)


def freshness() -> Freshness:
    """Age of the data, for the page header and the API's ``data_as_of``. One query."""
    now = timezone.now()
    streams = _read_streams()
    of_facts = [stream.read_through for stream in streams if _reads_facts(stream)]
    known = [moment for moment in of_facts if moment is not None]
    complete = bool(of_facts) and len(known) == len(of_facts)
    return Freshness(min(known) if complete else None, tuple(_age(stream, now) for stream in streams))


def is_late(stream: Stream, now: datetime) -> bool:
    """Whether its last good read is longer ago than it allows; so is one that was never read."""
    allowed = timedelta(seconds=stream.acceptable_delay_s)
    return stream.read_through is None or now - stream.read_through > allowed


def check_late(now: datetime | None = None) -> None:
    """Bring the queue in line with what is late now. Safe to call often and twice at a time."""
    with only_one(LATE_LOCK, 0) as mine:
        if mine:
            with transaction.atomic():
                _settle(now or timezone.now())


def _read_streams() -> list[Stream]:
    rows = Stream.objects.filter(enabled=True, source__enabled=True).select_related("source")
    return list(rows.order_by("source__name", "rank", "name"))


def fact_streams() -> list[Stream]:
    """The enabled streams that read facts: the age of the data is theirs. One query."""
    return [stream for stream in _read_streams() if _reads_facts(stream)]


def _reads_facts(stream: Stream) -> bool:
    return reads(stream, *FACTS)


def _age(stream: Stream, now: datetime) -> StreamFreshness:
    late = is_late(stream, now)
    return StreamFreshness(
        stream.source.name, stream.name, stream.title, stream.read_through, stream.acceptable_delay_s, late
    )


def _settle(now: datetime) -> None:
    streams = _read_streams()
    late = {stream.pk: stream for stream in streams if is_late(stream, now)}
    told = {row.stream_id: row for row in SyncException.objects.filter(kind=KIND).exclude(status="resolved")}
    over = [row.pk for stream_id, row in told.items() if stream_id not in late]
    if over:
        close(
            SyncException.objects.filter(pk__in=over),
            "Its data is within the allowed delay, or it is paused.",
        )
    news = [stream for stream in late.values() if stream.pk not in _first_loads(streams)]
    if news and not _just_awake(now):
        _tell(news, told)


def _first_loads(streams: Collection[Stream]) -> set[int]:
    """Streams of sources that are still being read for the first time; late is no word for those."""
    loading = {stream.source_id for stream in streams if stream.read_through is None and not stream.failures}
    return {stream.pk for stream in streams if stream.source_id in loading or stream.read_through is None}


def _just_awake(now: datetime) -> bool:
    since = heartbeat.awake_since()
    return since is not None and now - since < GRACE


def _tell(streams: Collection[Stream], told: Mapping[int | None, SyncException]) -> None:
    """Raise what is not told yet, or told with another cause; what a person dismissed stays dismissed."""
    causes = _causes(streams)
    for stream in streams:
        problem = _problem(stream, causes.get(stream.pk))
        known = told.get(stream.pk)
        if known is None or known.message != problem.message:
            raise_all(stream, [problem])


def _causes(streams: Collection[Stream]) -> dict[int, SyncException]:
    """Per stream the open exception that keeps it from being read: its own, or else its source's."""
    sources = {stream.source_id for stream in streams}
    rows = SyncException.objects.filter(status="open", kind__in=CAUSES, source__in=sources).order_by(
        "first_seen"
    )
    own = {row.stream_id: row for row in rows if row.kind not in OF_SOURCE and row.stream_id}
    of_source: dict[int, list[SyncException]] = {}
    for row in rows:
        if row.kind in OF_SOURCE:
            of_source.setdefault(row.source_id, []).append(row)
    shared = {stream.pk: _sources_cause(stream, of_source.get(stream.source_id, [])) for stream in streams}
    return {pk: cause for pk, cause in shared.items() if cause} | own


def _sources_cause(stream: Stream, rows: Collection[SyncException]) -> SyncException | None:
    return next(
        (row for row in rows if stream.failures or stream.name in row.context.get("streams", ())), None
    )


def _problem(stream: Stream, cause: SyncException | None) -> Problem:
    because = f" Cause: {cause.title}." if cause else " Nothing else is known to be wrong with it."
    message = (
        f"Last good read: {stream.read_through:%d %b %Y, %H:%M} UTC. Allowed delay: "
        f"{_span(stream.acceptable_delay_s)}. {_stands_still(stream)}{because}"
    )
    return Problem(
        kind=KIND,
        cause=stream.name,
        title=f"{stream.title} of {stream.source.title} is late",
        message=message,
        severity=SEVERITIES[Stream.Criticality(stream.criticality)],
        context={"cause": cause.pk if cause else None},
    )


def _span(seconds: int) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _stands_still(stream: Stream) -> str:
    spec = spec_of(stream)
    kinds = ", ".join(kind.value.replace("_", " ") for kind in spec.kinds) if spec else "its records"
    return f"What the source has recorded since then is not in the numbers: {kinds}."
