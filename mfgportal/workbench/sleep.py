"""Snoozed exceptions. Which sleep now is read off the rows, so that none oversleeps; a tick notes it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from mfgportal.workbench.models import Care
from sync.models import ExceptionEvent, SyncException
from sync.queue.kinds import KINDS
from sync.queue.writer import record_event

OPEN = SyncException.Status.OPEN
HOLDING = [kind.key for kind in KINDS.values() if kind.holds]
"""Of other kinds each check that finds the same again counts, which is no news."""
MOST = 500


def asleep(now: datetime) -> Exists:
    """Whether an exception sleeps, as a condition on exceptions."""
    return Exists(_sleeping(now).filter(exception=OuterRef("pk")))


def _sleeping(now: datetime) -> QuerySet[Care]:
    news = Q(exception__kind__in=HOLDING, exception__count__gt=F("count_then"))
    return Care.objects.filter(snoozed_until__gt=now, exception__status=OPEN).exclude(news | Q(_came_back()))


def _came_back() -> Exists:
    later = ExceptionEvent.objects.filter(exception=OuterRef("exception"), at__gt=OuterRef("snoozed_at"))
    return Exists(later.filter(action="reopened"))


@transaction.atomic
def wake_due(now: datetime | None = None) -> int:
    """Note in their history which have woken; how many."""
    moment = now or timezone.now()
    rows = Care.objects.filter(snoozed_until__isnull=False).exclude(pk__in=_sleeping(moment).values("pk"))
    found = rows.select_for_update(of=("self",), skip_locked=True).select_related("exception")[:MOST]
    woken = [(care, _why(care, moment)) for care in found]
    for care, why in woken:
        care.snoozed_until, care.snoozed_at, care.snoozed_by = None, None, ""
        care.save(update_fields=["snoozed_until", "snoozed_at", "snoozed_by"])
        if why:
            record_event(care.exception, "woke", why, by="")
    return len(woken)


def _why(care: Care, now: datetime) -> str:
    """Why it woke; "" for one that was closed, which needs no waking."""
    if care.exception.status != OPEN:
        return ""
    if care.snoozed_until and care.snoozed_until <= now:
        return "The time was over."
    return "It happened again."
