"""Sends the mails that wait in PostgreSQL. A lost task or a mail server that is down only delays them.

Each is sent under a lock of its row, so that two workers never send the same. Only where the power goes
between the server's "accepted" and our commit it goes out once more, with the same Message-ID, by which mail
systems drop the second. What waits in which table is a ``Tray``: alerts have one, reports another.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from smtplib import SMTPRecipientsRefused
from typing import Any, Protocol

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


class Outgoing(Protocol):
    """A row that waits to be sent: from ``not_before`` on, until ``sent_at`` is set."""

    not_before: datetime
    sent_at: datetime | None
    failures: int
    error: str

    def save(self, *, update_fields: list[str]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tray:
    """Mails of one kind. ``waiting``: all that were not sent, with what ``mail_of`` needs.

    ``refusal``: why one may not be sent any more, "" where it may. ``tried``: told of each try, in its
    transaction.
    """

    waiting: Callable[[], QuerySet[Any]]
    refusal: Callable[[Any], str]
    mail_of: Callable[[Any], EmailMultiAlternatives]
    tried: Callable[[Any], None] = lambda _: None


def is_due(now: datetime | None = None, tray: Tray | None = None) -> bool:
    """Whether a mail is to be sent now. One query."""
    return _due(tray or ALERTS, now or timezone.now()).exists()


def send_due(now: datetime | None = None, tray: Tray | None = None) -> int:
    """Send what is due; how many went out. Where the server does not answer, the rest waits."""
    sent = 0
    for _ in range(MOST):
        outcome = _send_one(tray or ALERTS, now or timezone.now())
        sent += outcome is Outcome.SENT
        if outcome in {Outcome.NOTHING, Outcome.UNREACHABLE}:
            break
    return sent


def _send_one(tray: Tray, now: datetime) -> Outcome:
    with transaction.atomic():
        row = _next(tray, now)
        if row is None:
            return Outcome.NOTHING
        refusal = tray.refusal(row)
        if refusal:
            _settle(row, now, f"not sent: {refusal}")
            tray.tried(row)
            return Outcome.REFUSED
        outcome = _try(row, tray.mail_of(row), now)
        tray.tried(row)
        return outcome


def _next(tray: Tray, now: datetime) -> Any:
    """The longest due mail that no other worker has in hand."""
    rows = _due(tray, now).select_for_update(of=("self",), skip_locked=True)
    return rows.order_by("not_before", "pk").first()


def _due(tray: Tray, now: datetime) -> QuerySet[Any]:
    return tray.waiting().filter(sent_at=None, not_before__lte=now)


def _try(row: Outgoing, mail: EmailMultiAlternatives, now: datetime) -> Outcome:
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


def _settle(row: Outgoing, now: datetime, error: str) -> None:
    row.sent_at, row.error = now, error
    row.save(update_fields=["sent_at", "error"])


def _of_alerts() -> QuerySet[Notification]:
    rows = Notification.objects.filter(channel=Notification.Channel.MAIL)
    return rows.select_related("user", "event__alert__rule", "event__alert__plant")


def _refusal(row: Notification) -> str:
    user = row.user
    plants = set(user.plants.values_list("pk", flat=True))
    if user.is_active and user.email and sees(user, row.event.alert, plants):
        return ""
    return "the person may not see it any more"


ALERTS = Tray(waiting=_of_alerts, refusal=_refusal, mail_of=mail_of)
