"""Which shift runs and which was the last. Pure."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kpis.calendars import Attendance, Calendar
from kpis.current import shifts_at, usual
from kpis.days import DayClock
from kpis.plans import Schedule

EARLY, LATE = (6.0, 14.0, "Early"), (14.0, 22.0, "Late")
CALENDAR = Calendar(
    "Europe/Paris",
    tuple(
        Attendance(weekday, first, last, False, name, None)
        for weekday in range(5)
        for first, last, name in (EARLY, LATE)
    ),
)
SCHEDULE = Schedule(DayClock(ZoneInfo("Europe/Paris"), timedelta(hours=6)), CALENDAR)


@pytest.mark.parametrize(
    ("day", "hour", "running", "last"),
    [
        (24, 9, "Early", ("Late", 23)),  # Tuesday 10:00 in Paris
        (24, 13, "Late", ("Early", 24)),  # as the late shift begins
        (24, 22, None, ("Late", 24)),  # at night
        (28, 9, None, ("Late", 27)),  # on Saturday
        (30, 6, "Early", ("Late", 27)),  # on Monday the last one was Friday's
    ],
)
def test_the_running_shift_and_the_last(
    day: int, hour: int, running: str | None, last: tuple[str, int]
) -> None:
    found = shifts_at(SCHEDULE, datetime(2026, 11, day, hour, tzinfo=UTC))
    assert (found.running.name if found.running else None) == running
    assert found.last
    assert (found.last.name, found.last.day.day) == last


def test_round_the_clock_the_day_is_the_shift() -> None:
    found = shifts_at(Schedule(SCHEDULE.clock), datetime(2026, 11, 24, 9, tzinfo=UTC))
    assert found.running
    assert found.last
    assert found.running.start == found.last.end


def test_the_usual_schedule_is_that_of_most_machines() -> None:
    other = Schedule(SCHEDULE.clock)
    assert usual([SCHEDULE, other, SCHEDULE]) == SCHEDULE
    assert usual([]) is None
