from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.days import DayClock, to_epoch

PARIS = ZoneInfo("Europe/Paris")
ZONES = ("Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Asuncion")


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_days_have_the_hours_the_clock_gives_them(day: date, hours: int) -> None:
    start, end = DayClock(PARIS).window(day)
    assert end - start == hours * 3600


def test_a_day_that_starts_at_six_is_short_on_the_eve_of_the_change() -> None:
    clock = DayClock(PARIS, timedelta(hours=6))
    start, end = clock.window(date(2026, 3, 28))
    assert end - start == 23 * 3600
    assert clock.day_of(end - 1) == date(2026, 3, 28)
    assert clock.day_of(end) == date(2026, 3, 29)


def test_a_skipped_time_is_the_moment_of_the_jump() -> None:
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC).timestamp()
    for minute in (1, 30, 59):
        assert to_epoch(datetime(2026, 3, 29, 2, minute), PARIS) == jump  # noqa: DTZ001 local time


def test_a_doubled_time_is_its_first() -> None:
    expected = datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp()
    assert to_epoch(datetime(2026, 10, 25, 2, 30), PARIS) == expected  # noqa: DTZ001 local time


@given(
    st.sampled_from(ZONES),
    st.integers(0, 47),
    st.integers(
        int(datetime(2024, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2027, 1, 1, tzinfo=UTC).timestamp())
    ),
)
def test_every_instant_is_in_exactly_the_window_of_its_day(zone: str, half_hours: int, instant: int) -> None:
    clock = DayClock(ZoneInfo(zone), timedelta(minutes=30 * half_hours))
    day = clock.day_of(instant)
    start, end = clock.window(day)
    assert start <= instant < end
    assert clock.window(day + timedelta(days=1)).start == end


@given(st.integers(0, 23))
def test_windows_around_a_change_touch_even_when_the_day_starts_in_the_change(hour: int) -> None:
    clock = DayClock(PARIS, timedelta(hours=hour, minutes=30))
    for first in (date(2026, 3, 27), date(2026, 10, 23)):
        for n in range(4):
            day = first + timedelta(days=n)
            assert clock.day_of(clock.window(day).start) == day
            assert clock.day_of(clock.window(day).end - 1) == day
