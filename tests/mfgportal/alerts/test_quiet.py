"""Quiet hours go by the plant's clock, over midnight and over the days it moves, and only delay."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfgportal.alerts.quiet import after_quiet, is_quiet

PARIS, KOLKATA = ZoneInfo("Europe/Paris"), ZoneInfo("Asia/Kolkata")
NIGHT = (time(22), time(6))


def paris(day: int, hour: int, minute: int = 0, *, month: int = 11, fold: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (paris(24, 21, 59), paris(24, 21, 59)),
        (paris(24, 22), paris(25, 6)),
        (paris(25, 2), paris(25, 6)),
        (paris(25, 5, 59), paris(25, 6)),
        (paris(25, 6), paris(25, 6)),
    ],
)
def test_a_night_delays_to_the_morning(at: datetime, due: datetime) -> None:
    assert after_quiet(at, PARIS, *NIGHT) == due


def test_hours_within_a_day() -> None:
    at = paris(24, 12, 30)
    assert after_quiet(at, PARIS, time(12), time(13)) == paris(24, 13)
    assert after_quiet(at, PARIS, time(13), time(14)) == at


def test_without_quiet_hours_nothing_waits() -> None:
    assert after_quiet(paris(24, 3), PARIS, None, None) == paris(24, 3)


def test_they_are_the_plants_own() -> None:
    moment = datetime(2026, 11, 24, 17, tzinfo=UTC)  # 22:30 in Kolkata, 18:00 in Paris
    assert after_quiet(moment, PARIS, *NIGHT) == moment
    assert after_quiet(moment, KOLKATA, *NIGHT) == datetime(2026, 11, 25, 0, 30, tzinfo=UTC)


def test_a_night_of_nine_hours_and_one_of_seven() -> None:
    autumn = after_quiet(paris(24, 22, month=10), PARIS, *NIGHT)
    assert autumn - paris(24, 22, month=10) == timedelta(hours=9)
    spring = after_quiet(paris(28, 22, month=3), PARIS, *NIGHT)
    assert spring - paris(28, 22, month=3) == timedelta(hours=7)


def test_an_end_that_the_clock_skips_is_the_jump() -> None:
    due = after_quiet(paris(29, 1, month=3), PARIS, time(22), time(2, 30))
    assert due == datetime(2026, 3, 29, 1, tzinfo=UTC)  # 02:00 becomes 03:00


def test_an_end_that_comes_twice_is_the_next_to_come() -> None:
    quiet = (time(22), time(2, 30))
    assert after_quiet(paris(25, 2, 10, month=10), PARIS, *quiet) == paris(25, 2, 30, month=10)
    again = paris(25, 2, 10, month=10, fold=1)
    assert after_quiet(again, PARIS, *quiet) == paris(25, 2, 30, month=10, fold=1)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001 - it wants naive ones
    st.sampled_from([PARIS, KOLKATA, ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe")]),
    st.times(),
    st.times(),
)
def test_it_delays_by_a_day_at_most_and_never_drops(
    wall: datetime, zone: ZoneInfo, start: time, end: time
) -> None:
    moment = wall.replace(tzinfo=UTC)
    due = after_quiet(moment, zone, start, end)
    assert moment <= due <= moment + timedelta(hours=25)
    assert is_quiet(moment, zone, start, end) == (due > moment)
