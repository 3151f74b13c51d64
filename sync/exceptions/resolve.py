"""Resolutions that decide nothing about the data: dismiss an exception, or try again.

``by`` is the person's user name; who may do what is checked by the caller.
"""

from celery import current_app
from django.db import transaction
from django.utils import timezone

from sync.exceptions.backlog import leave_to_worker
from sync.exceptions.errors import NotAllowed
from sync.exceptions.steps import DISMISSED, INLINE, lock, need_reason, released, sign, waiting
from sync.models import HeldRecord, Stream, SyncException
from sync.queue.kinds import KINDS, Resolution
from sync.queue.writer import close_empty, finish, record_event
from sync.replay import replay_rows


@transaction.atomic
def dismiss(exception: SyncException, *, reason: str, by: str) -> None:
    """Close without a change. Rows it holds stay out of the numbers, and no longer count as missing.

    Raises:
        AlreadyResolved: it is not open any more.
        NotAllowed: an empty reason.
    """
    mine = lock(exception, Resolution.DISMISS)
    need_reason(reason)
    left_out = HeldRecord.objects.filter(exception=mine).count()
    note = f" {left_out} source records stay left out." if left_out else ""
    finish(mine, DISMISSED, f"{reason}{note}", by=by)


@transaction.atomic
def retry(exception: SyncException, *, by: str) -> int:
    """Try again now: replays the rows it holds, or makes its stream due at once.

    Returns:
        How many waiting rows wait no more; 0 when the stream was woken, or a worker replays many rows.

    Raises:
        AlreadyResolved: it is not open any more.
        NotAllowed: a worker is at it.
    """
    mine = lock(exception, Resolution.RETRY)
    if mine.retry_by:
        raise NotAllowed(f"{mine.retry_by} has it tried again already; it is under way.")
    record_event(mine, "retried", "", by=by)
    if not KINDS[mine.kind].holds:
        _wake(mine, by)
        return 0
    rows = waiting(mine)
    if len(rows) > INLINE:
        mine.retry_by = by
        mine.save(update_fields=["retry_by"])
        leave_to_worker(mine)
        return 0
    replay_rows(rows, most=INLINE)
    close_empty([mine.pk])
    sign(mine, "Tried again with success.", by)
    return released(rows)


def _wake(exception: SyncException, by: str) -> None:
    if exception.stream is None:
        return
    if exception.kind == "mass_deletion":
        arguments = {"stream_id": exception.stream_id, "by": by, "force": True}
        transaction.on_commit(lambda: current_app.send_task("sync.tasks.sweep_stream", kwargs=arguments))
        return
    if exception.kind == "reconciliation_difference":
        again = {"rule": exception.context["rule"], "by": by}
        transaction.on_commit(lambda: current_app.send_task("sync.tasks.compare", kwargs=again))
        return
    names = exception.context.get("streams") or [exception.stream.name]
    sides = [side["source"] for side in exception.context.get("sides", ())]
    streams = Stream.objects.filter(source__name__in=[*sides, exception.source.name])
    if exception.kind in {"missing_ideal_cycle", "down_without_stop"} or sides:
        streams.update(next_due=timezone.now())
    else:
        streams.filter(name__in=names).update(next_due=timezone.now())
