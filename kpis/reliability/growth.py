"""Is a repaired machine getting better or worse? Trend tests, and the power law process (Crow-AMSAA).

Failure times count from the start of the observation. It ends at a time (``end``), or with the last failure
(``failure_terminated``). MIL-HDBK-189C; IEC 61164; NIST e-Handbook 8.1.7.2 and 8.4.5.2.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log, sqrt

from scipy.optimize import brentq
from scipy.special import gammainc, gammaincc, ndtr, ndtri

from kpis.reliability.bounds import Bounds, TooFewFailures, check_confidence, chi2_quantile

LEAST = 3
STEEPEST = 50.0
ONE_MOMENT = "All failures fall into one moment or interval: no power law fits."


class Verdict(StrEnum):
    RISING = "rising"
    """The failure intensity rises: the machine gets worse."""
    FALLING = "falling"
    NONE = "none"
    """No trend can be told from chance: one MTBF describes the period."""


@dataclass(frozen=True, slots=True)
class Trend:
    """Two tests against "no trend", each with its one-sided p for a rising and a falling intensity.

    ``laplace`` is Laplace's U (positive: later failures come closer), ``military`` 2·Σ ln(T/t) of
    MIL-HDBK-189 (small: they come closer). ``verdict`` holds at the level asked for, by the military test,
    which is the stronger one against a power law.
    """

    failures: int
    laplace: float
    laplace_rising: float
    laplace_falling: float
    military: float
    rising: float
    falling: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """Expected failures by time t: λ·t^β. β above 1: getting worse; 1 − β is the growth slope."""

    beta: float
    scale: float
    end: float
    failures: int
    systems: int
    beta_bounds: Bounds
    mtbf_bounds: Bounds
    confidence: float

    @property
    def growth(self) -> float:
        return 1 - self.beta

    @property
    def intensity(self) -> float:
        """Failures per time of one system at the end."""
        return float(self.scale * self.beta * self.end ** (self.beta - 1))

    @property
    def mtbf(self) -> float:
        """Instantaneous, at the end."""
        return 1 / self.intensity

    @property
    def cumulative_mtbf(self) -> float:
        return self.end / self.expected(self.end)

    def expected(self, time: float) -> float:
        """Failures of one system up to ``time``."""
        return float(self.scale * time**self.beta)

    def time_to(self, cumulative_mtbf: float) -> float | None:
        """When the cumulative MTBF reaches a target; None where it moves away from it."""
        if self.beta >= 1:
            return None
        return float((cumulative_mtbf * self.scale) ** (1 / (1 - self.beta)))


@dataclass(frozen=True, slots=True)
class History:
    """One system, observed from ``start`` to ``end`` of its own clock, with the times of its failures."""

    times: Sequence[float]
    end: float
    start: float = 0.0


def trend(
    times: Sequence[float], end: float, *, failure_terminated: bool = False, level: float = 0.05
) -> Trend:
    """Test for a trend.

    Args:
        level: the two-sided error at which a verdict is given.

    Raises:
        TooFewFailures: fewer than three.
    """
    counted = _counted(times, end, failure_terminated=failure_terminated)
    count = len(counted)
    u = (sum(counted) / count - end / 2) / (end * sqrt(1 / (12 * count)))
    military = 2 * sum(log(end / time) for time in counted)
    rising, falling = float(gammainc(count, military / 2)), float(gammaincc(count, military / 2))
    return Trend(
        failures=len(times),
        laplace=u,
        laplace_rising=float(ndtr(-u)),
        laplace_falling=float(ndtr(u)),
        military=military,
        rising=rising,
        falling=falling,
        verdict=_verdict(rising, falling, level),
    )


def _verdict(rising: float, falling: float, level: float) -> Verdict:
    if rising <= level / 2:
        return Verdict.RISING
    return Verdict.FALLING if falling <= level / 2 else Verdict.NONE


def _counted(times: Sequence[float], end: float, *, failure_terminated: bool) -> list[float]:
    """The times that carry information: the failure that ends an observation only says when it ended."""
    ordered = sorted(times)
    if len(ordered) < LEAST:
        raise TooFewFailures(f"A trend needs {LEAST} failures, there are {len(ordered)}.")
    if ordered[0] <= 0 or ordered[-1] > end:
        raise ValueError("Failure times lie after the start and not after the end of the observation.")
    return ordered[:-1] if failure_terminated else ordered


def power_law(
    times: Sequence[float],
    end: float,
    *,
    failure_terminated: bool = False,
    unbiased: bool = False,
    confidence: float = 0.9,
) -> PowerLaw:
    """Fit one system.

    Args:
        unbiased: the modified estimator, (n − 1) or, failure-terminated, (n − 2) over the sum of logarithms.

    Raises:
        TooFewFailures: fewer than three, or all at the end of the observation.
    """
    check_confidence(confidence)
    counted = _counted(times, end, failure_terminated=failure_terminated)
    total = sum(log(end / time) for time in counted)
    count = len(times)
    weight = len(counted) - 1 if unbiased else count
    if weight >= STEEPEST * total:
        raise TooFewFailures(ONE_MOMENT)
    beta = weight / total
    return PowerLaw(
        beta=beta,
        scale=count / end**beta,
        end=end,
        failures=count,
        systems=1,
        beta_bounds=_beta_bounds(total, len(counted), confidence),
        mtbf_bounds=_mtbf_bounds(end / (count * beta), count, confidence),
        confidence=confidence,
    )


def _beta_bounds(total: float, counted: int, confidence: float) -> Bounds:
    """2·β·Σ ln(T/t) is χ² with two degrees per failure that counts (Crow)."""
    alpha, degrees = 1 - confidence, 2 * counted
    return Bounds(
        chi2_quantile(alpha / 2, degrees) / (2 * total), chi2_quantile(1 - alpha / 2, degrees) / (2 * total)
    )


def _mtbf_bounds(mtbf: float, count: int, confidence: float) -> Bounds:
    """NIST e-Handbook 8.4.5.2, for the MTBF at the end of the test."""
    z = float(ndtri((1 + confidence) / 2))
    top = mtbf * count * (count - 1)
    lower = top / (count + z**2 / 4 + sqrt(count * z**2 / 2 + z**4 / 16)) ** 2
    narrow = count - z * sqrt(count / 2)
    return Bounds(lower, top / narrow**2 if narrow > 0 else None)


def power_law_of(systems: Sequence[History], confidence: float = 0.9, *, unbiased: bool = False) -> PowerLaw:
    """Fit several systems with one law, each observed over its own span (MIL-HDBK-189C, 6.4).

    ``end`` of the result is the longest. Raises TooFewFailures below three failures in all.

    Args:
        unbiased: β times (n − 1)/n, as of one system that is observed to a time.
    """
    check_confidence(confidence)
    logs = [log(time) for system in systems for time in system.times]
    if len(logs) < LEAST:
        raise TooFewFailures(f"A power law needs {LEAST} failures, there are {len(logs)}.")

    def slope(beta: float) -> float:
        exposed = sum(_power(system.end, beta) - _power(system.start, beta) for system in systems)
        weighted = sum(_log_power(system.end, beta) - _log_power(system.start, beta) for system in systems)
        return len(logs) / beta + sum(logs) - len(logs) * weighted / exposed

    beta = _root(slope) * ((len(logs) - 1) / len(logs) if unbiased else 1)
    exposed = sum(_power(system.end, beta) - _power(system.start, beta) for system in systems)
    end = max(system.end for system in systems)
    scale = len(logs) / exposed
    return PowerLaw(
        beta=beta,
        scale=scale,
        end=end,
        failures=len(logs),
        systems=len(systems),
        beta_bounds=_beta_bounds(len(logs) / beta, len(logs), confidence),
        mtbf_bounds=_mtbf_bounds(1 / (scale * beta * end ** (beta - 1)), len(logs), confidence),
        confidence=confidence,
    )


def grouped_power_law(ends: Sequence[float], counts: Sequence[int], confidence: float = 0.9) -> PowerLaw:
    """Fit counts of failures per interval; ``ends`` are the ends of the intervals, the first starts at 0."""
    check_confidence(confidence)
    total, last = sum(counts), ends[-1]
    if total < LEAST:
        raise TooFewFailures(f"A power law needs {LEAST} failures, there are {total}.")
    if len(ends) < 2:
        raise TooFewFailures(ONE_MOMENT)
    spans = [(start / last, end / last, n) for start, end, n in zip([0.0, *ends], ends, counts, strict=False)]

    def slope(beta: float) -> float:
        return sum(
            n * (_log_power(end, beta) - _log_power(start, beta)) / (_power(end, beta) - _power(start, beta))
            for start, end, n in spans
            if n
        )

    beta = _root(slope)
    return PowerLaw(
        beta=beta,
        scale=total / last**beta,
        end=last,
        failures=total,
        systems=1,
        beta_bounds=_beta_bounds(total / beta, total, confidence),
        mtbf_bounds=_mtbf_bounds(last / (total * beta), total, confidence),
        confidence=confidence,
    )


def _root(slope: Callable[[float], float]) -> float:
    try:
        return float(brentq(slope, 1e-3, STEEPEST, xtol=1e-13, rtol=1e-13))
    except ValueError:
        raise TooFewFailures(ONE_MOMENT) from None


def _power(time: float, beta: float) -> float:
    return float(time**beta) if time > 0 else 0.0


def _log_power(time: float, beta: float) -> float:
    return float(time**beta * log(time)) if time > 0 else 0.0
