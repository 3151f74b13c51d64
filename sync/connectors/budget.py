"""Request budgets: what a source allows, and a way to keep to it. Many sources never say when one may go on.

A connector asks ``config.budgets`` for its budget and takes from it before each request. The default counts
what this process asks; the engine gives one that counts what all workers ask together.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sync.errors import SourcePaused


class BudgetSpent(SourcePaused):
    """No request is left for now; ``retry_after`` says when the next one is."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``requests`` in any ``per_s`` seconds."""

    requests: int
    per_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What one account of one source may ask.

    Args:
        key: names the account; the same for all who share what is allowed. May hold a secret.
        title: the source's name, for people.
        limits: all of them hold at once.
        max_wait_s: longest pause taken inside a call; a longer one raises ``BudgetSpent``.
    """

    key: str
    title: str
    limits: Sequence[Limit]
    max_wait_s: float = 20.0

    def allowed(self, limit: Limit, share: float) -> int:
        """Requests a caller may use up: a share is one of the longest limit; the others are for bursts."""
        longest = max(one.per_s for one in self.limits)
        return max(1, int(limit.requests * share)) if limit.per_s == longest else limit.requests

    def spent(self, wait_s: float) -> BudgetSpent:
        return BudgetSpent(
            f"The request budget of {self.title} is used up for {wait_s:.0f} s; reading goes on by itself.",
            retry_after=wait_s,
        )


class Budget(Protocol):
    """Counts requests."""

    def take(self, share: float = 1.0) -> None:
        """Count one request, waiting a little if need be.

        Args:
            share: part of the budget this caller may use up; the rest is kept for the more urgent.

        Raises:
            BudgetSpent: the wait would be too long.
        """

    def close(self) -> None:
        """Release what counting needs. Safe to call twice."""


class Budgets(Protocol):
    """Gives the budget for an allowance."""

    def __call__(self, allowance: Allowance) -> Budget: ...


class RequestBudget:
    """Sliding windows, shared by all who call one account from this process."""

    def __init__(
        self,
        allowance: Allowance,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.allowance = allowance
        self._clock, self._sleep = clock, sleep
        self._taken: deque[float] = deque()
        self._lock = threading.Lock()

    def take(self, share: float = 1.0) -> None:
        with self._lock:
            wait = self._wait(share)
            if wait > self.allowance.max_wait_s:
                raise self.allowance.spent(wait)
            if wait > 0:
                self._sleep(wait)
            self._taken.append(self._clock())

    def close(self) -> None:
        """Nothing is held."""

    def _wait(self, share: float) -> float:
        now, limits = self._clock(), self.allowance.limits
        longest = max((limit.per_s for limit in limits), default=0.0)
        while self._taken and self._taken[0] <= now - longest:
            self._taken.popleft()
        waits = (self._until_free(now, limit.per_s, self.allowance.allowed(limit, share)) for limit in limits)
        return max(waits, default=0.0)

    def _until_free(self, now: float, span: float, allowed: int) -> float:
        if len(self._taken) < allowed:
            return 0.0
        return self._taken[-allowed] + span - now


_BUDGETS: dict[str, RequestBudget] = {}


def in_process(allowance: Allowance) -> Budget:
    """The budget of one account in this process; new limits replace it."""
    found = _BUDGETS.get(allowance.key)
    if found is None or found.allowance != allowance:
        found = _BUDGETS[allowance.key] = RequestBudget(allowance)
    return found
