"""Celery's shells. PostgreSQL is the truth: a task only wakes, and is safe to run twice, late or never."""

from celery import shared_task

from mfgportal.alerts.outbox import is_due, send_due
from mfgportal.reports.outbox import TRAY
from mfgportal.reports.schedules import raise_due


@shared_task
def wake_reports() -> None:
    """Write the mails that are due; have them sent elsewhere: a report takes seconds, a server may hang."""
    raise_due()
    if is_due(tray=TRAY):
        send_reports.delay()


@shared_task
def send_reports() -> None:
    """Send the reports that are due."""
    send_due(tray=TRAY)
