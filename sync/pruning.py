"""How long runs are remembered: for a season; while they are counted, those that found nothing new, and those
of single events that were sent to us."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from sync.models import Stream, SyncRun

logger = logging.getLogger(__name__)

QUIET_KEPT = timedelta(days=8)
"""The monitor looks back a week."""
BATCH = 10_000


def prune_runs(now: datetime | None = None) -> int:
    """Forget old runs, in short transactions; returns how many. The latest of each stream always stays."""
    at = now or timezone.now()
    gone = 0
    while batch := list(_old(at).values_list("pk", flat=True)[:BATCH]):
        gone += SyncRun.objects.filter(pk__in=batch).delete()[0]
    if gone:
        logger.info("Runs: forgot %s", gone)
    return gone


def _old(now: datetime) -> QuerySet[SyncRun]:
    last = SyncRun.objects.filter(stream=OuterRef("pk")).order_by("-started_at").values("pk")[:1]
    latest = [pk for pk in Stream.objects.values_list(Subquery(last), flat=True) if pk]
    quiet = Q(status=SyncRun.Status.DONE, trigger=SyncRun.Trigger.SCHEDULE, read=F("unchanged"))
    quiet |= Q(trigger=SyncRun.Trigger.PUSH)
    old = quiet & Q(started_at__lt=now - QUIET_KEPT)
    days: int = settings.SYNC_RUN_RETENTION_DAYS
    if days > 0:
        old |= Q(started_at__lt=now - timedelta(days=days))
    return (
        SyncRun.objects.filter(old).exclude(status=SyncRun.Status.RUNNING).exclude(pk__in=latest).order_by()
    )
