"""The circuit breaker of a source: what does not answer is left alone for a while, by all its streams.

Closed: streams are read as they are due. Open, after failures in a row over all streams: none is, until
``open_until``. Half-open, from then on: one stream tries, leased, so that a second worker does not; success
closes the breaker and wakes the others, failure opens it for longer. A worker that dies trying only delays
the next try by the lease. A refused log-in opens at once: many wrong log-ins in a row lock accounts.
Reading by hand always goes through, and counts as a try.
"""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from sync.backoff import pause
from sync.errors import LoginRefused
from sync.models import Source, Stream

MOST_FAILURES = 5
LEASE = timedelta(minutes=2)


class State(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


def state(source: Source) -> State:
    """Where the breaker stands, by what is stored of the source."""
    if source.open_until is None:
        return State.CLOSED
    return State.OPEN if source.open_until > timezone.now() else State.HALF_OPEN


def is_open(source_id: int) -> bool:
    return state(Source.objects.get(pk=source_id)) is State.OPEN


@transaction.atomic
def failed(source_id: int, kind: str, error: Exception) -> bool:
    """Count a failure of the source as a whole; return whether it leaves the breaker open.

    What was asked before it opened and fails after that says nothing new.
    """
    source = Source.objects.select_for_update().get(pk=source_id)
    now_is = state(source)
    if now_is is State.OPEN:
        return True
    source.failures += 1
    refused = isinstance(error, LoginRefused)
    if refused or now_is is State.HALF_OPEN or source.failures >= MOST_FAILURES:
        times = source.failures if refused else source.failures - MOST_FAILURES + 1
        source.open_until = timezone.now() + timedelta(seconds=pause(kind, times, error))
        source.probed_at = None
    # By update: a save would tell the audit trail, which is for what people change.
    Source.objects.filter(pk=source_id).update(
        failures=source.failures, open_until=source.open_until, probed_at=source.probed_at
    )
    return source.open_until is not None


def answered(source_id: int) -> None:
    """The source works: close the breaker and have what stood waiting read now.

    Where it had not opened, a stream that failed did so alone, and sits out its own pause, for which the
    source may have asked.
    """
    source = Source.objects.filter(pk=source_id)
    reopened = source.filter(open_until__isnull=False).update(failures=0, open_until=None, probed_at=None)
    if reopened:
        wake(source_id)
    else:
        source.filter(failures__gt=0).update(failures=0)


def wake(source_id: int) -> None:
    """Streams that failed need not sit out their pauses."""
    Stream.objects.filter(source=source_id, failures__gt=0, enabled=True).update(next_due=timezone.now())


def take_probe(source_id: int) -> bool:
    """Be the one who tries a half-open source, for a short lease."""
    now = timezone.now()
    free = Q(probed_at=None) | Q(probed_at__lte=now - LEASE)
    return bool(Source.objects.filter(free, pk=source_id, open_until__lte=now).update(probed_at=now))


def probes(ready: Iterable[Stream]) -> list[Stream]:
    """Of each half-open source the stream that tries: the one longest due, so that no bad one tries alone."""
    first: dict[int, Stream] = {}
    for stream in ready:
        if state(stream.source) is State.HALF_OPEN:
            have = first.setdefault(stream.source_id, stream)
            if _turn(stream) < _turn(have):
                first[stream.source_id] = stream
    return [stream for stream in first.values() if take_probe(stream.source_id)]


def _turn(stream: Stream) -> tuple[float, int]:
    return (stream.next_due.timestamp() if stream.next_due else 0.0, stream.rank)
