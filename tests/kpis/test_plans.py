from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from kpis.calendars import Calendar
from kpis.days import DayClock
from kpis.intervals import Span
from kpis.plans import Frame, Schedule, by_slot, plan_day, plan_days, slot_at
from tests.kpis.days import DAY, NOON_AFTER, at, calendar, plan

UTC_CLOCK = DayClock(ZoneInfo("UTC"))
EARLY = calendar((6, 14), breaks=[(10, 10.5)])


def test_frames_partition_the_day() -> None:
    day = plan(EARLY)
    assert [(frame.slot, frame.kind) for frame in day.frames] == [
        (1, ""),
        (1, "break"),
        (1, ""),
        (0, "off shift"),
    ]
    assert [frame.end for frame in day.frames[:-1]] == [frame.start for frame in day.frames[1:]]
    assert (day.start, day.end) == (day.frames[0].start, day.frames[-1].end)


def test_a_shift_over_the_start_of_the_day_is_in_both_days() -> None:
    late = Calendar("UTC", calendar((22, 24), (0, 6)).attendances)
    first, second = plan_days(Schedule(UTC_CLOCK, late), DAY, DAY + timedelta(days=1), NOON_AFTER * 2)
    assert [(slot.start, slot.end) for slot in first.slots[1:]] == [(at(0), at(360)), (at(1320), at(1440))]
    assert second.slots[1].start == at(1440)


def test_a_leave_is_neither_planned_nor_break() -> None:
    closed = Calendar("UTC", EARLY.attendances, (Span(at(9 * 60), at(10.25 * 60)),))
    frames = plan(closed).frames
    assert frames[1] == Frame(at(9 * 60), at(10.25 * 60), 1, "leave")
    assert frames[2].kind == "break"


def test_a_day_ends_now_while_it_goes_on() -> None:
    day = plan(EARLY, as_of=at(8 * 60))
    assert day.end == at(8 * 60)
    assert not day.finished
    assert [slot.number for slot in day.slots] == [0, 1]


def test_a_day_that_has_not_begun_is_empty() -> None:
    day = plan_day(UTC_CLOCK, DAY, [], at(-10))
    assert day.frames == ()
    assert slot_at(day, at(0)) is None


@pytest.mark.parametrize(
    ("minute", "slot"), [(359, None), (360, 1), (839, 1), (840, 0), (1799, 0), (1800, None)]
)
def test_instants_belong_to_half_open_slots(minute: int, slot: int | None) -> None:
    assert slot_at(plan(EARLY), at(minute)) == slot


def test_seconds_by_slot_may_leave_out_what_is_not_planned() -> None:
    spans = [Span(at(9 * 60), at(15 * 60))]
    assert by_slot(spans, plan(EARLY)) == [3600, 5 * 3600]
    assert by_slot(spans, plan(EARLY), planned_only=True) == [0, 4.5 * 3600]


def test_leaves_apply_without_a_calendar_too() -> None:
    schedule = Schedule(UTC_CLOCK, None, (Span(at(0), at(60)),))
    (day,) = plan_days(schedule, DAY, DAY, NOON_AFTER)
    assert by_slot([Span(day.start, day.end)], day, planned_only=True) == [0, 23 * 3600]


def test_plans_are_the_same_one_by_one() -> None:
    schedule = Schedule(DayClock(ZoneInfo("Europe/Paris"), timedelta(hours=6)), EARLY)
    first, last = date(2026, 3, 27), date(2026, 3, 31)
    days = [first + timedelta(days=n) for n in range(5)]
    assert plan_days(schedule, first, last, 2e9) == tuple(plan_days(schedule, d, d, 2e9)[0] for d in days)
