"""The mean cumulative function and the ranking of bad actors."""

import numpy as np
import pytest

from kpis.reliability.growth import History
from kpis.reliability.ranking import Actor, rank
from kpis.reliability.recurrence import mean_cumulative

FIVE = [
    History([5, 10, 15], 17),
    History([6, 13, 17], 19),
    History([12, 20, 25], 26),
    History([13, 15], 24),
    History([16, 22, 25], 28),
]


def test_five_repaired_systems() -> None:
    """The example of MCF_nonparametric of reliability 0.9.0, whose bounds are at 90 % (z = 1.645)."""
    steps = mean_cumulative(FIVE, confidence=0.9)
    assert [step.time for step in steps] == [5, 6, 10, 12, 13, 13, 15, 15, 16, 17, 20, 22, 25, 25]
    assert [step.mean for step in steps[:3]] == pytest.approx([0.2, 0.4, 0.6])
    assert [step.mean for step in steps[9:]] == pytest.approx([2, 2 + 1 / 3, 2 + 2 / 3, 3 + 1 / 6, 3 + 2 / 3])
    assert steps[-1].variance == pytest.approx(0.718148, abs=5e-7)
    assert (steps[0].lower, steps[0].upper) == pytest.approx((0.0459299, 0.870893), abs=5e-5)
    assert (steps[-1].lower, steps[-1].upper) == pytest.approx((2.5071, 5.36255), abs=5e-4)


def test_costs_instead_of_counts() -> None:
    steps = mean_cumulative([History([2.0], 10), History([], 10)], [[50.0], []])
    assert [(step.time, step.mean) for step in steps] == [(2.0, 25.0)]


def test_a_machine_that_enters_late_is_not_at_risk_before() -> None:
    steps = mean_cumulative([History([5.0, 30.0], 40), History([30.0], 40, start=20)])
    assert [(step.at_risk, step.mean) for step in steps] == [(1, 1.0), (2, 1.5), (2, 2.0)]


def test_a_short_lucky_or_unlucky_life_does_not_lead_the_ranking() -> None:
    steady = [Actor(number, 10, 1000) for number in range(1, 9)]
    found = rank([*steady, Actor(20, 1, 5), Actor(21, 60, 1000), Actor(22, 30, 1000)])
    assert found[0].actor.id == 21
    assert found[0].worse > 0.99
    newcomer = next(standing for standing in found if standing.actor.id == 20)
    assert newcomer.rate == pytest.approx(0.2)
    assert newcomer.shrunk < 0.05
    assert newcomer.worse < next(standing.worse for standing in found if standing.actor.id == 22)


def test_machines_that_differ_by_chance_alone_stay_together() -> None:
    random = np.random.default_rng(3)
    actors = [Actor(number, int(random.poisson(10)), 1000) for number in range(50)]
    found = rank(actors)
    rates = [standing.shrunk for standing in found]
    assert max(rates) < 1.35 * min(rates)
    assert max(standing.rate for standing in found) > 1.6 * min(standing.rate for standing in found)


def test_no_failure_at_all() -> None:
    found = rank([Actor(1, 0, 100), Actor(2, 0, 50), Actor(3, 0, 0)])
    assert [standing.actor.id for standing in found] == [1, 2]
    assert all(standing.shrunk == 0 and standing.worse == 0 for standing in found)
    assert rank([]) == []
