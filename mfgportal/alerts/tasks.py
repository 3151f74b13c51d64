"""Celery's shells. PostgreSQL is the truth: a task only wakes, and is safe to run twice, late or never."""

from celery import shared_task

from mfgportal.alerts.escalation import escalate_due
from mfgportal.alerts.judging import judge_due
from mfgportal.alerts.outbox import is_due, send_due


@shared_task
def judge_rules() -> None:
    """Judge the rules that are due, and escalate what nobody took."""
    judge_due()
    escalate_due()


@shared_task
def wake_mails() -> None:
    """Have mails sent that are due; not here, as a mail server may hang."""
    if is_due():
        send_mails.delay()


@shared_task
def send_mails() -> None:
    """Send the mails that are due."""
    send_due()
