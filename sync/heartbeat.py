"""Whether the workers are alive: when the tick last ran, kept where the work is, in PostgreSQL."""

from datetime import datetime, timedelta

from django.utils import timezone

from sync.checkpoints import last, note

TICK = "tick"
AWAKE = "awake"
ASLEEP_AFTER = timedelta(minutes=1)


def beat() -> None:
    """A worker runs the tick: beat, broker and worker are all alive."""
    now = timezone.now()
    before = last_tick()
    if before is None or now - before > ASLEEP_AFTER:
        note(AWAKE, now)
    note(TICK, now)


def last_tick() -> datetime | None:
    """When a worker last ran the tick; None: never."""
    return last(TICK)


def awake_since() -> datetime | None:
    """Since when it runs without a longer gap; None: it never ran."""
    return last(AWAKE)
