"""The mails of schedules: each recipient's own report, within what they may see, when it is sent."""

from datetime import timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.http import Http404
from django.template.loader import render_to_string
from django.urls import reverse

from mfgportal.accounts.access import plants_of
from mfgportal.alerts.mail import addressed
from mfgportal.alerts.outbox import Tray
from mfgportal.habits.reading import writing_to
from mfgportal.reports.executive import executive
from mfgportal.reports.letter import file_name, report_context, report_pdf
from mfgportal.reports.models import Delivery
from mfgportal.reports.pdf import PdfUnavailable
from mfgportal.reports.question import Question, ask
from mfgportal.scope import BadScope

SALT = "mfgportal.reports.leave"
LATE = timedelta(minutes=15)


def token_of(subscription_id: int) -> str:
    """What lets the bearer of a mail leave its schedule without logging in, and nothing else."""
    return signing.dumps(subscription_id, salt=SALT)


def subscription_of(token: str) -> int:
    """Raises Http404 for one that is not ours."""
    try:
        found = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise Http404 from None
    return int(found)


def waiting() -> QuerySet[Delivery]:
    return Delivery.objects.select_related("subscription__user", "subscription__schedule__clock")


def refusal(row: Delivery) -> str:
    """Why it may not be sent; "" where it may."""
    subscription = row.subscription
    user, schedule = subscription.user, subscription.schedule
    if subscription.left_at is not None:
        return "the person left"
    if not user.is_active or not user.email:
        return "the person has no active account with an address"
    if not (schedule.active or row.by_hand):
        return "the schedule is paused"
    if not plants_of(user).exists():
        return "the person sees no plant"
    try:
        question_of(row)
    except (Http404, BadScope):
        return "its plant is outside of what the person may see"
    return ""


def question_of(row: Delivery) -> Question:
    """What the recipient asks: the filters of the schedule, as of the moment it was due.

    Raises Http404 for a plant that is not theirs, BadScope.
    """
    subscription = row.subscription
    return ask(dict(parse_qsl(subscription.schedule.query)), subscription.user, row.due_at)


def mail_of(row: Delivery) -> EmailMultiAlternatives:
    """The report as text and HTML with the PDF; where that cannot be made, the mail says why and goes all the
    same.
    """
    with writing_to(row.subscription.user):
        return _written(row)


def _written(row: Delivery) -> EmailMultiAlternatives:
    subscription = row.subscription
    found = executive(question_of(row))
    leave_url = settings.SITE_URL + reverse("report_leave", args=[token_of(subscription.pk)])
    context: dict[str, Any] = {
        **report_context(found, settings.SITE_URL),
        "schedule": subscription.schedule,
        "delivery": row,
        "late": not row.by_hand and row.not_before - row.due_at > LATE,
        "leave_url": leave_url,
        "no_pdf": "",
    }
    try:
        paper = report_pdf(found)
    except PdfUnavailable as missing:
        paper, context["no_pdf"] = b"", str(missing)
    mail = addressed(
        subscription.user,
        f"{subscription.schedule.name}: {found.title}",
        render_to_string("executive/mail.txt", context),
        row.message_id,
        {
            "Date": format_datetime(row.not_before),
            "List-Unsubscribe": f"<{leave_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    mail.attach_alternative(render_to_string("executive/mail.html", context), "text/html")
    if paper:
        mail.attach(file_name(found), paper, "application/pdf")
    return mail


def tried(row: Delivery) -> None:
    """Let the schedule show its last mail, and what was wrong with it."""
    schedule = row.subscription.schedule
    who = row.subscription.user.username
    schedule.last_error = f"{who}: {row.error}"[:300] if row.error else ""
    if row.sent_at and not row.error:
        schedule.last_sent_at = row.sent_at
    schedule.save(update_fields=["last_error", "last_sent_at"])


TRAY = Tray(waiting=waiting, refusal=refusal, mail_of=mail_of, tried=tried)
