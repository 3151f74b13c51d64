"""Rows whose exception is decided, but which are too many for the moment a person waits: a worker loads them.

The queue itself says what is left: rows held by a resolved exception, or by one that is to be tried again.
A message only wakes a worker; the next tick finds what a lost one was about.
"""

import logging

from celery import current_app
from django.db import transaction
from django.db.models import Q
from kombu.exceptions import OperationalError

from sync.exceptions.steps import RESOLVED, lock_rows, sign
from sync.locks import only_one
from sync.models import HeldRecord, SyncException
from sync.pipeline import lock_masters
from sync.queue.writer import close_empty
from sync.replay import replay_rows

logger = logging.getLogger(__name__)

REPLAY_LOCK = 0x7265706C
BATCH = 500


def in_work(exception: SyncException) -> bool:
    """Whether a worker loads what it holds, or will at once."""
    decided = exception.status == RESOLVED or bool(exception.retry_by)
    return decided and HeldRecord.objects.filter(exception=exception).exists()


def undone() -> list[int]:
    """Ids of the exceptions that a worker has to see to."""
    left = HeldRecord.objects.filter(exception__status=RESOLVED).values("exception")
    return list(SyncException.objects.filter(~Q(retry_by="") | Q(id__in=left)).values_list("id", flat=True))


def leave_to_worker(exception: SyncException) -> None:
    """Wake a worker for it once the transaction is through."""
    transaction.on_commit(lambda: _wake(exception.pk))


def _wake(exception_id: int) -> None:
    try:
        current_app.send_task("sync.tasks.replay_exception", args=[exception_id])
    except OperationalError:
        logger.warning("No worker could be woken for exception %s; the next tick will.", exception_id)


def work_off(exception_id: int) -> None:
    """Load what a decided exception holds, batch by batch, each a transaction; others see it going down.

    One at a time: whoever finds another one at it leaves. What still cannot be loaded opens it again.
    """
    with only_one(REPLAY_LOCK, exception_id) as mine:
        exception = SyncException.objects.filter(pk=exception_id).first() if mine else None
        if exception is None:
            return
        after: int | None = 0
        while after is not None:
            after = _batch(exception_id, after)
        _end(exception_id, exception.retry_by)


@transaction.atomic
def _batch(exception_id: int, after: int) -> int | None:
    """Replay the next rows; the last row's id, or None when there are no more."""
    exception = SyncException.objects.get(pk=exception_id)
    rows = HeldRecord.objects.filter(exception=exception, raw_id__gt=after).order_by("raw_id")
    raw_ids = list(rows.values_list("raw_id", flat=True)[:BATCH])
    if not raw_ids or not in_work(exception):
        return None
    lock_rows(raw_ids)
    lock_masters()
    replay_rows(raw_ids)
    return raw_ids[-1]


@transaction.atomic
def _end(exception_id: int, by: str) -> None:
    """What a retry has emptied is closed in the name of the person who asked for it."""
    close_empty([exception_id])
    SyncException.objects.filter(pk=exception_id, retry_by=by).update(retry_by="")
    closed = SyncException.objects.filter(pk=exception_id, status=RESOLVED, resolved_by="").first()
    if by and closed:
        sign(closed, "Tried again with success.", by)
