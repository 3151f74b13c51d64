"""What keeps a source or stream from being read, and what that causes elsewhere in the queue."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.utils import timezone

from sync.connectors import connector_class
from sync.errors import SourceRefused
from sync.models import SyncException
from sync.queue.kinds import KEY_KINDS

OF_SOURCE = ("source_unavailable", "source_refused")
OF_STREAM = ("schema_drift", "failed_sync", "mass_deletion", "nothing_visible")
CAUSES = frozenset({*OF_SOURCE, *OF_STREAM})
WRONG_SHAPE = ("rejected_value", "dead_letter")
OF_ANY = ("reconciliation_difference", "down_without_stop", "late_acknowledgement")
JUST_BEFORE = timedelta(hours=1)
"""Rows of a changed shape may come before the change is noticed."""


def link(exceptions: Sequence[SyncException]) -> None:
    """Name the cause of exceptions, locked, that are new or open again; a cause takes what it caused."""
    for exception in exceptions:
        if exception.kind in CAUSES:
            _adopt(exception)
    rest = [exception for exception in exceptions if exception.kind not in CAUSES]
    sources = {exception.source_id for exception in rest}
    rows = SyncException.objects.filter(status="open", kind__in=CAUSES, source__in=sources)
    causes = list(rows.select_related("source", "stream").order_by("first_seen")) if rest else []
    for exception in rest:
        # One that has come back after its cause was over has another cause, or none.
        cause = next((each for each in causes if _causes(each, exception)), None)
        if exception.caused_by_id != (cause.pk if cause else None):
            exception.caused_by = cause
            exception.save(update_fields=["caused_by"])


def _adopt(cause: SyncException) -> None:
    if cause.kind != "schema_drift":
        return
    before = SyncException.objects.filter(
        stream=cause.stream, kind__in=WRONG_SHAPE, status="open", caused_by=None
    )
    before.filter(first_seen__gte=timezone.now() - JUST_BEFORE).update(caused_by=cause)


def _causes(cause: SyncException, exception: SyncException) -> bool:
    if cause.source_id != exception.source_id:
        return False
    if exception.kind == "late_stream":
        return bool(exception.context.get("cause") == cause.pk)
    if exception.kind in OF_ANY:
        return True
    if exception.kind in WRONG_SHAPE:
        return cause.kind in {"schema_drift", "failed_sync"} and cause.stream_id == exception.stream_id
    return exception.kind in KEY_KINDS and _gives(cause, exception.context["ref"]["kind"])


def _gives(cause: SyncException, kind: str) -> bool:
    """Whether what stands still would give records of the kind."""
    if cause.kind in OF_SOURCE:
        return True
    if cause.stream is None:
        return False
    try:
        connector = connector_class(cause.source.connector).of(cause.source.options)
    except SourceRefused:  # its declaration cannot be used, which its runs tell
        return False
    spec = connector.streams.get(cause.stream.name)
    return spec is not None and kind in spec.kinds


def consequences(cause: SyncException) -> Iterable[SyncException]:
    """Open exceptions that are over with their cause, locked. Those that somebody works on are ``left_over``:
    they may wait for the cause, whose writer must not wait for them."""
    if cause.kind not in CAUSES:
        return ()
    rows = SyncException.objects.filter(caused_by=cause, status="open")
    return list(rows.select_for_update(of=("self",), skip_locked=True).order_by("fingerprint"))


def left_over() -> list[SyncException]:
    """Open exceptions whose cause is over since, locked."""
    rows = SyncException.objects.filter(status="open", caused_by__status="resolved")
    locked = rows.select_for_update(of=("self",), skip_locked=True).order_by("fingerprint")
    return list(locked.select_related("caused_by"))
