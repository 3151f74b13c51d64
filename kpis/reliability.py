"""Confidence bounds of a mean time between failures, from operating time and a count.

Exact for a constant failure rate and an observation that ends at a time, not at a failure (time-censored), as
a reporting period does. NIST/SEMATECH e-Handbook 8.4.5.1.
"""

from typing import NamedTuple

from scipy.special import gammaincinv


class Bounds(NamedTuple):
    """In the unit of the time given; ``upper`` None: the data set no upper bound."""

    lower: float
    upper: float | None


def mtbf_bounds(time: float, failures: int, confidence: float) -> Bounds | None:
    """Two-sided bounds 2T/χ²(1−α/2; 2r+2) … 2T/χ²(α/2; 2r).

    Without a failure one-sided: T/−ln(α), so "no failure in T; MTBF above ``lower``". None where no time was
    observed. Raises ValueError for a confidence outside (0, 1) or a negative count.
    """
    if not 0 < confidence < 1 or failures < 0:
        raise ValueError(f"confidence {confidence} and {failures} failures give no bounds")
    if time <= 0:
        return None
    alpha = 1 - confidence
    if not failures:
        return Bounds(2 * time / _quantile(confidence, 2), None)
    return Bounds(
        2 * time / _quantile(1 - alpha / 2, 2 * failures + 2), 2 * time / _quantile(alpha / 2, 2 * failures)
    )


def _quantile(share: float, degrees: int) -> float:
    """Of χ². scipy.stats has it too, but costs every process seconds to load."""
    return 2 * float(gammaincinv(degrees / 2, share))
