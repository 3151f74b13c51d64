"""When time may pass: once nothing is in hand, or nothing has moved for long.

A message that waits for a worker holds its stream by a lease. Time that passes meanwhile voids the message,
so on a machine with much else to do nothing would ever be read.
"""

import time

from django.db.models import Max, QuerySet, Sum

from sync.models import SyncRun
from tests.faults.harness.cluster import Cluster

IDLE_S = 0.6
"""Somewhat longer than a tick, which takes what has come due."""
STUCK_S = 4.0
"""What is in hand for so long without a step may be in the hands of the dead; each time twice as long."""


def running() -> QuerySet[SyncRun]:
    return SyncRun.objects.filter(status="running")


class Pace:
    """Watches the portal while a test waits for it."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.seen: object = None
        self.since = time.monotonic()
        self.stuck_s = STUCK_S

    def time_may_pass(self) -> bool:
        """Whether the portal waits for a later moment; after a yes, it is given time to use it."""
        in_hand = running().exists() or self.cluster.reading_in_hand()
        seen = (in_hand, SyncRun.objects.aggregate(Max("pk"), Max("ended_at"), Sum("read")))
        now = time.monotonic()
        if seen != self.seen:
            self.seen, self.since = seen, now
            return False
        if now - self.since < (self.stuck_s if in_hand else IDLE_S):
            return False
        self.since = now
        self.stuck_s *= 2 if in_hand else 1
        return True
