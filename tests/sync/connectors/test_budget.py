"""The request budget never lets more through than was agreed, and never waits long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.connectors.budget import Allowance, BudgetSpent, Limit, RequestBudget, in_process


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0
        self.slept = 0.0

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds


def allowance(key: str, per_minute: int, per_hour: int, max_wait_s: float = 20) -> Allowance:
    limits = (Limit(per_minute, 60), Limit(per_hour, 3600))
    return Allowance(key=key, title="Atlas", limits=limits, max_wait_s=max_wait_s)


def budget(clock: Clock, per_minute: int, per_hour: int, max_wait_s: float = 20) -> RequestBudget:
    allowed = allowance("one", per_minute, per_hour, max_wait_s)
    return RequestBudget(allowed, clock=clock.time, sleep=clock.sleep)


def test_it_waits_a_little() -> None:
    clock = Clock()
    limited = budget(clock, 2, 100)
    limited.take()
    clock.now += 50
    limited.take()
    limited.take()
    assert clock.slept == pytest.approx(10)


def test_it_does_not_wait_long_but_says_how_long() -> None:
    clock = Clock()
    limited = budget(clock, 1, 100)
    limited.take()
    with pytest.raises(BudgetSpent) as spent:
        limited.take()
    assert spent.value.retry_after == pytest.approx(60)
    assert clock.slept == 0


def test_the_less_urgent_leave_a_part_of_the_hour() -> None:
    limited = budget(Clock(), 100, 10)
    for _ in range(6):
        limited.take(0.6)
    with pytest.raises(BudgetSpent):
        limited.take(0.6)
    limited.take()


def test_one_budget_per_account() -> None:
    first = in_process(allowance("a", 90, 900))
    assert in_process(allowance("a", 90, 900)) is first
    assert in_process(allowance("b", 90, 900)) is not first
    assert in_process(allowance("a", 50, 900)) is not first


def test_a_source_without_limits_is_asked_at_will() -> None:
    free = RequestBudget(Allowance(key="free", title="Free", limits=()))
    for _ in range(1000):
        free.take()


@given(st.lists(st.floats(0, 30), max_size=60), st.integers(1, 5), st.integers(5, 20))
def test_no_window_holds_more_than_allowed(pauses: list[float], per_minute: int, per_hour: int) -> None:
    clock = Clock()
    limited = budget(clock, per_minute, per_hour, max_wait_s=10_000)
    taken = []
    for pause in pauses:
        clock.now += pause
        limited.take()
        taken.append(clock.now)
    for allowed, span in ((per_minute, 60), (per_hour, 3600)):
        assert all(late - early >= span - 1e-6 for early, late in zip(taken, taken[allowed:], strict=False))
