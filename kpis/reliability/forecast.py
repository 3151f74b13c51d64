"""How many failures the next period brings, with the interval that chance and ignorance leave."""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import betainc

from kpis.reliability.bounds import TooFewFailures, check_confidence
from kpis.reliability.growth import LEAST, PowerLaw, Trend, Verdict, power_law, trend


@dataclass(frozen=True, slots=True)
class Forecast:
    """Failures within ``horizon`` after the observation.

    ``lower``/``upper``: the count lies between them, both included, at least with ``confidence``.
    ``none``: probability of no failure. ``basis``: "constant rate", or "power law" where a trend is evident.
    ``trend`` None: too few failures to test for one.
    """

    horizon: float
    expected: float
    lower: int
    upper: int
    none: float
    confidence: float
    basis: str
    trend: Trend | None


def forecast(
    times: Sequence[float], end: float, horizon: float, *, confidence: float = 0.9, level: float = 0.05
) -> Forecast:
    """Forecast from the failure times of one machine, observed from 0 to ``end``.

    The unknown rate is integrated out with Jeffreys' prior: the count is negative binomial. Under a trend the
    observation counts as so much time at the rate it ends with as its power law says.

    Args:
        horizon: in the unit of the times.
        level: see ``growth.trend``.
    """
    check_confidence(confidence)
    if end <= 0 or horizon <= 0:
        raise ValueError("A forecast needs an observation and a horizon longer than 0.")
    found = trend(times, end, level=level) if len(times) >= LEAST else None
    exposure, basis = end, "constant rate"
    if found and found.verdict != Verdict.NONE and (law := _law(times, end)):
        exposure = horizon * len(times) / (law.expected(end + horizon) - law.expected(end))
        basis = "power law"
    shape, share = len(times) + 0.5, exposure / (exposure + horizon)
    alpha = 1 - confidence
    return Forecast(
        horizon=horizon,
        expected=shape * horizon / exposure,
        lower=_quantile(alpha / 2, shape, share),
        upper=_quantile(1 - alpha / 2, shape, share),
        none=float(share**shape),
        confidence=confidence,
        basis=basis,
        trend=found,
    )


def _law(times: Sequence[float], end: float) -> PowerLaw | None:
    """None where all failures came at the end: so steep a law foretells nothing."""
    try:
        return power_law(times, end, unbiased=True)
    except TooFewFailures:
        return None


def _quantile(wanted: float, shape: float, share: float) -> int:
    """The smallest count whose probability not to be passed reaches ``wanted``."""
    high = 1
    while float(betainc(shape, high + 1, share)) < wanted:
        high *= 2
    low = -1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if float(betainc(shape, middle + 1, share)) >= wanted else (middle, high)
    return high
