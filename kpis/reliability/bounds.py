"""Confidence bounds of a mean time between failures, from operating time and a count.

Exact for a constant failure rate and an observation that ends at a time, not at a failure (time-censored), as
a reporting period does. NIST/SEMATECH e-Handbook 8.4.5.1.
"""

from typing import NamedTuple

from scipy.special import gammaincinv


class TooFewFailures(ValueError):
    """There are not enough failures to say this."""


class Bounds(NamedTuple):
    """In the unit of the time given; ``upper`` None: the data set no upper bound."""

    lower: float
    upper: float | None


def mtbf_bounds(time: float, failures: int, confidence: float, *, sides: int = 2) -> Bounds | None:
    """Two-sided bounds 2T/χ²(1−α/2; 2r+2) … 2T/χ²(α/2; 2r); of one side, each holds by itself with α.

    Without a failure always one-sided: T/−ln(α), so "no failure in T; MTBF above ``lower``". None where no
    time was observed. Raises ValueError for a confidence outside (0, 1) or a negative count.
    """
    check_confidence(confidence)
    if failures < 0:
        raise ValueError(f"{failures} failures give no bounds")
    if time <= 0:
        return None
    alpha = (1 - confidence) / sides
    if not failures:
        return Bounds(2 * time / chi2_quantile(confidence, 2), None)
    return Bounds(
        2 * time / chi2_quantile(1 - alpha, 2 * failures + 2),
        2 * time / chi2_quantile(alpha, 2 * failures),
    )


def rate_bounds(failures: int, time: float, confidence: float, *, sides: int = 2) -> Bounds:
    """Bounds of a rate, failures per time (Garwood's, exact for a Poisson count); time > 0."""
    check_confidence(confidence)
    alpha = (1 - confidence) / sides
    lower = chi2_quantile(alpha, 2 * failures) / (2 * time) if failures else 0.0
    return Bounds(lower, chi2_quantile(1 - alpha, 2 * failures + 2) / (2 * time))


def check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence is between 0 and 1, not {confidence}")


def chi2_quantile(share: float, degrees: float) -> float:
    """Of χ². scipy.stats has it too, but costs every process seconds to load."""
    return 2 * float(gammaincinv(degrees / 2, share))
