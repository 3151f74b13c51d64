"""Which streams are due, and in which order a source is read for the first time."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from sync import breaker
from sync.identities import owners
from sync.models import Stream, SyncRun
from sync.records import Kind
from sync.sources import FACTS, reads, spec_of

# Between waking a worker and its start nobody else needs waking; if the message is lost, this is the delay.
LEASE = timedelta(seconds=30)
ALIVE = timedelta(seconds=60)
LONGEST_WAIT = timedelta(minutes=5)
CLOCK_ERROR = timedelta(minutes=5)
SWEEP_EVERY = timedelta(days=1)
SLOW = (SyncRun.Trigger.SWEEP, SyncRun.Trigger.REFRESH)
NAMED_BY_OTHERS = frozenset(Kind) - FACTS | {Kind.WORK_ORDER}


def take_due() -> list[int]:
    """Ids of the streams to be run now, masters first; each is taken once, for a short lease.

    Of a source whose breaker is open none is; of one that may be tried again, one.
    """
    now = timezone.now()
    streams = _enabled()
    busy, owner = _busy(now), owners()
    ready = [stream for stream in streams if stream.pk not in busy and not _must_wait(stream, streams, owner)]
    due = [
        stream
        for stream in ready
        if _is_due(stream, now) and breaker.state(stream.source) is breaker.State.CLOSED and _lease(stream)
    ]
    probes = breaker.probes(ready)
    Stream.objects.filter(pk__in=[stream.pk for stream in probes]).update(next_due=now + LEASE)
    return [stream.pk for stream in sorted([*due, *probes], key=streams.index)]


def _enabled() -> list[Stream]:
    rows = Stream.objects.filter(enabled=True, source__enabled=True).select_related("source")
    return list(rows.order_by("rank", "source__created_at", "name"))


def _busy(now: datetime) -> set[int]:
    alive = SyncRun.objects.filter(status=SyncRun.Status.RUNNING, heartbeat_at__gt=now - ALIVE)
    return set(alive.values_list("stream_id", flat=True))


def claims(stream_ids: Sequence[int]) -> list[tuple[int, str]]:
    """What to tell the workers of streams just taken: with the lease, by which a late message is known."""
    found = dict(Stream.objects.filter(pk__in=stream_ids).values_list("pk", "next_due"))
    return [(stream_id, lease.isoformat()) for stream_id in stream_ids if (lease := found.get(stream_id))]


def stands(stream_id: int, claim: str) -> bool:
    """Whether a message still counts: its lease was not followed by a run or a newer lease.

    So a heap of messages that piled up while no worker was there costs one look each.
    """
    rows = Stream.objects.filter(pk=stream_id, next_due=claim, enabled=True, source__enabled=True)
    stream = rows.select_related("source").first()
    return stream is not None and breaker.state(stream.source) is not breaker.State.OPEN


def _is_due(stream: Stream, now: datetime) -> bool:
    return stream.next_due is None or stream.next_due <= now or _dated_ahead(stream, now)


def _dated_ahead(stream: Stream, now: datetime) -> bool:
    """Whether it was last read by a clock that was ahead: what that set as due soon would be due late."""
    if stream.read_through is None or stream.next_due is None:
        return False
    return stream.read_through > now + CLOCK_ERROR and stream.next_due > now + LEASE


def _lease(stream: Stream) -> bool:
    now = timezone.now()
    taken = Stream.objects.filter(pk=stream.pk, next_due=stream.next_due)
    return _is_due(stream, now) and bool(taken.update(next_due=now + LEASE))


def _must_wait(stream: Stream, streams: Sequence[Stream], owner: dict[str, int]) -> bool:
    """On a first load: whether names this stream needs are still to be read.

    Its own source's lists come first, and the system of record of a kind before others that have it. The
    latter is only for a quiet start, so it ends after some minutes: whatever waits is released anyway.
    """
    if stream.read_through is not None:
        return False
    first_minutes = timezone.now() - stream.source.created_at < LONGEST_WAIT
    return any(
        _names(other) and other.rank < stream.rank
        if other.source_id == stream.source_id
        else first_minutes and _owns_kind_of(other, stream, owner)
        for other in streams
        if other.read_through is None and not other.failures and other.pk != stream.pk
    )


def _names(stream: Stream) -> bool:
    return reads(stream, *NAMED_BY_OTHERS)


def _owns_kind_of(other: Stream, stream: Stream, owner: dict[str, int]) -> bool:
    spec, wanted = spec_of(other), spec_of(stream)
    if spec is None or wanted is None:
        return False
    shared = NAMED_BY_OTHERS & set(spec.kinds) & set(wanted.kinds)
    return any(owner.get(kind) == other.source_id for kind in shared)


def first_load() -> bool:
    """Whether some stream is still being read for the first time."""
    rows = Stream.objects.filter(enabled=True, source__enabled=True, read_through=None, failures=0)
    return rows.exists()


def due_sweeps() -> list[int]:
    """Ids of the streams whose keys are to be compared: daily, and where a sweep has stopped half-way.

    New ones start to be due a day after. At most one; it is taken for a short lease.
    """
    return _slow(
        lambda stream, now: (
            stream.sweep_began is not None or _older(stream, stream.swept_at, SWEEP_EVERY, now)
        )
    )


def due_refreshes() -> list[int]:
    """Ids of the streams of which all is to be read again, or goes on to be. At most one, leased."""
    return _slow(_wants_refresh)


def refresh_stands(stream_id: int) -> bool:
    """Whether a message to read a stream whole again still counts: a late one would start all over."""
    return _wants_refresh(Stream.objects.select_related("source").get(pk=stream_id), timezone.now())


def _wants_refresh(stream: Stream, now: datetime) -> bool:
    if stream.refresh_cursor:
        return True
    every = stream.refresh_every_s
    return bool(every) and _older(stream, stream.refreshed_at, timedelta(seconds=every or 0), now)


def _older(stream: Stream, last: datetime | None, than: timedelta, now: datetime) -> bool:
    return now - (last or stream.source.created_at) > than


def _slow(wanted: Callable[[Stream, datetime], bool]) -> list[int]:
    """What has time goes between ordinary reads: one per source, not when its stream is due or failing."""
    now = timezone.now()
    slow = SyncRun.objects.filter(
        status=SyncRun.Status.RUNNING, heartbeat_at__gt=now - ALIVE, trigger__in=SLOW
    )
    taken = set(slow.values_list("stream__source_id", flat=True))
    waiting = [
        stream
        for stream in _enabled()
        if stream.source_id not in taken and _has_time(stream, now) and wanted(stream, now)
    ]
    waiting.sort(key=lambda stream: stream.slow_due or stream.source.created_at)
    return [stream.pk for stream in waiting[:1] if _lease_slow(stream)]


def _has_time(stream: Stream, now: datetime) -> bool:
    return (
        stream.read_through is not None
        and not stream.failures
        and breaker.state(stream.source) is breaker.State.CLOSED
        and (stream.next_due is None or stream.next_due > now)
        and (stream.slow_due is None or stream.slow_due <= now)
    )


def _lease_slow(stream: Stream) -> bool:
    now = timezone.now()
    free = Stream.objects.filter(Q(slow_due=None) | Q(slow_due__lte=now), pk=stream.pk)
    return bool(free.update(slow_due=now + LEASE))
