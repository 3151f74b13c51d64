import pytest

from kpis.reliability import mtbf_bounds


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
    with pytest.raises(ValueError, match="no bounds"):
        mtbf_bounds(100, failures, confidence)


def test_more_failures_narrow_the_interval() -> None:
    widths = [
        bounds.upper / bounds.lower
        for r in (1, 5, 20)
        if (bounds := mtbf_bounds(100, r, 0.9)) and bounds.upper
    ]
    assert widths == sorted(widths, reverse=True)
    assert len(widths) == 3
