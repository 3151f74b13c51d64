"""What failures say of machines, from histories made by hand."""

from datetime import UTC, date, datetime

import pytest

from kpis.health import groups, health_of
from kpis.histories import Failure, MachineHistory
from kpis.reliability.growth import Verdict
from kpis.scope import Scope

SCOPE = Scope(first_day=date(2026, 1, 1), last_day=date(2026, 4, 10))
ANY = datetime(2026, 1, 1, tzinfo=UTC)


def machine(number: int, hours: list[float], operated: float = 1000, kind: str = "Press") -> MachineHistory:
    failures = tuple(Failure(ANY, ANY, hour * 3600) for hour in hours)
    return MachineHistory(number, f"m{number}", kind, 1, failures, operated * 3600)


def test_without_a_failure_only_a_lower_bound_is_known() -> None:
    (found,) = health_of([machine(1, [])], SCOPE, confidence=0.95)
    assert found.mtbf is None
    assert found.bounds is not None
    assert found.bounds.lower == pytest.approx(333.808, abs=0.001)
    assert (found.trend, found.growth, found.one_rate, found.rises) == (None, None, True, False)


def test_a_steady_machine_has_one_rate() -> None:
    (found,) = health_of([machine(1, [50.0 + 100 * n for n in range(10)])], SCOPE)
    assert found.mtbf == 100
    assert found.one_rate
    assert found.forecast.horizon == pytest.approx(1000 / 100 * 30)
    assert found.forecast.lower <= 3 <= found.forecast.upper


def test_a_machine_that_gets_worse_gives_a_signal() -> None:
    (found,) = health_of([machine(1, [1000 * (n / 12.5) ** 0.4 for n in range(1, 13)])], SCOPE)
    assert found.rises
    assert found.trend is not None
    assert found.trend.verdict == Verdict.RISING
    assert found.trend.rising < 0.025
    assert found.growth is not None
    assert found.growth.mtbf < 1000 / 12
    assert found.forecast.basis == "power law"


def test_what_did_not_operate_says_nothing() -> None:
    idle = machine(1, [], operated=0)
    assert health_of([idle], SCOPE) == []
    assert groups([idle]) == []


def test_groups_are_compared_among_themselves() -> None:
    machines = [machine(n, [100.0 * k for k in range(1, 6)]) for n in range(1, 6)]
    machines += [machine(9, [30.0 * k for k in range(1, 30)]), machine(20, [500.0], kind="Conveyor")]
    conveyors, presses = groups(machines)
    assert (conveyors.equipment_class, presses.equipment_class) == ("Conveyor", "Press")
    assert presses.standings[0].actor.id == 9
    assert presses.standings[0].worse > 0.95
    assert presses.course[-1].mean == pytest.approx((5 * 5 + 29) / 6)
    assert len(conveyors.standings) == 1


def test_failures_that_all_came_at_the_end_have_no_power_law() -> None:
    """A machine that stood idle after it broke down again and again."""
    (found,) = health_of([machine(1, [999.99, 1000, 1000])], SCOPE)
    assert found.rises
    assert found.growth is None
    assert found.forecast.basis == "constant rate"
