"""The rules of one day, one at a time."""

from math import inf

import pytest

from kpis.evidence import DOWN_STATES, State
from kpis.rows import Row
from tests.kpis.days import COMPRESSOR, at, calendar, compute, run, stop, whole

HOUR = 3600.0
EARLY = calendar((6, 14), breaks=[(10, 10.5)])


def times(row: Row) -> dict[str, float]:
    return {state.loss_class: seconds for state, seconds in zip(State, row.states, strict=True) if seconds}


def test_overlapping_stops_never_take_more_than_the_time_there_is() -> None:
    """point85/OEE-Designer#9: two stops that overlap gave a negative availability."""
    row = whole(compute(stop(0, 15 * 60), stop(10, 14 * 60, reason=8), run(15 * 60, 24 * 60)))
    assert times(row) == {"breakdown": 15 * HOUR, "running": 9 * HOUR}
    assert row.run_s / row.loading_s == 9 / 24
    assert row.failures == 1


def test_parts_of_planned_time_add_up_and_breaks_are_no_loss() -> None:
    off, shift = compute(run(5 * 60, 15 * 60), stop(9.5 * 60, 10.25 * 60), pattern=EARLY).rows
    assert shift.calendar_s == 8 * HOUR
    assert shift.planned_s == 7.5 * HOUR
    assert times(shift) == {"breakdown": HOUR / 2, "running": 7 * HOUR}
    assert off.planned_s == 0
    assert off.calendar_s == 16 * HOUR


def test_running_outside_planned_time_is_overtime() -> None:
    off, shift = compute(run(6 * 60, 16 * 60), pattern=EARLY).rows
    assert off.overtime_run_s == 2 * HOUR
    assert shift.overtime_run_s == HOUR / 2
    assert shift.operating_s == 8 * HOUR


def test_a_breakdown_inside_a_planned_stop_is_one_failure_and_only_its_rest_is_down() -> None:
    row = whole(compute(stop(60, 180, State.PLANNED_STOP), stop(120, 240), run(0, 24 * 60)))
    assert times(row)["planned_stop"] == 2 * HOUR
    assert times(row)["breakdown"] == HOUR
    assert row.failures == 1
    assert row.failure_down_s == 2 * HOUR
    assert row.loading_s == 22 * HOUR


def test_a_short_stop_is_a_micro_stop_and_still_run_time() -> None:
    row = whole(compute(stop(60, 64), stop(100, 105), run(0, 24 * 60)))
    assert row.states[State.MICRO_STOP] == 240
    assert row.states[State.BREAKDOWN] == 300
    assert (row.failures, row.stops, row.micro_stops) == (1, 1, 1)
    assert row.run_s == 24 * HOUR - 300


@pytest.mark.parametrize("state", [State.SETUP, State.QUALITY, State.PLANNED_STOP])
def test_short_stops_of_other_classes_stay_what_they_are(state: State) -> None:
    assert whole(compute(stop(60, 61, state))).states[state] == 60


def test_a_micro_stop_within_a_longer_stop_is_no_event() -> None:
    result = compute(stop(60, 120, State.SETUP), stop(70, 72, State.EXTERNAL, reason=9))
    assert whole(result).micro_stops == 0
    assert [(row.reason_id, row.events) for row in result.reasons] == [(7, 1)]


def test_touching_breakdowns_are_one_failure() -> None:
    row = whole(compute(stop(60, 120), stop(120, 180, reason=8), stop(240, 300)))
    assert row.failures == 2
    assert row.failure_down_s == 3 * HOUR


def test_a_breakdown_that_touches_the_days_edge_belongs_to_the_day_before() -> None:
    row = whole(compute(stop(-60, 0), stop(0, 60, reason=8)))
    assert row.failures == 0
    assert row.failure_down_s == HOUR
    assert row.states[State.BREAKDOWN] == HOUR


def test_an_overnight_breakdown_counts_where_it_starts_and_lasts_where_it_lasts() -> None:
    row = whole(compute(stop(-120, 90)))
    assert (row.failures, row.failure_down_s, row.facts) == (0, 90 * 60, 0)


def test_a_failure_off_shift_is_a_failure_and_down_by_the_clock() -> None:
    off, shift = compute(stop(15 * 60, 16 * 60), pattern=EARLY).rows
    assert (off.failures, off.failure_down_s, off.states[State.BREAKDOWN]) == (1, HOUR, 0)
    assert shift.failures == 0


def test_an_open_stop_lasts_to_now_and_is_marked() -> None:
    result = compute(stop(12 * 60, inf), as_of=at(13 * 60))
    row = whole(result)
    assert row.states[State.BREAKDOWN] == HOUR
    assert row.calendar_s == 13 * HOUR
    assert row.open_events == 1
    assert result.provisional


def test_a_young_open_stop_is_provisional_even_when_its_day_is_over() -> None:
    result = compute(stop(24 * 60 - 1, inf), as_of=at(24 * 60 + 2))
    assert whole(result).micro_stops == 1
    assert result.provisional
    assert not compute(stop(24 * 60 - 1, inf), as_of=at(24 * 60 + 30)).provisional


def test_shifts_that_have_not_begun_are_absent() -> None:
    pattern = calendar((6, 14), (14, 22))
    rows = compute(pattern=pattern, as_of=at(13 * 60)).rows
    assert [row.slot.number for row in rows] == [1]
    assert rows[0].planned_s == 7 * HOUR


def test_time_without_evidence_is_unknown_not_down() -> None:
    row = whole(compute(run(0, 60), stop(120, 180)))
    assert times(row) == {"running": HOUR, "breakdown": HOUR, "unknown": 22 * HOUR}
    assert row.loading_s == 2 * HOUR


def test_equipment_that_does_not_produce_runs_unless_it_is_stopped() -> None:
    row = whole(compute(stop(0, 60), machine=COMPRESSOR))
    assert row.operating_s == 23 * HOUR
    assert row.states[State.UNKNOWN] == 0
    assert row.oee_loading_s == row.oee_run_s == 0


def test_reduced_speed_is_run_time() -> None:
    row = whole(compute(run(0, 12 * 60), run(6 * 60, 18 * 60, slow=True)))
    assert times(row) == {"speed": 12 * HOUR, "running": 6 * HOUR, "unknown": 6 * HOUR}
    assert row.run_s == 18 * HOUR


@pytest.mark.parametrize("state", DOWN_STATES)
def test_each_class_has_its_column_and_reason(state: State) -> None:
    result = compute(stop(0, 60, state))
    assert whole(result).states[state] == HOUR
    assert whole(result).stops == 1
    assert [(row.loss_class, row.seconds, row.events) for row in result.reasons] == [
        (state.loss_class, HOUR, 1)
    ]


def test_a_stop_that_is_not_scheduled_takes_planned_time() -> None:
    row = whole(compute(stop(0, 60, State.NOT_SCHEDULED)))
    assert row.planned_s == 23 * HOUR
    assert row.stops == 0
