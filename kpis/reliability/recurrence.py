"""The mean cumulative function: how many failures (or how much cost) a machine of a group has had by an age.

Non-parametric, for repaired machines with histories of different length (Nelson, ASQ-SIAM 2003).
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt

from scipy.special import ndtri

from kpis.reliability.bounds import check_confidence
from kpis.reliability.growth import History


@dataclass(frozen=True, slots=True)
class MeanCumulative:
    """One step. ``mean`` per machine up to and with ``time``; bounds are on the log scale."""

    time: float
    at_risk: int
    mean: float
    variance: float
    lower: float
    upper: float


def mean_cumulative(
    systems: Sequence[History], costs: Sequence[Sequence[float]] | None = None, confidence: float = 0.95
) -> list[MeanCumulative]:
    """The steps of the function, one per event.

    Machines enter at their ``start`` and leave at their ``end``; one that leaves at the time of an event was
    still there. The variance is Nelson's with independent increments.

    Args:
        costs: one per event, in the order of the histories' times; None: every event counts 1.
    """
    check_confidence(confidence)
    z = float(ndtri((1 + confidence) / 2))
    weights = costs or [[1.0] * len(system.times) for system in systems]
    events = sorted(
        (time, cost)
        for system, own in zip(systems, weights, strict=True)
        for time, cost in zip(system.times, own, strict=True)
    )
    starts, ends = sorted(system.start for system in systems), sorted(system.end for system in systems)
    mean = variance = 0.0
    steps = []
    for time, cost in events:
        at_risk = bisect_left(starts, time) - bisect_left(ends, time)
        share = cost / at_risk
        mean += share
        variance += ((cost - share) ** 2 + (at_risk - 1) * share**2) / at_risk**2
        width = exp(z * sqrt(variance) / mean) if mean else 1.0
        steps.append(MeanCumulative(time, at_risk, mean, variance, mean / width, mean * width))
    return steps
