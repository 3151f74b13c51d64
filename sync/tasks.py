"""Celery's shells. PostgreSQL is the truth: a task only wakes, and is safe to run twice, late or never."""

from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from kpis.rollup import mark_open_events, refresh
from kpis.work.rollup import refresh as refresh_work
from sync import (
    anomalies,
    breaker,
    heartbeat,
    long_stops,
    retention,
    settling,
    standstill,
    twins,
    unacknowledged,
    uncounted,
)
from sync.exceptions.backlog import undone, work_off
from sync.exceptions.effects import finish_decisions
from sync.exceptions.impact import weigh_when_due
from sync.freshness import check_late
from sync.locate import locate
from sync.locks import only_one
from sync.models import ReconciliationRun, Stream, SyncRun
from sync.pruning import prune_runs
from sync.queue.writer import close_left_over
from sync.reconcile import engine as reconciliation
from sync.reconcile.rules import RULES
from sync.reconcile.schedule import compare_due
from sync.reconcile.schedule import take_due as take_comparison
from sync.refresh import refresh_slice
from sync.replay import release_all
from sync.run import run_stream as run
from sync.schedule import claims, due_refreshes, due_sweeps, first_load, refresh_stands, stands, take_due
from sync.sweep import sweep_stream as sweep

REFRESH_LOCK = 0x72656672
TICK_LOCK = 0x7469636B
DAYS_PER_STEP = 2000
MONTHS_PER_STEP = 2000
# A first load of hours must not keep the workers from all else, nor outlast the broker's patience.
SLICE = timedelta(seconds=60)


@shared_task
def wake_streams() -> None:
    """Start every stream that is due, and let go what waits for something that has come.

    One at a time; others leave: ticks that piled up while nobody took them are gone at once.
    """
    heartbeat.beat()
    with only_one(TICK_LOCK, 0) as mine:
        if mine:
            _tick()


def _tick() -> None:
    wake_due()
    for stream_id in due_sweeps():
        sweep_stream.delay(stream_id)
    for stream_id in due_refreshes():
        refresh_stream.delay(stream_id)
    for exception_id in undone():
        replay_exception.delay(exception_id)
    if rule := take_comparison():
        compare.delay(rule)
    release_all()
    locate()
    with transaction.atomic():
        settling.recheck_when_due()
        standstill.check_when_due()
    close_left_over()
    unacknowledged.check_when_due()
    twins.check_when_due()
    check_late()
    weigh_when_due()


def wake_due() -> None:
    for stream_id, claim in claims(take_due()):
        run_stream.delay(stream_id, claim=claim)


@shared_task
def run_stream(
    stream_id: int, trigger: str = SyncRun.Trigger.SCHEDULE, by: str = "", claim: str = ""
) -> None:
    """Read one stream, for a while. At the end of its first read it wakes those that waited for it.

    Args:
        claim: of a scheduled run; an outdated one is let go, since the stream has been read meanwhile.
    """
    if claim and not stands(stream_id, claim):
        return
    first = Stream.objects.filter(pk=stream_id, read_through=None).exists()
    done = run(stream_id, trigger=trigger, by=by, ends=SLICE)
    if first or (done and done.goes_on):
        wake_due()


@shared_task
def sync_source(source_id: int, by: str = "") -> None:
    """Read all streams of a source now, masters first; when it does not answer, not one after the other."""
    streams = Stream.objects.filter(source=source_id, enabled=True).order_by("rank", "name")
    for stream_id in streams.values_list("pk", flat=True):
        done = run(stream_id, trigger=SyncRun.Trigger.MANUAL, by=by, ends=SLICE)
        if done and done.status == SyncRun.Status.FAILED and breaker.is_open(source_id):
            break


@shared_task
def replay_exception(exception_id: int) -> None:
    """Load what a decided exception still holds."""
    work_off(exception_id)


@shared_task
def sweep_stream(stream_id: int, by: str = "", force: bool = False) -> None:
    """Look for rows the source has no more."""
    sweep(stream_id, by=by, force=force)


@shared_task
def refresh_stream(stream_id: int) -> None:
    """Read on of a stream that is read whole again, for a moment."""
    if refresh_stands(stream_id):
        refresh_slice(stream_id)


@shared_task
def tend_landing() -> None:
    """Make the landing's partitions ahead, drop those that are too old, forget old runs; when that is due."""
    retention.tend()
    prune_runs()


@shared_task
def compare(rule: str, by: str = "") -> None:
    """Compare systems by a rule: because it is due, or because a person wants it now."""
    if by:
        reconciliation.reconcile(RULES[rule], trigger=ReconciliationRun.Trigger.MANUAL, by=by)
    else:
        compare_due(RULES[rule])


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
            while refresh_work(MONTHS_PER_STEP) and not first_load():
                pass
            # Half-read data would show what is not so.
            if not first_load():
                anomalies.check()
                long_stops.check_when_due()
                uncounted.check_when_due()
            finish_decisions()
