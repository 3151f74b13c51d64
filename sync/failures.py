"""Failed runs: when to try again, what to tell people, and what closes itself when reading works again."""

import random
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from sync.errors import SchemaDrift, SourcePaused, SourceRefused, SourceUnavailable
from sync.models import Stream, SyncException
from sync.queue.writer import Problem, close_cause, finish, raise_all

PATIENCE_FAILURES = 3
PATIENCE = timedelta(minutes=2)
OF_SOURCE = ("source_unavailable", "source_refused")
OF_STREAM = ("schema_drift", "failed_sync")


class _Pause(NamedTuple):
    """Seconds until the next try: doubled each time from the first to the longest."""

    first: float
    longest: float


PAUSES = {
    "source_unavailable": _Pause(5, 300),
    "source_refused": _Pause(60, 1800),
    "schema_drift": _Pause(60, 1800),
    "failed_sync": _Pause(30, 900),
}


def kind_of(error: Exception) -> str:
    """The kind of exception for an error of a run."""
    if isinstance(error, SourceUnavailable):
        return "source_unavailable"
    if isinstance(error, SourceRefused):
        return "source_refused"
    return "schema_drift" if isinstance(error, SchemaDrift) else "failed_sync"


def failed(stream: Stream, error: Exception) -> None:
    """Count a failure, set the next try, and tell people where it does not pass by itself."""
    if isinstance(error, SourcePaused):
        _go_on_after(stream, error)
        return
    kind = kind_of(error)
    with transaction.atomic():
        stream.failures += 1
        stream.next_due = timezone.now() + timedelta(seconds=pause(kind, stream.failures, error))
        stream.save(update_fields=["failures", "next_due"])
        if kind != "source_unavailable" or _patience_ends(stream):
            raise_all(stream, [_problem(stream, kind, error)])


def _go_on_after(stream: Stream, error: SourcePaused) -> None:
    """Half-way and told to wait: neither a failure nor the end of a read."""
    stream.next_due = timezone.now() + timedelta(
        seconds=error.retry_after or PAUSES["source_unavailable"].first
    )
    stream.save(update_fields=["next_due"])


def pause(kind: str, failures: int, error: Exception) -> float:
    """Seconds to wait, with jitter, and at least as long as the source asked."""
    first, longest = PAUSES[kind]
    wait: float = min(first * 2.0 ** min(failures - 1, 16), longest)
    asked = error.retry_after if isinstance(error, SourceUnavailable) and error.retry_after else 0.0
    return max(wait * random.uniform(0.5, 1), asked)  # noqa: S311 spreads load, guards nothing


def _patience_ends(stream: Stream) -> bool:
    if stream.failures >= PATIENCE_FAILURES:
        return True
    usual = timedelta(seconds=stream.every_s) + PATIENCE
    return stream.read_through is not None and timezone.now() - stream.read_through > usual


def _problem(stream: Stream, kind: str, error: Exception) -> Problem:
    titles = {
        "source_unavailable": f"{stream.source.title} does not answer",
        "source_refused": f"{stream.source.title} refuses us",
        "schema_drift": f"{stream.source.title} changed the fields of {stream.title}",
        "failed_sync": f"Reading {stream.title} from {stream.source.title} failed",
    }
    context: dict[str, object] = {"streams": [stream.name]}
    if isinstance(error, SchemaDrift):
        context |= {"model": error.model, "problems": error.problems}
    message = str(error) if kind != "failed_sync" else f"{type(error).__name__}: {error}"
    return Problem(
        kind=kind, cause=_cause(stream, kind, message), title=titles[kind], message=message, context=context
    )


def _cause(stream: Stream, kind: str, message: str) -> str:
    """A source that is down is one cause for all its streams; so is one refusal, such as a wrong password."""
    if kind == "source_unavailable":
        return "source"
    return blake2b(message.encode(), digest_size=8).hexdigest() if kind == "source_refused" else stream.name


def recovered(stream: Stream, began: datetime) -> None:
    """A stream was read to its end: set when it is due again, and close what stood against it."""
    had_failed = stream.failures > 0
    stream.failures, stream.read_through = 0, began
    stream.next_due = timezone.now() + timedelta(seconds=stream.every_s)
    stream.save(update_fields=["failures", "read_through", "next_due"])
    _clear(stream, "The stream was read.", "The source answers again.")
    if had_failed:
        _wake_others(stream)


def paused(stream: Stream) -> None:
    """A stream is read no more: close what stood against it alone."""
    _clear(stream, "The stream is paused.", "The streams it is about are paused.")


def _clear(stream: Stream, why: str, why_source: str) -> None:
    for kind in OF_STREAM:
        close_cause(kind, stream.source, [stream.name], why)
    _leave(stream, why_source)


def _leave(stream: Stream, why: str) -> None:
    """Take the stream out of what is told of its source; the last one closes it."""
    rows = SyncException.objects.filter(source=stream.source, kind__in=OF_SOURCE).select_for_update(
        of=("self",)
    )
    for exception in rows.exclude(status=SyncException.Status.RESOLVED).order_by("fingerprint"):
        left = [name for name in exception.context.get("streams", []) if name != stream.name]
        if left:
            exception.context["streams"] = left
            exception.save(update_fields=["context"])
        else:
            finish(exception, SyncException.Status.RESOLVED, why)


def _wake_others(stream: Stream) -> None:
    """The source works again, so its other streams need not sit out their pauses."""
    others = Stream.objects.filter(source=stream.source, failures__gt=0, enabled=True)
    others.update(next_due=timezone.now())
