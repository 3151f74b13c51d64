"""First-life data of parts that are replaced: Weibull by maximum likelihood, and the Kaplan-Meier estimate.

Right-censored lives (still running, or replaced before they failed) count as what they are: lower bounds.
Not for times between failures of a repaired machine under trend: see ``growth``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, gamma, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtri

from kpis.reliability.bounds import Bounds, TooFewFailures, check_confidence

LEAST_DISTINCT = 3
Times = NDArray[np.float64]
STEEPEST = 1e4
LOG_LOG = "log-log"
PLAIN = "plain"
BOUNDS = (LOG_LOG, PLAIN)


@dataclass(frozen=True, slots=True)
class Weibull:
    """``shape`` β (below 1: early failures, 1: random, above 1: wear), ``scale`` η (63.2 % have failed)."""

    shape: float
    scale: float
    shape_bounds: Bounds
    scale_bounds: Bounds
    confidence: float
    failures: int
    censored: int
    log_likelihood: float

    @property
    def mean(self) -> float:
        """Mean life (MTTF)."""
        return self.scale * gamma(1 + 1 / self.shape)

    def survival(self, time: float) -> float:
        """Probability to live longer than ``time``."""
        return exp(-((time / self.scale) ** self.shape))

    def quantile(self, share: float) -> float:
        """The time at which this share has failed; B10 life for 0.1."""
        return float(self.scale * (-log(1 - share)) ** (1 / self.shape))


def weibull(failures: Sequence[float], censored: Sequence[float] = (), confidence: float = 0.9) -> Weibull:
    """Fit by maximum likelihood; bounds by Fisher information on the log scale (NIST e-Handbook 8.4.1.2).

    Raises:
        TooFewFailures: fewer than three distinct failure times.
        ValueError: a time is not positive.
    """
    check_confidence(confidence)
    if len(set(failures)) < LEAST_DISTINCT:
        raise TooFewFailures(f"A Weibull fit needs {LEAST_DISTINCT} distinct failure times.")
    if min(*failures, *censored) <= 0:
        raise ValueError("A life is longer than 0.")
    longest = max(*failures, *censored)
    failed = np.asarray(failures, dtype=float) / longest
    lives = np.concatenate([failed, np.asarray(censored, dtype=float) / longest])
    shape = _shape(failed, lives)
    scale = float((lives**shape).sum() / len(failed)) ** (1 / shape)
    shape_error, scale_error = _log_errors(shape, scale, lives, len(failed))
    z = float(ndtri((1 + confidence) / 2))
    return Weibull(
        shape=shape,
        scale=scale * longest,
        shape_bounds=_on_log_scale(shape, z * shape_error),
        scale_bounds=_on_log_scale(scale * longest, z * scale_error),
        confidence=confidence,
        failures=len(failed),
        censored=len(lives) - len(failed),
        log_likelihood=_log_likelihood(shape, scale, failed, lives) - len(failed) * log(longest),
    )


def _shape(failed: Times, lives: Times) -> float:
    logs, mean_log = np.log(lives), float(np.log(failed).mean())

    def slope(shape: float) -> float:
        powers = lives**shape
        return float((powers * logs).sum() / powers.sum() - 1 / shape - mean_log)

    return float(brentq(slope, 1e-3, STEEPEST, xtol=1e-13, rtol=1e-13))


def _log_likelihood(shape: float, scale: float, failed: Times, lives: Times) -> float:
    dense = log(shape / scale) + (shape - 1) * np.log(failed / scale)
    return float(dense.sum() - ((lives / scale) ** shape).sum())


def _log_errors(shape: float, scale: float, lives: Times, failed: int) -> tuple[float, float]:
    """Standard errors of ln β and ln η."""
    logs = np.log(lives / scale)
    weights = (lives / scale) ** shape
    of_shape = failed / shape**2 + float((weights * logs**2).sum())
    of_scale = failed * shape**2 / scale**2
    mixed = -shape / scale * float((weights * logs).sum())
    determinant = of_shape * of_scale - mixed**2
    return sqrt(of_scale / determinant) / shape, sqrt(of_shape / determinant) / scale


def _on_log_scale(value: float, width: float) -> Bounds:
    return Bounds(value * exp(-width), value * exp(width))


@dataclass(frozen=True, slots=True)
class Survival:
    """One step of a Kaplan-Meier estimate: from ``time`` on, the share that survives.

    ``error`` is Greenwood's; bounds by log(-log) stay within 0 and 1 by themselves.
    """

    time: float
    at_risk: int
    failed: int
    share: float
    error: float
    lower: float
    upper: float


def kaplan_meier(
    failures: Sequence[float],
    censored: Sequence[float] = (),
    confidence: float = 0.95,
    *,
    bounds: str = LOG_LOG,
) -> list[Survival]:
    """The survival curve, a step per distinct failure time. A life censored at that time was at risk.

    NIST e-Handbook 8.2.1.5. ``bounds``: on the scale log(-log), or "plain" ones, ± z errors, cut at 0 and 1.
    """
    check_confidence(confidence)
    z = float(ndtri((1 + confidence) / 2))
    lives = np.sort(np.asarray([*failures, *censored], dtype=float))
    times, counts = np.unique(np.asarray(failures, dtype=float), return_counts=True)
    share, spread, steps = 1.0, 0.0, []
    for time, failed in zip(times.tolist(), counts.tolist(), strict=True):
        at_risk = int(len(lives) - np.searchsorted(lives, time))
        share *= 1 - failed / at_risk
        spread += failed / (at_risk * (at_risk - failed)) if at_risk > failed else 0.0
        lower, upper = (_plain if bounds == PLAIN else _log_log)(share, spread, z)
        steps.append(Survival(time, at_risk, failed, share, share * sqrt(spread), lower, upper))
    return steps


def _log_log(share: float, spread: float, z: float) -> tuple[float, float]:
    if not 0 < share < 1:
        return share, share
    width = exp(z * sqrt(spread) / abs(log(share)))
    return float(share**width), float(share ** (1 / width))


def _plain(share: float, spread: float, z: float) -> tuple[float, float]:
    width = z * share * sqrt(spread)
    return max(0.0, share - width), min(1.0, share + width)
