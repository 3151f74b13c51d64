"""Celery's shells. PostgreSQL is the truth: a task only wakes, and is safe to run twice, late or never."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from kpis.rollup import mark_open_events, refresh
from sync import anomalies, heartbeat, ownership, retention
from sync.exceptions.backlog import undone, work_off
from sync.freshness import check_late
from sync.locate import locate
from sync.locks import only_one
from sync.models import Stream, SyncRun
from sync.pruning import prune_runs
from sync.replay import release_all
from sync.run import run_stream as run
from sync.schedule import due_sweeps, first_load, take_due
from sync.sweep import sweep_stream as sweep

REFRESH_LOCK = 0x72656672
DAYS_PER_STEP = 2000


@shared_task
def wake_streams() -> None:
    """Start every stream that is due, and let go what waits for something that has come."""
    heartbeat.beat()
    for stream_id in take_due():
        run_stream.delay(stream_id)
    for stream_id in due_sweeps():
        sweep_stream.delay(stream_id)
    for exception_id in undone():
        replay_exception.delay(exception_id)
    release_all()
    locate()
    with transaction.atomic():
        ownership.recheck()
    check_late()


@shared_task
def run_stream(stream_id: int, trigger: str = SyncRun.Trigger.SCHEDULE, by: str = "") -> None:
    """Read one stream. At the end of its first read it wakes those that waited for it."""
    first = Stream.objects.filter(pk=stream_id, read_through=None).exists()
    run(stream_id, trigger=trigger, by=by)
    if first:
        for waiting in take_due():
            run_stream.delay(waiting)


@shared_task
def sync_source(source_id: int, by: str = "") -> None:
    """Read all streams of a source now, masters first."""
    streams = Stream.objects.filter(source=source_id, enabled=True).order_by("rank", "name")
    for stream_id in streams.values_list("pk", flat=True):
        run(stream_id, trigger=SyncRun.Trigger.MANUAL, by=by)


@shared_task
def replay_exception(exception_id: int) -> None:
    """Load what a decided exception still holds."""
    work_off(exception_id)


@shared_task
def sweep_stream(stream_id: int, by: str = "", force: bool = False) -> None:
    """Look for rows the source has no more."""
    sweep(stream_id, by=by, force=force)


@shared_task
def tend_landing() -> None:
    """Make the landing's partitions ahead, drop those that are too old, forget old runs; when that is due."""
    retention.tend()
    prune_runs()


@shared_task
def refresh_components() -> None:
    """Bring the components up to date with the facts and the clock. One at a time; others leave.

    During a first load one step per tick is enough: most days will be touched again.
    """
    with only_one(REFRESH_LOCK, 0) as mine:
        if mine:
            mark_open_events(timezone.now())
            while refresh(timezone.now(), DAYS_PER_STEP) and not first_load():
                pass
            # Half-read data would show what is not so.
            if not first_load():
                anomalies.check()
