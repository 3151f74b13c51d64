"""The forecast holds what its interval promises."""

import numpy as np
import pytest

from kpis.reliability.forecast import forecast


def test_without_a_failure_little_is_expected_but_not_nothing() -> None:
    found = forecast([], 1000, 100)
    assert 0 < found.expected < 0.1
    assert (found.lower, found.basis, found.trend) == (0, "constant rate", None)
    assert 0.9 < found.none < 1


def test_a_steady_machine_goes_on_at_its_rate() -> None:
    times = [50.0, 150.0, 250.0, 350.0, 450.0, 550.0, 650.0, 750.0, 850.0, 950.0]
    found = forecast(times, 1000, 500)
    assert found.basis == "constant rate"
    assert found.expected == pytest.approx(5.25)
    assert found.lower <= 5 <= found.upper


def test_a_machine_that_gets_worse_is_forecast_by_its_trend() -> None:
    times = [1000 * (number / 12.5) ** 0.4 for number in range(1, 13)]
    found = forecast(times, 1000, 200)
    assert found.basis == "power law"
    assert found.expected > 12.5 * 200 / 1000 * 1.3


def test_intervals_hold_the_count_as_often_as_they_say() -> None:
    """2,000 machines of constant rate: 90 % intervals of a discrete count hold at least 90 %."""
    random = np.random.default_rng(5)
    held = 0
    for _ in range(2000):
        rate = random.uniform(0.002, 0.03)
        times = np.sort(random.uniform(0, 1000, size=random.poisson(rate * 1000))).tolist()
        found = forecast(times, 1000, 300, level=0.001)
        held += found.lower <= random.poisson(rate * 300) <= found.upper
    assert held / 2000 >= 0.89


@pytest.mark.parametrize(("end", "horizon"), [(0, 10), (10, 0)])
def test_no_time_no_forecast(end: float, horizon: float) -> None:
    with pytest.raises(ValueError, match="longer than 0"):
        forecast([], end, horizon)
