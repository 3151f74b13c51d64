"""Reading a stream whole again, beside its ordinary reads.

Some fields change without moving the source's own mark of change (computed ones, labels), so what changed
is not all there is to read. The second reading keeps its place in ``Stream.refresh_cursor`` and goes on slice
by slice, between ordinary reads, until it comes to the end; unchanged content costs little. The stream's own
place is never moved.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from sync.connectors.base import Connector, Cursor
from sync.models import SyncRun
from sync.run import Report, Work, attempt, commit_pages, end, work_on
from sync.sources import connect

SLICE = timedelta(seconds=20)


def refresh_slice(stream_id: int) -> SyncRun | None:
    """Read on for a moment, so that the stream's ordinary reads come between."""
    with work_on(stream_id, SyncRun.Trigger.REFRESH, "") as work:
        if work is None:
            return None
        work.place, work.ends = "refresh_cursor", timezone.now() + SLICE
        attempt(work, _read_on)
        return work.run


def read_whole(stream_id: int, *, by: str = "", report: Report | None = None) -> SyncRun | None:
    """Read a stream from its start to its end, now. When it breaks off, the schedule goes on with it."""
    with work_on(stream_id, SyncRun.Trigger.REFRESH, by) as work:
        if work is None:
            return None
        work.place, work.report = "refresh_cursor", report
        work.stream.refresh_cursor = {}
        attempt(work, _read_on)
        return work.run


def read_since(
    stream_id: int, since: datetime, *, by: str = "", report: Report | None = None
) -> SyncRun | None:
    """Read again what changed since a moment. The stream's place stays, so nothing before it is skipped."""
    with work_on(stream_id, SyncRun.Trigger.REFRESH, by) as work:
        if work is None:
            return None
        work.place, work.report = "", report
        attempt(work, lambda work: _read_since(work, since))
        return work.run


def _read_on(work: Work) -> None:
    stream = work.stream
    fields = ["refresh_cursor", "slow_due"]
    stream.slow_due = None
    if _pages(work, lambda _: stream.refresh_cursor):
        stream.refresh_cursor, stream.refreshed_at = {}, timezone.now()
        fields.append("refreshed_at")
    else:
        work.run.goes_on = True
    stream.save(update_fields=fields)
    end(work.run, SyncRun.Status.DONE)


def _read_since(work: Work, since: datetime) -> None:
    _pages(work, lambda connector: connector.cursor_since(work.stream.name, since))
    end(work.run, SyncRun.Status.DONE)


def _pages(work: Work, start: Callable[[Connector], Cursor]) -> bool:
    connector = connect(work.stream.source)
    try:
        connector.verify_schema(work.stream.name)
        return commit_pages(work, connector, start(connector))
    finally:
        connector.close()
