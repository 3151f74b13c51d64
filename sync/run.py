"""One run of one stream: cursor → read → land → map → load → checkpoint, page by page, each a transaction."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from psycopg import errors

from sync import delays, empty, failures, overlaps
from sync.connectors.base import Connector, Page
from sync.errors import SyncError
from sync.landing import land
from sync.locks import only_one
from sync.models import Stream, SyncRun
from sync.poison import load
from sync.replay import release
from sync.sources import connect

logger = logging.getLogger(__name__)

STREAM_LOCK = 0x73796E63
DEADLOCK_TRIES = 3
Report = Callable[[SyncRun], None]


@dataclass(slots=True)
class Work:
    """A run under way."""

    stream: Stream
    run: SyncRun
    report: Report | None = None
    stopped: set[int] = field(default_factory=set)


def stream_lock(stream_id: int) -> AbstractContextManager[bool]:
    """Be the only runner of a stream, or learn that there is one."""
    return only_one(STREAM_LOCK, stream_id)


def run_stream(
    stream_id: int, *, trigger: str = SyncRun.Trigger.SCHEDULE, by: str = "", report: Report | None = None
) -> SyncRun | None:
    """Read a stream until its source has no more for now.

    Args:
        trigger: one of ``SyncRun.Trigger``.
        by: the person who started it by hand.
        report: called after each page.

    Returns:
        The run, done or failed; None when another runner is at it.
    """
    with stream_lock(stream_id) as mine:
        if not mine:
            return None
        stream = Stream.objects.select_related("source").get(pk=stream_id)
        bury_dead(stream)
        run = SyncRun.objects.create(stream=stream, trigger=trigger, started_by=by)
        attempt(Work(stream, run, report), _read)
        return run


def bury_dead(stream: Stream) -> None:
    """We hold the lock, so whoever left a run of this stream unfinished is dead."""
    left = SyncRun.objects.filter(stream=stream, status=SyncRun.Status.RUNNING)
    error = (
        "The worker was ended in the middle of it. What it had read is kept; the next run goes on from there."
    )
    left.update(status=SyncRun.Status.FAILED, ended_at=timezone.now(), error=error)


def attempt(work: Work, action: Callable[[Work], None]) -> None:
    """Do a run's work and write down how it ended."""
    stream, run = work.stream, work.run
    try:
        action(work)
    except (OperationalError, InterfaceError):
        # Without the database nothing can be written down; the next runner finds the run and buries it.
        logger.exception("Run %s of %s lost the database", run.pk, stream)
        raise
    except SyncError as error:
        logger.warning("Run %s of %s failed: %s", run.pk, stream, error)
        _failed(work, error)
    # The boundary of a run: whatever our own code does wrong ends this run, is told once, and the other
    # streams go on.
    except Exception as error:
        logger.exception("Run %s of %s failed", run.pk, stream)
        _failed(work, error)


def _failed(work: Work, error: Exception) -> None:
    stream = Stream.objects.select_related("source").get(pk=work.stream.pk)
    end(work.run, SyncRun.Status.FAILED, str(error) or type(error).__name__)
    failures.failed(stream, error)


def end(run: SyncRun, status: str, error: str = "") -> None:
    run.status, run.error, run.ended_at = status, error, timezone.now()
    run.heartbeat_at = run.ended_at
    run.save()


def _read(work: Work) -> None:
    began = timezone.now()
    stream = work.stream
    connector = connect(stream.source)
    try:
        connector.verify_schema(stream.name)
        for page in connector.read(stream.name, stream.cursor):
            commit_page(work, connector, page)
            if work.report:
                work.report(work.run)
    finally:
        connector.close()
    overlaps.check(stream, work.stopped)
    empty.check(stream, connector)
    finish(work, began)


def finish(work: Work, began: datetime) -> None:
    """The source has no more for now."""
    with transaction.atomic():
        failures.recovered(work.stream, began)
        end(work.run, SyncRun.Status.DONE)
    run = work.run
    logger.info(
        "Run %s of %s: %s read, %s loaded, %s held", run.pk, work.stream, run.read, run.loaded, run.held
    )


def commit_page(work: Work, connector: Connector, page: Page) -> None:
    """Rows, facts, stale marks, exceptions, cursor and counters commit together, or none of them."""
    for left in reversed(range(DEADLOCK_TRIES)):
        try:
            with transaction.atomic():
                _load_page(work, connector, page)
        except OperationalError as error:
            if not left or not isinstance(error.__cause__, errors.DeadlockDetected):
                raise
            work.run.refresh_from_db()
        else:
            return


def _load_page(work: Work, connector: Connector, page: Page) -> None:
    stream, run = work.stream, work.run
    landing = land(stream, page.rows, incremental=connector.streams[stream.name].incremental)
    outcome = load(stream, landing.changed)
    outcome.add(release(outcome.kinds))
    work.stopped |= outcome.stopped
    stream.cursor = page.cursor
    stream.save(update_fields=["cursor"])
    run.read += len(page.rows)
    run.unchanged += landing.unchanged
    delays.note(run, stream, landing.changed)
    run.loaded += outcome.loaded
    run.held += outcome.held
    run.total = page.total if page.total is not None else run.total
    run.heartbeat_at = timezone.now()
    run.save()
