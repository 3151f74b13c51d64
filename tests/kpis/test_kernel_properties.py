"""The kernel against a minute-by-minute reading of the rules, on random small factories."""

from dataclasses import dataclass
from math import inf
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.evidence import (
    MOVABLE,
    OVERLAY,
    DayFacts,
    Machine,
    Output,
    RunLog,
    State,
    Stop,
    overlay_order,
)
from kpis.intervals import Span, merge
from kpis.kernel import compute_day
from kpis.rows import DayResult
from tests.kpis.days import at, calendar, plan
from tests.kpis.reference import Slow

MINUTE = st.integers(-300, 1800)
LENGTH = st.one_of(st.integers(0, 12), st.integers(0, 900))
PATTERNS: list[tuple[list[tuple[float, float]], list[tuple[float, float]]]] = [
    ([], []),
    ([(6, 14)], [(10, 10.5)]),
    ([(6, 14), (14, 22)], [(9, 9.25), (18, 18.5)]),
    ([(6, 10), (12, 20)], []),
]
STOP_STATES = [state for state in State if state not in (State.RUNNING, State.UNKNOWN)]


@dataclass
class Factory:
    shifts: list[tuple[float, float]]
    breaks: list[tuple[float, float]]
    facts: DayFacts
    machine: Machine
    now: int

    def result(self, facts: DayFacts | None = None) -> DayResult:
        day = plan(calendar(*self.shifts, breaks=self.breaks) if self.shifts else None, at(self.now))
        return compute_day(day, facts or self.facts, self.machine, at(self.now))


@st.composite
def spans(draw: st.DrawFn) -> tuple[float, float]:
    start = draw(MINUTE)
    return at(start), draw(st.one_of(LENGTH.map(lambda length: at(start + length)), st.just(inf)))


@st.composite
def factories(draw: st.DrawFn) -> Factory:
    shifts, breaks = draw(st.sampled_from(PATTERNS))
    stops = [
        Stop(*draw(spans()), draw(st.sampled_from(STOP_STATES)), draw(st.integers(1, 3)), n)
        for n in range(draw(st.integers(0, 6)))
    ]
    runs = [
        RunLog(*draw(spans()), draw(st.booleans()), draw(st.sampled_from([None, ("t", "a"), ("t", "b")])), n)
        for n in range(draw(st.integers(0, 5)))
    ]
    outputs = [
        _output(draw, key, runs, n)
        for n, key in enumerate(draw(st.lists(st.sampled_from("ab"), unique=True)))
    ]
    bookings = [
        Output(moment, moment, 0, draw(st.integers(0, 5)), 30, ("t", "a"), inf, 10 + n)
        for n, moment in enumerate(at(draw(MINUTE)) for _ in range(draw(st.integers(0, 2))))
    ]
    order = overlay_order(",".join(state.loss_class for state in draw(st.permutations(MOVABLE))))
    machine = Machine(1, draw(st.booleans()), 300, draw(st.sampled_from([OVERLAY, order])))
    return Factory(
        shifts, breaks, _sorted(stops, runs, outputs + bookings), machine, draw(st.integers(300, 2000))
    )


def _output(draw: st.DrawFn, key: str, runs: list[RunLog], n: int) -> Output:
    own = tuple(merge(Span(run.start, run.end) for run in runs if run.order == ("t", key)))
    quantity = draw(st.sampled_from([0, 10, 60]))
    reported = draw(st.one_of(st.just(inf), MINUTE.map(at)))
    start, end = draw(spans().filter(lambda span: span[0] < span[1]))
    ideal = draw(st.sampled_from([None, 30.0]))
    return Output(start, end, quantity, quantity / 10, ideal, ("t", key), reported, n, own)


def _sorted(stops: list[Stop], runs: list[RunLog], outputs: list[Output]) -> DayFacts:
    return DayFacts(
        sorted(stops),
        sorted(runs, key=lambda run: run.start),
        sorted(outputs, key=lambda output: output.start),
    )


def as_numbers(result: DayResult) -> dict[tuple[int, str], float]:
    """Every component that is not zero, by slot and name."""
    found: dict[tuple[int, str], float] = {}
    for row in result.rows:
        named: dict[str, Any] = {
            state.loss_class: seconds for state, seconds in zip(State, row.states, strict=True)
        }
        plain = (
            "calendar_s overtime_run_s run_without_ideal_s quantity scrap ideal_s ideal_good_s failures "
            "failure_down_s stops micro_stops"
        )
        named |= {name: getattr(row, name) for name in plain.split()}
        found |= {(row.slot.number, name): value for name, value in named.items() if abs(value) > 1e-6}
    return found


@settings(max_examples=300, deadline=None)
@given(factories())
def test_the_kernel_agrees_with_a_minute_by_minute_reading(factory: Factory) -> None:
    first = 360 if factory.shifts else 0
    slow = Slow(
        [*factory.shifts] or [(0, 24)],
        factory.breaks,
        *factory.facts,
        factory.machine.work_unit,
        factory.now,
        first,
        first + 1440,
        factory.machine.order,
    )
    slow.compute()
    expected = {
        key: value for key, value in (*slow.seconds.items(), *slow.numbers.items()) if abs(value) > 1e-6
    }
    assert as_numbers(factory.result()) == pytest.approx(expected, abs=1e-5)


@settings(max_examples=200, deadline=None)
@given(factories())
def test_components_are_within_bounds_and_add_up(factory: Factory) -> None:
    for row in factory.result().rows:
        assert min(row.states) >= 0
        parts = row.states[State.PLANNED_STOP] + row.states[State.UNKNOWN] + row.loading_s
        assert row.planned_s == pytest.approx(parts, abs=1e-6)
        assert 0 <= row.run_s <= row.loading_s <= row.planned_s + 1e-6
        assert row.planned_s + row.overtime_run_s <= row.calendar_s + 1e-6
        assert 0 <= row.run_without_ideal_s <= row.run_s + 1e-6
        assert 0 <= row.failure_down_s <= row.calendar_s + 1e-6
        assert row.quantity >= 0
        assert row.scrap >= 0
        assert row.ideal_s >= 0


@settings(max_examples=200, deadline=None)
@given(factories(), st.integers(0, 1000))
def test_order_and_repeats_of_facts_do_not_matter(factory: Factory, seed: int) -> None:
    stops, runs, outputs = factory.facts
    random = Random(seed)
    shuffled = DayFacts(
        random.sample([*stops, *stops[:2]], len(stops) + len(stops[:2])),
        random.sample([*runs, *runs[:2]], len(runs) + len(runs[:2])),
        random.sample(outputs, len(outputs)),
    )
    other, same = factory.result(shuffled), factory.result()
    assert as_numbers(other) == pytest.approx(as_numbers(same))
    assert other.reasons == same.reasons
