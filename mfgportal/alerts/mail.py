"""An alert as an e-mail: plain text, and the same as simple HTML. Names of technicians are in neither."""

from collections.abc import Mapping
from email.utils import parseaddr
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from mfgportal.accounts.models import User
from mfgportal.alerts.models import Alert, AlertEvent, Notification
from mfgportal.habits.reading import writing_to

WORDS = {AlertEvent.Action.CLOSED: "Over: ", AlertEvent.Action.ESCALATED: "Not acknowledged: "}
SUBJECT_LENGTH = 150


def mail_of(row: Notification) -> EmailMultiAlternatives:
    """The mail of an outbox row; the same one, with the same Message-ID, at every try."""
    alert = row.event.alert
    context = {
        "alert": alert,
        "event": row.event,
        "zone": alert.plant.timezone if alert.plant else "UTC",
        "url": settings.SITE_URL + reverse("alert", args=[alert.pk]),
        "place_url": settings.SITE_URL + place_path(alert),
    }
    with writing_to(row.user):
        text, html = (render_to_string(f"alerts/mail.{kind}", context) for kind in ("txt", "html"))
    mail = addressed(row.user, subject_of(row.event), text, row.message_id)
    mail.attach_alternative(html, "text/html")
    return mail


def subject_of(event: AlertEvent) -> str:
    return f"{WORDS.get(AlertEvent.Action(event.action), '')}{event.alert.title}"


def addressed(
    user: User, subject: str, body: str, message_id: UUID, headers: Mapping[str, str] | None = None
) -> EmailMultiAlternatives:
    """A mail of the portal's own accord. ``headers``: besides those that each has.

    The subject becomes one line: what people and sources wrote into a name may not begin a new header.
    """
    return EmailMultiAlternatives(
        subject=f"[mfgportal] {' '.join(subject.split())}"[:SUBJECT_LENGTH],
        body=body,
        to=[user.email],
        headers={
            "Message-ID": f"<{message_id}@{_domain()}>",
            "Auto-Submitted": "auto-generated",
            **(headers or {}),
        },
    )


def place_path(alert: Alert) -> str:
    """The page of what the alert is about."""
    kind, _, pk = alert.subject.partition("/")
    if kind == "exception":
        return reverse("exception", args=[int(pk)])
    if kind == "stop":
        return reverse("event", args=["downtime", int(pk)])
    if kind in {"equipment", "line", "plant"}:
        return reverse(kind, args=[int(pk)])
    return reverse("overview")


def _domain() -> str:
    """Of the sender's address, else of the portal."""
    _, _, domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")
    return domain or urlsplit(settings.SITE_URL).hostname or "localhost"
