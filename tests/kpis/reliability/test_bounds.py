import pytest

from kpis.reliability.bounds import Bounds, mtbf_bounds, rate_bounds
from tests.kpis.reliability.vectors import check, given


def bounds_of(hours: float, failures: int, confidence: float) -> Bounds:
    found = mtbf_bounds(hours, failures, confidence)
    assert found is not None
    return found


def test_two_failures_in_800_hours() -> None:
    """NIST/SEMATECH e-Handbook 8.4.5.1."""
    bounds = mtbf_bounds(800, 2, 0.9)
    assert bounds == pytest.approx((127.07, 2251.23), abs=0.01)


def test_without_a_failure_there_is_a_lower_bound_alone() -> None:
    bounds = mtbf_bounds(1000, 0, 0.95)
    assert bounds is not None
    assert bounds.lower == pytest.approx(333.808, abs=0.001)
    assert bounds.upper is None


def test_no_time_says_nothing() -> None:
    assert mtbf_bounds(0, 0, 0.9) is None


@pytest.mark.parametrize(("failures", "confidence"), [(-1, 0.9), (1, 0), (1, 1), (1, 90)])
def test_impossible_questions_are_refused(failures: int, confidence: float) -> None:
    with pytest.raises(ValueError, match=r"no bounds|between 0 and 1"):
        mtbf_bounds(100, failures, confidence)


def test_more_failures_narrow_the_interval() -> None:
    widths = [
        bounds.upper / bounds.lower
        for r in (1, 5, 20)
        if (bounds := mtbf_bounds(100, r, 0.9)) and bounds.upper
    ]
    assert widths == sorted(widths, reverse=True)
    assert len(widths) == 3


def test_published_intervals() -> None:
    hours, failures, confidence = (given("CHI-01")[name] for name in ("hours", "failures", "confidence"))
    found = bounds_of(hours, failures, confidence)
    check("CHI-01", mtbf=hours / failures, lower=found.lower, upper=found.upper)
    hours, failures, confidence = (given("CHI-02")[name] for name in ("hours", "failures", "confidence"))
    check("CHI-02", lower=bounds_of(hours, failures, confidence).lower)


@pytest.mark.parametrize("name", ["CHI-K60", "CHI-K95"])
def test_published_factors(name: str) -> None:
    counts, confidence = given(name)["failures"], given(name)["confidence"]
    found = [bounds_of(1, count, confidence) for count in counts]
    factors = [
        (bounds.lower * count, (bounds.upper or 0) * count)
        for bounds, count in zip(found, counts, strict=True)
    ]
    check(name, lower=[lower for lower, _ in factors], upper=[upper for _, upper in factors])


@pytest.mark.parametrize("name", ["CHI-Z60", "CHI-Z95"])
def test_published_lower_bounds_without_a_failure(name: str) -> None:
    found = bounds_of(given(name)["hours"], 0, given(name)["confidence"])
    check(name, mtbf=None, lower=found.lower, upper=found.upper)


def test_rate_bounds_are_those_of_a_poisson_count() -> None:
    """Garwood 1936: 5 events, 95 %: 1.6235 to 11.6683; none: 0 to 3.6889."""
    assert rate_bounds(5, 1, 0.95) == pytest.approx((1.6235, 11.6683), abs=5e-5)
    assert rate_bounds(0, 1, 0.95) == pytest.approx((0, 3.6889), abs=5e-5)
