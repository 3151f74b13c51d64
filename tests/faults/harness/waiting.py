"""Waiting for a state, never for a time."""

import time
from collections.abc import Callable


class NeverCame(AssertionError):
    """A state was waited for in vain."""


def until(state: Callable[[], object], what: str, seconds: float = 90, every_s: float = 0.1) -> None:
    """Return when ``state`` holds; the bound is generous, as machines differ."""
    limit = time.monotonic() + seconds
    while not state():
        if time.monotonic() > limit:
            raise NeverCame(f"in {seconds:.0f} s it never came that {what}")
        time.sleep(every_s)
