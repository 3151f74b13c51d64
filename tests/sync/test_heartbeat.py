from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from sync.heartbeat import ASLEEP_AFTER, awake_since, beat, last_tick
from sync.tasks import wake_streams

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 24, 10, tzinfo=UTC)


def beat_at(seconds: float) -> None:
    with time_machine.travel(START + timedelta(seconds=seconds), tick=False):
        beat()


def test_it_tells_the_last_tick_and_since_when_there_was_no_gap() -> None:
    assert (last_tick(), awake_since()) == (None, None)
    for seconds in (0, 5, 60):
        beat_at(seconds)
    assert last_tick() == START + timedelta(seconds=60)
    assert awake_since() == START
    later = 61 + ASLEEP_AFTER.total_seconds()
    beat_at(later)
    assert awake_since() == START + timedelta(seconds=later)


def test_the_tick_beats() -> None:
    wake_streams()
    assert last_tick() is not None
