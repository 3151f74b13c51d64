"""Streams of which not one row is visible: told, since a missing right looks the same."""

from django.db import transaction

from sync.connectors.base import Connector
from sync.models import RawRecord, Stream, SyncException
from sync.queue.writer import Problem, close_cause, fingerprint, raise_all

KIND = "nothing_visible"


@transaction.atomic
def check(stream: Stream, connector: Connector) -> None:
    """Raise or close the exception about a stream that was read to its end without a row."""
    doubt = connector.why_empty(stream.name)
    if not doubt:
        return
    if RawRecord.objects.filter(stream=stream, gone_at=None).exists():
        close_cause(KIND, stream.source, [stream.name], "Rows are visible now.")
    elif not _told(stream):
        title = f"{stream.title}: not one is visible in {stream.source.title}"
        raise_all(stream, [Problem(kind=KIND, cause=stream.name, title=title, message=doubt)])


def _told(stream: Stream) -> bool:
    mark = fingerprint(KIND, stream.source, stream.name)
    told = SyncException.objects.filter(fingerprint=mark).exclude(status=SyncException.Status.RESOLVED)
    return told.exists()
