"""One run of one stream: cursor → read → land → map → load → checkpoint, page by page, each a transaction."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Min
from django.utils import timezone

from sync import breaker, delays, empty, failures, overlaps
from sync.batches import joined
from sync.connectors.base import Connector, Cursor
from sync.errors import SourcePaused, SyncError
from sync.garbage import seldom_collected
from sync.landing import store
from sync.locks import only_one, retried
from sync.models import Stream, SyncRun
from sync.poison import load
from sync.reading import ahead
from sync.ready import Batch, Making
from sync.replay import release
from sync.sources import connect

logger = logging.getLogger(__name__)

STREAM_LOCK = 0x73796E63
READS = (SyncRun.Trigger.SCHEDULE, SyncRun.Trigger.MANUAL)
Report = Callable[[SyncRun], object]


@dataclass(slots=True)
class Work:
    """A run under way.

    Args:
        place: the stream's field that keeps the place of this reading; "" for one that keeps none.
        ends: no page is begun after it.
    """

    stream: Stream
    run: SyncRun
    report: Report | None = None
    place: str = "cursor"
    ends: datetime | None = None
    stopped: set[int] = field(default_factory=set)


def stream_lock(stream_id: int) -> AbstractContextManager[bool]:
    """Be the only runner of a stream, or learn that there is one."""
    return only_one(STREAM_LOCK, stream_id)


def run_stream(
    stream_id: int,
    *,
    trigger: str = SyncRun.Trigger.SCHEDULE,
    by: str = "",
    report: Report | None = None,
    ends: timedelta | None = None,
) -> SyncRun | None:
    """Read a stream until its source has no more for now.

    Args:
        trigger: one of ``SyncRun.Trigger``.
        by: the person who started it by hand.
        report: called after each page.
        ends: after how long it stops at the next page, so that others have their turn; the next run goes on.

    Returns:
        The run, done or failed; None when another runner is at it.
    """
    with work_on(stream_id, trigger, by) as work:
        if work is None:
            return None
        work.report = report
        work.ends = None if ends is None else timezone.now() + ends
        if trigger == SyncRun.Trigger.MANUAL:
            breaker.take_probe(work.stream.source_id)
        attempt(work, _read)
        return work.run


@contextmanager
def work_on(stream_id: int, trigger: str, by: str) -> Iterator[Work | None]:
    """Begin a run, as the only runner of the stream; None when there is another."""
    with stream_lock(stream_id) as mine:
        if not mine:
            yield None
            return
        stream = Stream.objects.select_related("source").get(pk=stream_id)
        bury_dead(stream)
        yield Work(stream, SyncRun.objects.create(stream=stream, trigger=trigger, started_by=by))


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
    except (OperationalError, InterfaceError) as error:
        logger.exception("Run %s of %s failed in the database", run.pk, stream)
        if not connection.is_usable():
            # Without it nothing can be written down; the next runner finds the run and buries it.
            raise
        _failed(work, error)  # it is there, but its disk is full, or it took too long
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
    work.run.goes_on = isinstance(error, SourcePaused)  # asked as much as we may: nothing has failed
    status = SyncRun.Status.DONE if work.run.goes_on else SyncRun.Status.FAILED
    end(work.run, status, str(error) or type(error).__name__)
    tell = failures.failed if work.place == "cursor" else failures.slow_failed
    tell(stream, error)


def end(run: SyncRun, status: str, error: str = "") -> None:
    run.status, run.error, run.ended_at = status, error, timezone.now()
    run.heartbeat_at = run.ended_at
    run.save()


def _read(work: Work) -> None:
    stream = work.stream
    connector = connect(stream.source)
    try:
        connector.verify_schema(stream.name)
        complete = commit_pages(work, connector, stream.cursor)
    finally:
        connector.close()
    overlaps.check(stream, work.stopped)
    if not complete:
        go_on(work)
        return
    empty.check(stream, connector)
    finish(work)


def commit_pages(work: Work, connector: Connector, cursor: Cursor) -> bool:
    """Read from ``cursor`` on and commit page by page; whether it came to the end in its time."""
    making = Making(connector, work.stream.name)
    given = connector.read(work.stream.name, cursor)
    with seldom_collected(), closing(ahead(making.ready(joined(given)))) as batches:
        for number, batch in enumerate(batches):
            if number and work.ends and timezone.now() >= work.ends:
                return False
            before = work.run.unchanged
            commit_batch(work, connector, batch)
            making.landed(len(batch.rows), work.run.unchanged - before)
            if not number:
                breaker.answered(work.stream.source_id)
            if work.report:
                work.report(work.run)
    return True


def go_on(work: Work) -> None:
    """Its time is over before the source's rows are: the stream is due again at once."""
    stream = work.stream
    stream.next_due = timezone.now()
    stream.save(update_fields=["next_due"])
    work.run.goes_on = True
    end(work.run, SyncRun.Status.DONE)


def finish(work: Work) -> None:
    """The source has no more for now."""
    began = _began(work)

    def recover() -> None:
        failures.recovered(work.stream, began)
        end(work.run, SyncRun.Status.DONE)

    # Runs that end together close the same exceptions and wake each other's streams.
    retried(recover, again=lambda: work.stream.refresh_from_db(fields=["failures"]))
    run = work.run
    logger.info(
        "Run %s of %s: %s read, %s loaded, %s held", run.pk, work.stream, run.read, run.loaded, run.held
    )


def _began(work: Work) -> datetime:
    """When this reading began, maybe some runs ago: what changed since is for the next reading."""
    reads = SyncRun.objects.filter(stream=work.stream, trigger__in=READS).exclude(pk=work.run.pk)
    complete = reads.filter(status=SyncRun.Status.DONE, goes_on=False).order_by("-started_at")
    parts = reads.filter(read__gt=0)
    if last := complete.values_list("started_at", flat=True).first():
        parts = parts.filter(started_at__gt=last)
    first: datetime | None = parts.aggregate(first=Min("started_at"))["first"]
    return min(first or work.run.started_at, work.run.started_at)


def commit_batch(work: Work, connector: Connector, batch: Batch) -> None:
    """Rows, facts, stale marks, exceptions, cursor and counters commit together, or none of them."""
    retried(lambda: _load_batch(work, connector, batch), again=work.run.refresh_from_db)


def _load_batch(work: Work, connector: Connector, batch: Batch) -> None:
    stream, run = work.stream, work.run
    landing = store(stream, batch.rows, incremental=connector.streams[stream.name].incremental)
    outcome = load(stream, landing.changed)
    outcome.add(release(outcome.kinds))
    work.stopped |= outcome.stopped
    if work.place:
        setattr(stream, work.place, batch.cursor)
        # Not saved: the trail of what people change would look the stream up at each page.
        Stream.objects.filter(pk=stream.pk).update(**{work.place: batch.cursor})
    run.read += len(batch.rows)
    run.unchanged += landing.unchanged
    delays.note(run, stream, landing.changed)
    run.loaded += outcome.loaded
    run.held += outcome.held
    run.total = batch.total if batch.total is not None else run.total
    run.heartbeat_at = timezone.now()
    run.save()
