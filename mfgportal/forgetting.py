"""What the portal keeps for a while only: answers kept for repeated requests, messages, batches, sessions.

What people decided stays: in the audit trail, in decisions, and in the events of alerts.
"""

import logging
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from mfgportal.alerts.models import Notification
from mfgportal.api.idempotency import KEPT
from mfgportal.api.models import KeptAnswer
from mfgportal.reports.models import Delivery
from mfgportal.workbench.bulk import FORGOTTEN, forget
from mfgportal.workbench.models import Batch, Notice
from sync.checkpoints import when_due
from sync.locks import only_one

logger = logging.getLogger(__name__)

LOCK = 0x666F7267
CHECKPOINT = "forgetting"
EVERY = timedelta(days=1)
BATCH = 5_000


def tend() -> None:
    """Once a day. Safe to call often and twice at a time."""
    with only_one(LOCK, 0) as mine:
        if mine:
            when_due(CHECKPOINT, EVERY, lambda: forget_old(timezone.now()))


def forget_old(now: datetime) -> int:
    """Remove what is too old, in short transactions; how many rows went."""
    gone = sum(map(_forget, _old(now))) + _forget_batches(now)
    if gone:
        logger.info("Forgot %s rows: old messages, kept answers, batches, sessions", gone)
    return gone


def _old(now: datetime) -> list[QuerySet]:  # type: ignore[type-arg]  # of several models
    live = Session.objects.filter(session_key=OuterRef("session_key"))
    always = [
        KeptAnswer.objects.filter(at__lt=now - KEPT),
        Session.objects.filter(expire_date__lt=now),
        UserSession.objects.filter(~Exists(live)),
    ]
    if settings.MESSAGE_RETENTION_DAYS <= 0:
        return always
    limit = now - timedelta(days=settings.MESSAGE_RETENTION_DAYS)
    return [
        *always,
        Notice.objects.filter(at__lt=limit),
        Notification.objects.filter(event__at__lt=limit, event__alert__closed_at__lt=limit),
        Delivery.objects.filter(due_at__lt=limit),
    ]


def _forget(rows: QuerySet) -> int:  # type: ignore[type-arg]
    gone = 0
    while some := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        gone += rows.model._default_manager.filter(pk__in=some).delete()[0]
    return gone


def _forget_batches(now: datetime) -> int:
    """Previews that nobody started, and bulk work that is long done; what it decided is kept elsewhere."""
    old = Q(state=Batch.State.PREVIEW, at__lt=now - FORGOTTEN)
    days: int = settings.MESSAGE_RETENTION_DAYS
    if days > 0:
        over = (Batch.State.DONE, Batch.State.UNDONE)
        old |= Q(state__in=over, at__lt=now - timedelta(days=days))
    return forget(Batch.objects.filter(old))
