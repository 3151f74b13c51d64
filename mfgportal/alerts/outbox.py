"""Sends the mails that wait in PostgreSQL. A lost task or a mail server that is down only delays them.

Each is sent under a lock of its row, so that two workers never send the same. Only where the power goes
between the server's "accepted" and our commit it goes out once more, with the same Message-ID, by which mail
systems drop the second.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from smtplib import SMTPRecipientsRefused

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from mfgportal.alerts.mail import mail_of
from mfgportal.alerts.models import Notification
from mfgportal.alerts.people import sees

MOST = 100
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)


class Outcome(StrEnum):
    NOTHING = "nothing to send"
    SENT = "sent"
    REFUSED = "this one was refused"
    UNREACHABLE = "the mail server does not answer"


def is_due(now: datetime | None = None) -> bool:
    """Whether a mail is to be sent now. One query."""
    return _due(now or timezone.now()).exists()


def send_due(now: datetime | None = None) -> int:
    """Send what is due; how many went out. Where the server does not answer, the rest waits."""
    sent = 0
    for _ in range(MOST):
        outcome = _send_one(now or timezone.now())
        sent += outcome is Outcome.SENT
        if outcome in {Outcome.NOTHING, Outcome.UNREACHABLE}:
            break
    return sent


def _send_one(now: datetime) -> Outcome:
    with transaction.atomic():
        row = _next(now)
        if row is None:
            return Outcome.NOTHING
        if not _may_still(row):
            _settle(row, now, "not sent: the person may not see it any more")
            return Outcome.REFUSED
        return _try(row, mail_of(row), now)


def _next(now: datetime) -> Notification | None:
    """The longest due mail that no other worker has in hand."""
    whole = _due(now).select_related("user", "event__alert__rule", "event__alert__plant")
    return whole.select_for_update(of=("self",), skip_locked=True).order_by("not_before", "pk").first()


def _due(now: datetime) -> QuerySet[Notification]:
    return Notification.objects.filter(channel=Notification.Channel.MAIL, sent_at=None, not_before__lte=now)


def _may_still(row: Notification) -> bool:
    user = row.user
    plants = set(user.plants.values_list("pk", flat=True))
    return user.is_active and bool(user.email) and sees(user, row.event.alert, plants)


def _try(row: Notification, mail: EmailMultiAlternatives, now: datetime) -> Outcome:
    try:
        mail.send()
    except OSError as error:  # all of smtplib's are
        row.failures += 1
        row.error = f"{type(error).__name__}: {error}"[:300]
        row.not_before = now + min(FIRST_WAIT * 2 ** min(row.failures - 1, 12), LONGEST_WAIT)
        row.save(update_fields=["failures", "error", "not_before"])
        refused = isinstance(error, SMTPRecipientsRefused)
        return Outcome.REFUSED if refused else Outcome.UNREACHABLE
    _settle(row, now, "")
    return Outcome.SENT


def _settle(row: Notification, now: datetime, error: str) -> None:
    row.sent_at, row.error = now, error
    row.save(update_fields=["sent_at", "error"])
