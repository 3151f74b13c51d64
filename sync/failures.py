"""Failed runs: when to try again, what to tell people, and what closes itself when reading works again."""

from datetime import datetime, timedelta
from hashlib import blake2b

from django.db import transaction
from django.utils import timezone

from sync import breaker
from sync.backoff import pause
from sync.errors import LoginRefused, SchemaDrift, SourcePaused, SourceRefused, SourceUnavailable
from sync.locks import retried
from sync.models import Stream, SyncException
from sync.queue.causes import OF_SOURCE
from sync.queue.writer import Problem, close_cause, finish, raise_all

PATIENCE_FAILURES = 3
PATIENCE = timedelta(minutes=2)
OF_STREAM = ("schema_drift", "failed_sync")
SLOW_PAUSES_S = {
    "source_unavailable": 60.0,
    "source_refused": 3600.0,
    "schema_drift": 3600.0,
    "failed_sync": 3600.0,
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
    # Streams of one source fail together, over one breaker and one exception.
    retried(lambda: _count(stream, error), again=stream.refresh_from_db)


def _count(stream: Stream, error: Exception) -> None:
    kind = kind_of(error)
    stream.failures += 1
    stream.next_due = timezone.now() + timedelta(seconds=pause(kind, stream.failures, error))
    if isinstance(error, SchemaDrift):
        # Rows that came before it was noticed may have the wrong shape, and no new mark of change will come.
        stream.cursor = {}
    stream.save(update_fields=["failures", "next_due", "cursor"])
    opened = _tell_breaker(stream, kind, error)
    if kind != "source_unavailable" or opened or _patience_ends(stream):
        raise_all(stream, [_problem(stream, kind, error)])


def slow_failed(stream: Stream, error: Exception) -> None:
    """A sweep or a full reading broke off. It goes on later; the stream's ordinary reads are not held up.

    A source that does not answer, or has been asked enough, is told by the ordinary reads.
    """
    kind = kind_of(error)
    with transaction.atomic():
        wait = timedelta(seconds=max(pause(kind, 1, error), SLOW_PAUSES_S[kind]))
        Stream.objects.filter(pk=stream.pk).update(slow_due=timezone.now() + wait)
        if not isinstance(error, SourcePaused):
            _tell_breaker(stream, kind, error)
        if kind != "source_unavailable":
            raise_all(stream, [_problem(stream, kind, error)])


def _tell_breaker(stream: Stream, kind: str, error: Exception) -> bool:
    """Whether the source is left alone now. One that refuses, or has changed its fields, does answer."""
    if isinstance(error, SourceUnavailable | LoginRefused):
        return breaker.failed(stream.source_id, kind, error)
    if isinstance(error, SourceRefused | SchemaDrift):
        breaker.answered(stream.source_id)
    return False


def _go_on_after(stream: Stream, error: SourcePaused) -> None:
    """Half-way and told to wait: neither a failure nor the end of a read."""
    stream.next_due = timezone.now() + timedelta(seconds=pause("source_unavailable", 1, error))
    stream.save(update_fields=["next_due"])


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
    stream.save(update_fields=["failures", "read_through"])
    _due_again(stream)
    _clear(stream, "The stream was read.", "The source answers again.")
    breaker.answered(stream.source_id)
    if had_failed:
        breaker.wake(stream.source_id)


def _due_again(stream: Stream) -> None:
    """After its interval; unless somebody asked for it while it was read, which wants a later reading."""
    every_s = Stream.objects.values_list("every_s", flat=True).get(pk=stream.pk)  # may be new, too
    not_asked_for = Stream.objects.filter(pk=stream.pk, next_due=stream.next_due)
    not_asked_for.update(next_due=timezone.now() + timedelta(seconds=every_s))


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
