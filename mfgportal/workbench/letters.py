"""Mails of the workbench: mentions, assignments and the daily digest, sent by the alerts' outbox."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from mfgportal.accounts.access import exceptions_of
from mfgportal.alerts.mail import addressed
from mfgportal.alerts.outbox import Tray
from mfgportal.habits.reading import writing_to
from mfgportal.mapping_targets import mapped_kind
from mfgportal.workbench.digest import digest_of
from mfgportal.workbench.models import Notice
from sync.models import SyncException
from sync.queue.kinds import KINDS
from sync.records import Kind


def waiting() -> QuerySet[Notice]:
    return Notice.objects.filter(by_email=True).select_related("user__digest__clock", "exception__plant")


def refusal(row: Notice) -> str:
    """Why it may not be sent; "" where it may. Rights may have changed since it was written."""
    user = row.user
    if not user.is_active or not user.email:
        return "the person has no active account with an address"
    if row.exception is not None and not exceptions_of(user).filter(pk=row.exception.pk).exists():
        return "the person may not see it any more"
    if row.exception is None and not hasattr(user, "digest"):
        return "the person wants no digest any more"
    return ""


def mail_of(row: Notice) -> EmailMultiAlternatives:
    """The mail of a notice; the same Message-ID at every try."""
    subject, context = _digest(row) if row.exception is None else _about(row, row.exception)
    with writing_to(row.user):
        body = render_to_string(f"exceptions/{'digest' if row.exception is None else 'notice'}.txt", context)
    return addressed(row.user, subject, body, row.message_id)


def _about(row: Notice, exception: SyncException) -> tuple[str, dict[str, Any]]:
    # People's names stay inside the portal.
    named = mapped_kind(exception) != Kind.TECHNICIAN
    title = exception.title if named else KINDS[exception.kind].title
    said = f"{row.by} {row.get_why_display()}: {title}"
    url = settings.SITE_URL + reverse("exception", args=[exception.pk])
    return said, {"row": row, "said": said, "exception": exception, "url": url}


def _digest(row: Notice) -> tuple[str, dict[str, Any]]:
    found = digest_of(row.user, row.at)
    address = settings.SITE_URL
    context = {
        "digest": found,
        "url": address + reverse("exceptions"),
        "settings_url": address + reverse("exception_measures"),
    }
    return f"Exceptions: {found.open} open, {found.new} new", context


TRAY = Tray(waiting=waiting, refusal=refusal, mail_of=mail_of)
