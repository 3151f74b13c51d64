"""How long records take from their change at the source to us, kept as counts by size.

Counts add up over runs, so a day's percentiles need no look at the landed rows, however many there are.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone

from sync.landing import Landed
from sync.models import Stream, SyncRun

COUNTED = frozenset({SyncRun.Trigger.SCHEDULE, SyncRun.Trigger.MANUAL, SyncRun.Trigger.PUSH})
LIMITS_S = (5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 14400, 86400, 604800)
"""Upper limits in seconds; one more count stands for whatever took longer."""


def note(run: SyncRun, stream: Stream, rows: Iterable[Landed]) -> None:
    """Count rows that a run has just landed; saved with it.

    A first load and a full reading bring what had changed long before: they say nothing about the way here.
    """
    if stream.read_through is not None and run.trigger in COUNTED:
        run.delays = added(run.delays, rows, timezone.now())


def added(counts: Sequence[int] | None, rows: Iterable[Landed], now: datetime) -> list[int] | None:
    """Counts with those of rows landed at ``now``; None while no row said when it changed."""
    known = [max((now - row.updated_at).total_seconds(), 0) for row in rows if row.updated_at]
    if not known:
        return None if counts is None else list(counts)
    total = list(counts or [0] * (len(LIMITS_S) + 1))
    for delay in known:
        total[bisect_left(LIMITS_S, delay)] += 1
    return total


def percentile(counts: Sequence[int], share: float) -> float | None:
    """Seconds within which this share of the rows came, linear within a size; None without rows.

    Beyond the last limit nothing is known but that it took longer: the limit itself is given.
    """
    wanted = share * sum(counts)
    below = 0
    for count, low, high in zip(counts, (0, *LIMITS_S), (*LIMITS_S, LIMITS_S[-1]), strict=True):
        if count and below + count >= wanted:
            return low + (high - low) * (wanted - below) / count
        below += count
    return None
