import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.calendars import Attendance, Calendar, Shift, around_the_clock, day_start, shifts, week_type
from kpis.days import DayClock
from kpis.intervals import Span, total

WEEK = range(7)
MONDAY = date(2026, 6, 1)


def epoch(*parts: int) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp()  # type: ignore[misc, arg-type]


def every_day(*rows: tuple[float, float, bool, str], timezone: str = "UTC") -> Calendar:
    return Calendar(
        timezone,
        tuple(Attendance(day, start, end, pause, name) for day in WEEK for start, end, pause, name in rows),
    )


THREE_SHIFTS = every_day(
    (6, 14, False, "Early"),
    (14, 22, False, "Late"),
    (22, 24, False, "Night"),
    (0, 6, False, "Night"),
    timezone="Europe/Paris",
)


def hours(found: list[Shift]) -> list[tuple[int, str, float]]:
    return [(shift.number, shift.name, (shift.end - shift.start) / 3600) for shift in found]


def test_spans_that_touch_at_midnight_are_one_night_shift_of_the_day_it_starts() -> None:
    found = shifts(THREE_SHIFTS, MONDAY, MONDAY)
    assert hours(found) == [(1, "Early", 8), (2, "Late", 8), (3, "Night", 8)]
    assert found[2].day == MONDAY
    assert found[2].end == epoch(2026, 6, 2, 4)


@pytest.mark.parametrize(("day", "length"), [(date(2026, 3, 28), 7), (date(2026, 10, 24), 9)])
def test_the_night_of_a_clock_change_is_shorter_or_longer(day: date, length: int) -> None:
    night = shifts(THREE_SHIFTS, day, day)[2]
    assert (night.end - night.start) / 3600 == length


def test_shifts_from_midnight_on_are_not_joined_to_the_evening() -> None:
    calendar = every_day((0, 8, False, "A"), (8, 16, False, "B"), (16, 24, False, "C"))
    assert hours(shifts(calendar, MONDAY, MONDAY)) == [(1, "A", 8), (2, "B", 8), (3, "C", 8)]


def test_a_whole_day_every_day_is_one_shift_per_day() -> None:
    assert hours(shifts(every_day((0, 24, False, "")), MONDAY, MONDAY + timedelta(days=1))) == [
        (1, "Shift 1", 24),
        (1, "Shift 1", 24),
    ]


def test_breaks_join_what_they_part_and_are_not_planned() -> None:
    calendar = every_day((8, 12, False, "Day"), (12, 13, True, "Lunch"), (13, 17, False, "Day"))
    (shift,) = shifts(calendar, MONDAY, MONDAY)
    assert shift.breaks == (Span(epoch(2026, 6, 1, 12), epoch(2026, 6, 1, 13)),)
    assert total(shift.planned) == 8 * 3600
    assert shift.end - shift.start == 9 * 3600


def test_a_break_inside_a_row_is_taken_out_of_it() -> None:
    (shift,) = shifts(every_day((6, 14, False, "Early"), (10, 10.5, True, "Break")), MONDAY, MONDAY)
    assert total(shift.planned) == 7.5 * 3600
    assert total(shift.breaks) == 0.5 * 3600


def test_a_gap_without_a_break_parts_two_shifts() -> None:
    found = shifts(every_day((8, 12, False, "Morning"), (13, 17, False, "Afternoon")), MONDAY, MONDAY)
    assert hours(found) == [(1, "Morning", 4), (2, "Afternoon", 4)]


def test_a_break_over_midnight_belongs_to_the_night_shift() -> None:
    calendar = every_day(
        (20, 23.75, False, "Night"), (23.75, 24, True, ""), (0, 0.25, True, ""), (0.25, 4, False, "Night")
    )
    (shift,) = shifts(calendar, MONDAY, MONDAY)
    assert shift.end - shift.start == 8 * 3600
    assert total(shift.breaks) == 1800


def test_breaks_at_the_ends_of_a_shift_are_no_part_of_it() -> None:
    (shift,) = shifts(every_day((7, 8, True, ""), (8, 12, False, ""), (12, 13, True, "")), MONDAY, MONDAY)
    assert shift.end - shift.start == 4 * 3600
    assert shift.breaks == ()


def test_leaves_take_planned_time_and_breaks_but_leave_the_shift() -> None:
    calendar = every_day((8, 12, False, ""), (12, 13, True, ""), (13, 17, False, ""))
    closed = Calendar("UTC", calendar.attendances, (Span(epoch(2026, 6, 1, 11), epoch(2026, 6, 1, 14)),))
    (shift,) = shifts(closed, MONDAY, MONDAY)
    assert total(shift.planned) == 6 * 3600
    assert shift.breaks == ()
    assert shift.end - shift.start == 9 * 3600


def test_weekdays_are_no_part_of_a_shift_name() -> None:
    calendar = Calendar("UTC", (Attendance(0, 8, 12, name="Monday Morning"),))
    assert shifts(calendar, MONDAY, MONDAY)[0].name == "Morning"


def test_weeks_alternate_as_odoo_counts_them() -> None:
    assert week_type(date(2024, 1, 1)) == (date(2024, 1, 1).toordinal() - 1) // 7 % 2
    calendar = Calendar("UTC", (Attendance(0, 6, 14, week=0), Attendance(0, 14, 22, week=1)))
    starts = [
        shift.start % 86400 / 3600
        for week in range(4)
        for shift in shifts(calendar, MONDAY + timedelta(weeks=week), MONDAY + timedelta(weeks=week))
    ]
    assert sorted(set(starts)) == [6, 14]
    assert starts[0] == starts[2] != starts[1] == starts[3]


def test_without_a_calendar_a_day_is_one_shift_as_long_as_the_day() -> None:
    clock = DayClock(ZoneInfo("Europe/Paris"))
    (shift,) = around_the_clock(clock, (), date(2026, 3, 29), date(2026, 3, 29))
    assert total(shift.planned) == 23 * 3600


@pytest.mark.parametrize(
    ("calendar", "hour"),
    [
        (THREE_SHIFTS, 6),
        (None, 0),
        (Calendar("UTC"), 0),
        (every_day((22, 24, False, ""), (0, 6, False, "")), 22),
    ],
)
def test_the_production_day_starts_with_the_earliest_shift(calendar: Calendar | None, hour: int) -> None:
    assert day_start(calendar) == timedelta(hours=hour)


HALF_HOURS = st.integers(0, 48).map(lambda n: n / 2)


@given(
    st.lists(st.tuples(st.integers(0, 6), HALF_HOURS, HALF_HOURS, st.booleans()), max_size=12),
    st.sampled_from([date(2026, 3, 27), date(2026, 10, 23), MONDAY]),
)
def test_shifts_never_overlap_and_do_not_depend_on_the_range_asked(
    rows: list[tuple[int, float, float, bool]], first: date
) -> None:
    calendar = Calendar("Europe/Paris", tuple(Attendance(day, a, b, pause) for day, a, b, pause in rows))
    found = shifts(calendar, first, first + timedelta(days=6))
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    for shift in found:
        assert total(shift.planned) + total(shift.breaks) == shift.end - shift.start
    one_by_one = [
        s for n in range(7) for s in shifts(calendar, first + timedelta(days=n), first + timedelta(days=n))
    ]
    assert one_by_one == found
