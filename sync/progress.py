"""How far the syncs are, for a terminal or a page."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class StreamProgress:
    """One stream. ``read`` and ``total`` are rows of its latest run; ``total`` None = the source does not say."""

    source: str
    stream: str
    label: str
    state: State
    read: int
    total: int | None
    error: str
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """All enabled streams. ``done``: each has been read completely once, or is failing."""

    streams: tuple[StreamProgress, ...]
    done: bool


def snapshot(*, source: str | None = None) -> Progress:
    """The state of all enabled streams now, in rank order. Two queries."""
    raise NotImplementedError
