"""How often health is wrong of machines whose truth is known: simulated ones, and the sandbox's factory."""

from datetime import UTC, date, datetime
from random import Random

import pytest

from kpis.health import Health, groups, health_of
from kpis.histories import Failure, MachineHistory
from kpis.reliability.forecast import forecast
from kpis.reliability.growth import Verdict
from kpis.scope import Scope

ANY = datetime(2026, 1, 1, tzinfo=UTC)
SCOPE = Scope(first_day=date(2026, 1, 1), last_day=date(2026, 4, 10))
END = 1000.0
MACHINES = 600


def machine(number: int, hours: list[float]) -> MachineHistory:
    failures = tuple(Failure(ANY, ANY, hour * 3600) for hour in hours)
    return MachineHistory(number, f"m{number}", "Press", 1, failures, END * 3600)


def power_law_times(dice: Random, expected: float, beta: float, end: float = END) -> list[float]:
    """Failures of a power law process with so many expected by ``end``: a Poisson process, bent."""
    times, at = [], dice.expovariate(1.0)
    while at < expected:
        times.append(end * (at / expected) ** (1 / beta))
        at += dice.expovariate(1.0)
    return times


def simulated(beta: float, expected: float = 12.0, seed: int = 1) -> list[Health]:
    dice = Random(seed)
    return health_of(
        [machine(n, power_law_times(dice, expected, beta)) for n in range(MACHINES)], SCOPE, horizon_days=30
    )


def share(found: list[Health], verdict: Verdict) -> float:
    told = [each.trend for each in found if each.trend]
    return sum(each.verdict == verdict for each in told) / len(told)


def test_a_steady_machine_is_seldom_said_to_change() -> None:
    """2.5 % each way, by construction; three standard errors of 600 machines are 1.9 %."""
    found = simulated(beta=1.0)
    assert share(found, Verdict.RISING) < 0.025 + 0.019
    assert share(found, Verdict.FALLING) < 0.025 + 0.019


def test_a_machine_that_gets_worse_is_mostly_found() -> None:
    found = simulated(beta=2.5, expected=20.0)
    assert share(found, Verdict.RISING) > 0.9
    assert share(found, Verdict.FALLING) == 0


def test_bounds_of_the_mtbf_hold_the_truth_as_often_as_they_say() -> None:
    """At least 90 %: the bounds of a time-censored observation are conservative."""
    truth = END / 12
    held = [
        each.bounds is not None
        and each.bounds.lower <= truth
        and (each.bounds.upper is None or truth <= each.bounds.upper)
        for each in simulated(beta=1.0, seed=3)
    ]
    assert sum(held) / len(held) >= 0.9 - 0.02


@pytest.mark.parametrize(("expected", "floor"), [(0.7, 0.9), (4.0, 0.88), (12.0, 0.88)])
def test_what_is_foretold_comes(expected: float, floor: float) -> None:
    """90 % intervals, with what a false verdict of a trend costs among few failures."""
    dice = Random(11)
    held = 0
    for _ in range(MACHINES):
        times = power_law_times(dice, expected * 1.3, 1.0, END * 1.3)
        known = [time for time in times if time <= END]
        ahead = forecast(known, END, 0.3 * END)
        held += ahead.lower <= len(times) - len(known) <= ahead.upper
    assert held / MACHINES >= floor


def test_the_worst_of_many_alike_does_not_stand_out() -> None:
    """Among 600 of one rate, hardly any is called worse than its class for certain."""
    dice = Random(5)
    alike = [machine(n, power_law_times(dice, 6.0, 1.0)) for n in range(MACHINES)]
    (group,) = groups(alike)
    assert sum(each.worse >= 0.95 for each in group.standings) < 0.01 * MACHINES
    assert group.course[-1].mean == pytest.approx(6.0, abs=0.35)


def test_a_true_bad_actor_among_many_is_found() -> None:
    dice = Random(6)
    machines = [machine(n, power_law_times(dice, 6.0, 1.0)) for n in range(40)]
    (group,) = groups([*machines, machine(99, power_law_times(dice, 30.0, 1.0))])
    assert group.standings[0].actor.id == 99
    assert group.standings[0].worse > 0.99
