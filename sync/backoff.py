"""How long to wait before the next try."""

import random
from typing import NamedTuple

from sync.errors import SourceUnavailable

MOST_ASKED_S = 6 * 3600.0  # a source that asks for more is asked again all the same


class Pause(NamedTuple):
    """Seconds until the next try: doubled each time from the first to the longest."""

    first: float
    longest: float


PAUSES = {
    "source_unavailable": Pause(5, 300),
    "source_refused": Pause(60, 1800),
    "schema_drift": Pause(60, 1800),
    "failed_sync": Pause(30, 900),
}


def pause(kind: str, failures: int, error: Exception) -> float:
    """Seconds to wait, with jitter, and at least as long as the source asked."""
    first, longest = PAUSES[kind]
    wait: float = min(first * 2.0 ** min(max(failures - 1, 0), 16), longest)
    asked = error.retry_after if isinstance(error, SourceUnavailable) and error.retry_after else 0.0
    return max(wait * random.uniform(0.5, 1), min(asked, MOST_ASKED_S))  # noqa: S311 spreads load, guards nothing
