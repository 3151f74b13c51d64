"""A request budget: Atlas allows 100 requests a minute and 1,000 an hour per user, and never says when."""

import threading
import time
from collections import deque
from collections.abc import Callable

from sync.errors import SourcePaused

MINUTE, HOUR = 60.0, 3600.0


class BudgetSpent(SourcePaused):
    """No request is left for now; ``retry_after`` says when the next one is."""


class RequestBudget:
    """Two sliding windows, shared by all who call one Atlas from this process.

    Args:
        per_minute, per_hour: requests allowed.
        max_wait_s: longest pause taken inside a call; a longer one raises ``BudgetSpent``.
    """

    def __init__(
        self,
        per_minute: int,
        per_hour: int,
        max_wait_s: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.per_minute, self.per_hour, self.max_wait_s = per_minute, per_hour, max_wait_s
        self._clock, self._sleep = clock, sleep
        self._taken: deque[float] = deque()
        self._lock = threading.Lock()

    def take(self, share: float = 1.0) -> None:
        """Count one request, waiting a little if need be.

        Args:
            share: part of the hour's budget this caller may use up; the rest is kept for the more urgent.
        """
        with self._lock:
            wait = self._wait(share)
            if wait > self.max_wait_s:
                raise BudgetSpent(
                    f"The request budget of Atlas is used up for {wait:.0f} s; reading goes on by itself.",
                    retry_after=wait,
                )
            if wait > 0:
                self._sleep(wait)
            self._taken.append(self._clock())

    def _wait(self, share: float) -> float:
        now = self._clock()
        while self._taken and self._taken[0] <= now - HOUR:
            self._taken.popleft()
        return max(
            self._until_free(now, MINUTE, self.per_minute),
            self._until_free(now, HOUR, max(1, int(self.per_hour * share))),
        )

    def _until_free(self, now: float, span: float, allowed: int) -> float:
        if len(self._taken) < allowed:
            return 0.0
        return self._taken[-allowed] + span - now


_BUDGETS: dict[tuple[str, str], RequestBudget] = {}


def shared_budget(url: str, user: str, per_minute: int, per_hour: int, max_wait_s: float) -> RequestBudget:
    """The budget of one Atlas user in this process; new limits replace it."""
    found = _BUDGETS.get((url, user))
    if found is None or (found.per_minute, found.per_hour) != (per_minute, per_hour):
        found = _BUDGETS[url, user] = RequestBudget(per_minute, per_hour, max_wait_s)
    return found
