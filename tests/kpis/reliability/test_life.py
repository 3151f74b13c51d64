"""Weibull and Kaplan-Meier against published figures and those of lifelines 0.30.3 and reliability 0.9.0."""

import math

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from kpis.reliability.bounds import TooFewFailures
from kpis.reliability.life import kaplan_meier, weibull
from tests.kpis.reliability.vectors import check, given


@pytest.mark.parametrize("name", ["WB-01", "WB-02"])
def test_published_fits(name: str) -> None:
    found = weibull(given(name)["failures"], given(name)["right_censored"])
    check(name, eta=found.scale, beta=found.shape)


def test_bounds_of_a_fit() -> None:
    """``reliability.Fitters.Fit_Weibull_2P`` with CI=0.9."""
    found = weibull(given("WB-01")["failures"], given("WB-01")["right_censored"], confidence=0.9)
    assert found.scale_bounds == pytest.approx((432.249, 851.073), abs=5e-3)
    assert found.shape_bounds == pytest.approx((1.06481, 2.78091), abs=5e-5)
    assert (found.failures, found.censored) == (10, 10)


def test_a_fit_tells_survival_and_quantiles() -> None:
    found = weibull([16, 34, 53, 75, 93, 120])
    assert found.survival(found.scale) == pytest.approx(math.exp(-1))
    assert found.survival(found.quantile(0.1)) == pytest.approx(0.9)


@pytest.mark.parametrize("failures", [[], [5.0], [5.0, 5.0, 7.0]])
def test_too_few_failures_are_refused(failures: list[float]) -> None:
    with pytest.raises(TooFewFailures, match="3 distinct"):
        weibull(failures, [9.0])


def test_a_life_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than 0"):
        weibull([1.0, 2.0, 3.0], [0.0])


@examples(
    st.lists(st.floats(1, 1e4), min_size=3, max_size=30, unique=True),
    st.lists(st.floats(1, 1e4), max_size=30),
    st.floats(0.01, 100),
)
def test_the_unit_of_time_does_not_matter(lives: list[float], censored: list[float], unit: float) -> None:
    one = weibull(lives, censored)
    other = weibull([life * unit for life in lives], [life * unit for life in censored])
    assert other.shape == pytest.approx(one.shape, rel=1e-6)
    assert other.scale == pytest.approx(one.scale * unit, rel=1e-6)


@pytest.mark.parametrize("name", ["KM-01", "KM-03"])
def test_published_survival(name: str) -> None:
    steps = kaplan_meier(given(name)["failures"], given(name)["right_censored"])
    check(name, survival=[step.share for step in steps])


def test_published_standard_error() -> None:
    step = [step for step in kaplan_meier(given("KM-05")["failures"]) if step.time <= given("KM-05")["at"]][
        -1
    ]
    check("KM-05", survival=step.share, se=step.error)


def test_log_log_bounds() -> None:
    """``lifelines.KaplanMeierFitter`` with alpha=0.05."""
    steps = kaplan_meier(given("KM-03")["failures"], given("KM-03")["right_censored"], confidence=0.95)
    bounds = [(step.lower, step.upper) for step in steps]
    assert bounds[0] == pytest.approx((0.50808, 0.986674), abs=5e-6)
    assert bounds[3] == pytest.approx((0.265752, 0.835299), abs=5e-6)
    assert bounds[-1] == pytest.approx((0.0117385, 0.525015), abs=5e-6)


def test_all_failed_ends_at_zero() -> None:
    assert [step.share for step in kaplan_meier([1.0, 2.0])] == [0.5, 0.0]
    assert kaplan_meier([], [3.0]) == []


def test_a_fit_tells_its_mean_and_likelihood() -> None:
    """The density of each failure and the survival of what was censored, by their definitions."""
    failures, censored = [16, 34, 53, 75], [93, 120]
    found = weibull(failures, censored)
    rates = [found.shape / found.scale * (t / found.scale) ** (found.shape - 1) for t in failures]
    wanted = sum(map(math.log, rates)) + sum(math.log(found.survival(t)) for t in [*failures, *censored])
    assert found.log_likelihood == pytest.approx(wanted)
    assert found.mean == pytest.approx(found.scale * math.gamma(1 + 1 / found.shape))
