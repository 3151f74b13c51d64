"""The time it is in the world of these tests: fixed at the start of a session, and running on from there.

A fixed day makes the simulated factory's history, and with it each test, the same on any day.
"""

import os
import time
from datetime import UTC, datetime, timedelta

import time_machine

NOW = datetime(2026, 6, 19, 10, tzinfo=UTC)
THEN = NOW - timedelta(days=3)
"""Where the factory's clock stands at first, a Tuesday: it may live on for three days, which are past."""
VARIABLE = "FAULTS_CLOCK_AHEAD_S"
APART_S = 0.005
"""How far apart the clocks of two processes may be."""


def ahead_of(moment: datetime) -> float:
    """Seconds from the real time to a moment, mostly negative."""
    return (moment - datetime.now(UTC)).total_seconds()


def travelling(ahead_s: float) -> time_machine.travel:
    """Let this process's clock be that much ahead of the real one, and run."""
    return time_machine.travel(datetime.now(UTC) + timedelta(seconds=ahead_s), tick=True)


def travel_if_told() -> None:
    """For the portal's own processes, from their settings."""
    if told := os.environ.get(VARIABLE):
        while not left_at_once(float(told)):
            pass


def left_at_once(ahead_s: float) -> bool:
    """Travel, unless this process was kept waiting at the gate: its clock would be behind by that wait."""
    began = time.perf_counter()
    journey = travelling(ahead_s)
    journey.start()
    if time.perf_counter() - began < APART_S:
        return True
    journey.stop()
    return False
