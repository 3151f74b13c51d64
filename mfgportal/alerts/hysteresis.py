"""When to open and when to close: from how the latest values stand to the limits. Pure.

What opens and what closes never overlap: a value in the band between the limits does neither, so that one
that moves inside it never makes an alert come and go.
"""

from collections.abc import Sequence
from enum import StrEnum


class Mark(StrEnum):
    """How one bucket stands: beyond the limit, in the band, or back inside the closing limit."""

    BREACH = "breach"
    BAND = "band"
    CLEAR = "clear"


class Decision(StrEnum):
    STAY = "stay"
    OPEN = "open"
    CLOSE = "close"


def mark(value: float, limit: float, close_limit: float | None, *, above: bool) -> Mark:
    """How a value stands. ``above``: high values are bad. Without a closing limit there is no band."""
    sign = -1.0 if above else 1.0
    if sign * value < sign * limit:
        return Mark.BREACH
    inside = close_limit is None or sign * value >= sign * close_limit
    return Mark.CLEAR if inside else Mark.BAND


def decide(marks: Sequence[Mark], *, is_open: bool, open_after: int, close_after: int) -> Decision:
    """What the buckets say, oldest first; undefined ones are left out before, as they say nothing."""
    wanted, needed, decision = (
        (Mark.CLEAR, close_after, Decision.CLOSE) if is_open else (Mark.BREACH, open_after, Decision.OPEN)
    )
    latest = marks[-needed:]
    return decision if len(latest) == needed and set(latest) == {wanted} else Decision.STAY
