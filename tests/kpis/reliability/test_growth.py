"""Trend tests and the power law against published figures."""

from math import log

import numpy as np
import pytest

from kpis.reliability.bounds import TooFewFailures
from kpis.reliability.growth import (
    History,
    PowerLaw,
    Verdict,
    grouped_power_law,
    power_law,
    power_law_of,
    trend,
)
from tests.kpis.reliability.vectors import check, given


def test_nist_time_terminated() -> None:
    example = given("NHPP-01")
    found = power_law(example["times"], example["end"], unbiased=True, confidence=example["confidence"])
    check(
        "NHPP-01",
        growth_slope=found.growth,
        b=found.beta,
        a=found.scale,
        mtbf_end=found.mtbf,
        lower80=found.mtbf_bounds.lower,
        upper80=found.mtbf_bounds.upper,
    )


def test_crow_failure_terminated() -> None:
    example = given("NHPP-02")
    found = power_law(example["times"], example["end"], failure_terminated=True)
    check(
        "NHPP-02",
        beta=found.beta,
        lam=found.scale,
        growth=found.growth,
        cum_mtbf=found.cumulative_mtbf,
        inst_mtbf=found.mtbf,
        cum_intensity=1 / found.cumulative_mtbf,
        inst_intensity=found.intensity,
        time_to_target=found.time_to(example["target_mtbf"]),
    )


def test_iec_61164_unbiased() -> None:
    example = given("NHPP-06")
    found = power_law(example["times"], example["end"], unbiased=True)
    check("NHPP-06", beta=found.beta, lam=found.scale, mtbf=found.mtbf)


def test_grouped_counts() -> None:
    example = given("NHPP-08")
    counts = np.diff([0, *example["cumulative_failures"]]).tolist()
    check("NHPP-08", beta=grouped_power_law(example["interval_ends"], counts).beta)


def test_several_systems_of_one_length_have_a_closed_form() -> None:
    times = [[5.0, 40.0, 43.0, 175.0], [389.0, 712.0, 747.0], [795.0]]
    found = power_law_of([History(own, 1000) for own in times])
    every = [time for own in times for time in own]
    beta = len(every) / sum(log(1000 / time) for time in every)
    assert found.beta == pytest.approx(beta)
    assert found.scale == pytest.approx(len(every) / (3 * 1000**beta))


def test_one_system_is_the_same_by_both_ways() -> None:
    example = given("NHPP-06")
    one = power_law(example["times"], example["end"])
    other = power_law_of([History(example["times"], example["end"])])
    assert (other.beta, other.scale) == pytest.approx((one.beta, one.scale))
    assert other.beta_bounds == pytest.approx(one.beta_bounds)


def test_a_system_seen_late_counts_from_where_it_was_seen() -> None:
    whole = [History([10.0, 30.0, 70.0, 95.0], 100)] * 2
    split = [whole[0], History([10.0, 30.0], 50), History([70.0, 95.0], 100, start=50)]
    assert power_law_of(split).beta == pytest.approx(power_law_of(whole).beta)


def test_bounds_hold_the_truth_as_often_as_they_say() -> None:
    """1,000 histories with β = 1.5, λ = 0.001 on (0, 1000]: the 90 % bounds of β hold it in 87 to 93 %."""
    random = np.random.default_rng(7)
    held = total = 0
    while total < 1000:
        count = int(random.poisson(0.001 * 1000**1.5))
        times = 1000 * random.uniform(size=count) ** (1 / 1.5)
        if count < 3:
            continue
        lower, upper = power_law(times.tolist(), 1000, confidence=0.9).beta_bounds
        held += lower <= 1.5 <= (upper or 0)
        total += 1
    assert 870 <= held <= 930


def test_worse_better_and_neither() -> None:
    worse = [1000 * (number / 12.5) ** 0.4 for number in range(1, 13)]
    better = [1000 - time for time in reversed(worse)]
    assert trend(worse, 1000).verdict == Verdict.RISING
    assert trend(worse, 1000).laplace > 1.6
    assert trend(better, 1000).verdict == Verdict.FALLING
    even = [50.0, 150.0, 250.0, 350.0, 450.0, 550.0, 650.0, 750.0, 850.0, 950.0]
    assert trend(even, 1000).verdict == Verdict.NONE
    assert trend(even, 1000).laplace == pytest.approx(0)


def test_probabilities_of_both_directions_add_up() -> None:
    found = trend([5.0, 40.0, 43.0, 175.0, 389.0], 1500)
    assert found.rising + found.falling == pytest.approx(1)
    assert found.laplace_rising + found.laplace_falling == pytest.approx(1)


def test_chance_alone_is_called_a_trend_as_seldom_as_the_level_says() -> None:
    random = np.random.default_rng(11)
    called = sum(
        trend(random.uniform(0, 500, size=12).tolist(), 500, level=0.1).verdict != Verdict.NONE
        for _ in range(1000)
    )
    assert 70 <= called <= 130


@pytest.mark.parametrize("times", [[], [1.0], [1.0, 2.0]])
def test_too_few_failures(times: list[float]) -> None:
    for fit in (
        lambda: power_law(times, 10),
        lambda: trend(times, 10),
        lambda: power_law_of([History(times, 10)]),
    ):
        with pytest.raises(TooFewFailures):
            fit()


def test_all_failures_in_one_interval_cannot_be_fitted() -> None:
    with pytest.raises(TooFewFailures, match="one moment or interval"):
        grouped_power_law([100.0], [5])


def test_times_outside_the_observation_are_refused() -> None:
    with pytest.raises(ValueError, match="not after the end"):
        trend([1.0, 2.0, 30.0], 20)


def test_a_worsening_machine_never_reaches_a_target() -> None:
    law: PowerLaw = power_law([100.0, 500.0, 700.0, 900.0, 990.0], 1000)
    assert law.beta > 1
    assert law.time_to(1e6) is None


MILITARY = (
    [4.3, 4.4, 10.2, 23.5, 23.8, 26.4, 74, 77.1, 92.1, 197.2],
    [0.1, 5.6, 18.6, 19.5, 24.2, 26.7, 45.1, 45.8, 75.7, 79.7, 98.6, 120.1, 161.8, 180.6, 190.8],
    [8.4, 32.5, 44.7, 48.4, 50.6, 73.6, 98.7, 112.2, 129.8, 136, 195.8],
)


def test_three_systems_to_one_end() -> None:
    """Crow (1975), as in MIL-HDBK-189: β = 0.615, λ = 0.461; unbiased 35/36 of β."""
    systems = [History(times, 200) for times in MILITARY]
    found = power_law_of(systems)
    assert (found.beta, found.scale) == pytest.approx((0.615, 0.461), abs=5e-4)
    assert power_law_of(systems, unbiased=True).beta == pytest.approx(found.beta * 35 / 36)


@pytest.mark.parametrize(
    ("ends", "counts", "beta", "scale"),
    [
        ([20, 40, 60, 80, 100], [13, 16, 5, 8, 7], 0.753, 1.53),
        ([62, 100, 187, 210, 350, 500], [12, 6, 15, 3, 18, 16], 0.81361, 0.44585),
    ],
    ids=["MIL-HDBK-189C", "RGA"],
)
def test_published_counts_of_intervals(
    ends: list[float], counts: list[int], beta: float, scale: float
) -> None:
    found = grouped_power_law(ends, counts)
    assert (found.beta, found.scale) == pytest.approx((beta, scale), rel=5e-4)
