"""How long replaced contents are kept. The latest content of a key is never dropped: replay needs it."""

import logging
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from sync.checkpoints import when_due
from sync.locks import only_one
from sync.partitions import drop_before, ensure, month_of, months_after

logger = logging.getLogger(__name__)

RETENTION_LOCK = 0x72657461
CHECKPOINT = "landing_retention"
EVERY = timedelta(days=1)


def kept_from(now: datetime) -> date | None:
    """The first month of which replaced contents are kept; None: they are kept for ever."""
    months: int = settings.LANDING_RETENTION_MONTHS
    return months_after(month_of(now), -months) if months > 0 else None


def tend() -> None:
    """Once a day: make the partitions of this month and the next, and drop those that are too old."""
    with only_one(RETENTION_LOCK, 0) as mine:
        if mine:
            when_due(CHECKPOINT, EVERY, _tend)


def _tend() -> None:
    now = timezone.now()
    month, first = month_of(now), kept_from(now)
    with transaction.atomic():
        ensure([month, months_after(month, 1)])
    for dropped in drop_before(first) if first else ():
        logger.info("Landing: dropped the replaced contents of %s", f"{dropped:%Y-%m}")
