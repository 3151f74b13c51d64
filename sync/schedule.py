"""Which streams are due, and in which order a source is read for the first time."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from sync.identities import owners
from sync.models import Stream, SyncRun
from sync.records import Kind
from sync.sources import FACTS, spec_of

# Between waking a worker and its start nobody else needs waking; if the message is lost, this is the delay.
LEASE = timedelta(seconds=30)
ALIVE = timedelta(seconds=60)
LONGEST_WAIT = timedelta(minutes=5)
SWEEP_EVERY = timedelta(days=1)
NAMED_BY_OTHERS = frozenset(Kind) - FACTS | {Kind.WORK_ORDER}


def take_due() -> list[int]:
    """Ids of the streams to be run now, masters first; each is taken once, for a short lease."""
    now = timezone.now()
    streams = list(
        Stream.objects.filter(enabled=True, source__enabled=True)
        .select_related("source")
        .order_by("rank", "source__created_at", "name")
    )
    busy = set(
        SyncRun.objects.filter(status=SyncRun.Status.RUNNING, heartbeat_at__gt=now - ALIVE).values_list(
            "stream_id", flat=True
        )
    )
    owner = owners()
    return [
        stream.pk
        for stream in streams
        if (stream.next_due is None or stream.next_due <= now)
        and stream.pk not in busy
        and not _must_wait(stream, streams, owner)
        and _lease(stream)
    ]


def _lease(stream: Stream) -> bool:
    now = timezone.now()
    due = Stream.objects.filter(Q(next_due=None) | Q(next_due__lte=now), pk=stream.pk)
    return bool(due.update(next_due=now + LEASE))


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
    spec = spec_of(stream)
    return spec is not None and bool(NAMED_BY_OTHERS & set(spec.kinds))


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
    """Ids of the streams whose keys were not compared for a day; new ones start to be due a day after."""
    before = timezone.now() - SWEEP_EVERY
    rows = Stream.objects.filter(enabled=True, source__enabled=True, read_through__isnull=False, failures=0)
    long_ago = Q(swept_at__lt=before) | Q(swept_at=None, source__created_at__lt=before)
    return list(rows.filter(long_ago).order_by("swept_at").values_list("pk", flat=True)[:1])
