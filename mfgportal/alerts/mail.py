"""An alert as an e-mail: plain text, and the same as simple HTML. Names of technicians are in neither."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

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
    mail = EmailMultiAlternatives(
        subject=subject_of(row.event),
        body=text,
        to=[row.user.email],
        headers={"Message-ID": f"<{row.message_id}@{domain()}>", "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(html, "text/html")
    return mail


def subject_of(event: AlertEvent) -> str:
    """One line: what a source wrote into a name may not begin a new header."""
    words = WORDS.get(AlertEvent.Action(event.action), "")
    return f"[mfgportal] {words}{' '.join(event.alert.title.split())}"[:SUBJECT_LENGTH]


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


def domain() -> str:
    """Of the sender's address, else of the portal."""
    _, _, domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")
    return domain or urlsplit(settings.SITE_URL).hostname or "localhost"
