"""The waterfall: bars hang from the level above, and whole seconds add up. Pure."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.scope import Scope
from kpis.time_model import OEE_LOSSES, STEPS, TIME_KPIS, TimeStep, time_model
from kpis.waterfall import waterfall, whole_seconds

KINDS = [(name, kind) for name, _, _, kind in STEPS]


def steps_of(good: float, taken: list[float]) -> list[TimeStep]:
    """A time model built from its end: good time, and what was taken off above it, from the top down."""
    found: list[TimeStep] = []
    losses = iter(reversed(taken))
    left = good
    pending = 0.0
    for name, kind in reversed(KINDS):
        if kind == "level":
            left, pending = left + pending, 0.0
            found.append(TimeStep(name, name, left, "level"))
        else:
            lost = next(losses)
            pending += lost
            found.append(TimeStep(name, name, lost, "loss"))
    return found[::-1]


COUNT = sum(kind == "loss" for _, kind in KINDS)
seconds = st.floats(0, 1e6, allow_nan=False)


@given(seconds, st.lists(seconds, min_size=COUNT, max_size=COUNT))
def test_whole_seconds_add_up_to_the_second(good: float, taken: list[float]) -> None:
    steps = steps_of(good, taken)
    whole = whole_seconds(steps)
    left = whole[0]
    for step, rounded in zip(steps[1:], whole[1:], strict=True):
        if step.kind == "loss":
            left -= rounded
        else:
            assert rounded == left
        assert abs(rounded - step.seconds) < 2
    assert whole[0] - sum(n for n, step in zip(whole, steps, strict=True) if step.kind == "loss") == whole[-1]


def test_bars_hang_from_the_level_above_and_losses_are_points_of_oee() -> None:
    bars = {bar.name: bar for bar in waterfall(steps_of(60, [20, 5, 5, 2, 3, 1, 0, 0, 0, 4, 0]))}
    assert bars["calendar"].seconds == 100
    assert (bars["not_scheduled"].start, bars["not_scheduled"].length) == (0.8, 0.2)
    assert bars["unknown"].start == pytest.approx(0.7)
    assert bars["loading"].seconds == 70
    assert bars["breakdown"].of_loading == pytest.approx(2 / 70)
    assert bars["planned_stop"].of_loading is None
    points = sum(bars[name].of_loading or 0.0 for name in OEE_LOSSES)
    assert 1 - points == pytest.approx(bars["good"].seconds / bars["loading"].seconds)


def test_points_and_oee_make_a_whole_where_performance_cannot_judge_all_run_time() -> None:
    bars = {bar.name: bar for bar in waterfall(steps_of(30, [20, 0, 0, 10, 0, 0, 0, 4, 30, 4, 2]))}
    availability, performance, quality = 70 / 80, 32 / 40, 30 / 32
    points = sum(bars[name].of_loading or 0.0 for name in OEE_LOSSES)
    assert 1 - points == pytest.approx(availability * performance * quality)
    assert bars["without_ideal"].of_loading is None


def test_a_machine_faster_than_its_ideal_has_a_loss_below_zero_and_no_length() -> None:
    steps = [
        TimeStep("calendar", "", 100, "level"),
        TimeStep("speed", "", -5, "loss"),
        TimeStep("net", "", 105, "level"),
    ]
    speed = waterfall(steps)[1]
    assert (speed.seconds, speed.length) == (-5, 0.0)


def test_no_time_is_no_waterfall() -> None:
    assert waterfall([]) == []
    assert waterfall(steps_of(0, [0.0] * COUNT)) == []


@pytest.mark.django_db
def test_each_step_is_a_kpi_with_a_clause() -> None:
    names = [step.name for step in time_model(Scope(first_day=date(2026, 3, 1), last_day=date(2026, 3, 1)))]
    assert [f"time_{name}" for name in names] == list(TIME_KPIS)
    assert all(kpi.standard and kpi.formula for kpi in TIME_KPIS.values())
