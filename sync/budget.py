"""Request budgets that all workers share: counted in PostgreSQL, by its clock.

Each request is one short transaction on a connection of its own, since the page it belongs to may be rolled
back while the request has been made. Requests are counted in slots; one that reaches back before a window
counts as within it, so that the limit holds in any window.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import blake2b

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import Connection

from sync.connectors.budget import Allowance, Budget

SLOTS_PER_WINDOW = 60
SPENT = """
    SELECT at, spent FROM sync_requestslot WHERE account = %s AND at > clock_timestamp() - %s ORDER BY at DESC
"""
COUNT = """
    INSERT INTO sync_requestslot AS r (account, at, spent)
    VALUES (%s, date_bin(%s, clock_timestamp(), 'epoch'), 1)
    ON CONFLICT (account, at) DO UPDATE SET spent = r.spent + 1
"""
FORGET = "DELETE FROM sync_requestslot WHERE account = %s AND at < clock_timestamp() - %s"


class SharedBudget:
    """The budget of one account, over all workers and machines."""

    def __init__(self, allowance: Allowance, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.allowance = allowance
        # The key may hold a secret.
        self.account = blake2b(allowance.key.encode(), digest_size=16).hexdigest()
        spans = [limit.per_s for limit in allowance.limits]
        self._slot = timedelta(seconds=min(spans, default=1.0) / SLOTS_PER_WINDOW)
        self._longest = timedelta(seconds=max(spans, default=0.0)) + self._slot
        self._sleep = sleep
        self._own: BaseDatabaseWrapper | None = None

    def take(self, share: float = 1.0) -> None:
        left = self.allowance.max_wait_s
        while wait := self._try(share) if self.allowance.limits else 0.0:
            if wait > left:
                raise self.allowance.spent(wait)
            left -= wait
            self._sleep(wait)

    def close(self) -> None:
        if self._own is not None:
            self._own.close()
            self._own = None

    def _try(self, share: float) -> float:
        """Count a request, or say in how many seconds there may be one."""
        database = self._database()
        with database.wrap_database_errors, database.connection.transaction():
            link: Connection = database.connection
            link.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [self.account])
            wait = self._wait(link, share)
            if not wait:
                link.execute(COUNT, [self.account, self._slot])
                link.execute(FORGET, [self.account, self._longest])
        return wait

    def _wait(self, link: Connection, share: float) -> float:
        slots = link.execute(SPENT, [self.account, self._longest]).fetchall()
        if not slots:
            return 0.0
        ((now,),) = link.execute("SELECT clock_timestamp()").fetchall()
        return max(
            self._until_free(slots, now, limit.per_s, self.allowance.allowed(limit, share))
            for limit in self.allowance.limits
        )

    def _until_free(
        self, slots: list[tuple[datetime, int]], now: datetime, per_s: float, allowed: int
    ) -> float:
        """Seconds until the slot leaves the window whose requests, with the younger ones, are all allowed."""
        spent = 0
        for at, count in slots:
            spent += count
            if spent >= allowed:
                leaves = at + self._slot + timedelta(seconds=per_s)
                return max((leaves - now).total_seconds(), 0.0)
        return 0.0

    def _database(self) -> BaseDatabaseWrapper:
        if self._own is None:
            self._own = connections.create_connection(DEFAULT_DB_ALIAS)
            self._own.inc_thread_sharing()  # the connector's, so used by one thread at a time
        self._own.ensure_connection()
        return self._own


def shared(allowance: Allowance) -> Budget:
    """A connector's budget; ``SourceConfig.budgets`` of what the engine connects."""
    return SharedBudget(allowance)
