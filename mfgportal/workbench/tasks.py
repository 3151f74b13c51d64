"""Celery's shells. PostgreSQL is the truth: a task only wakes, and is safe to run twice, late or never."""

from celery import shared_task

from mfgportal.alerts.outbox import is_due, send_due
from mfgportal.forgetting import tend
from mfgportal.workbench import bulk
from mfgportal.workbench.digest import raise_due
from mfgportal.workbench.letters import TRAY
from mfgportal.workbench.sleep import wake_due


@shared_task
def tend_workbench() -> None:
    """Wake what slept long enough, write digests, start bulk work that a lost message left."""
    wake_due()
    raise_due()
    for batch_id in bulk.left():
        work_batch.delay(batch_id)
    if is_due(tray=TRAY):
        send_notices.delay()


@shared_task
def work_batch(batch_id: int) -> None:
    """Do, or undo, what a person wanted of many exceptions."""
    bulk.work(batch_id)


@shared_task
def forget_old() -> None:
    """Remove what is kept for a while only; when that is due."""
    tend()


@shared_task
def send_notices() -> None:
    """Send the mails that are due."""
    send_due(tray=TRAY)
