"""Is a repaired machine getting better or worse? By the order of its times between failures alone."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from scipy.special import ndtr

from kpis.reliability.bounds import TooFewFailures
from kpis.reliability.growth import LEAST

EXACT = 30
"""Up to so many failures p is exact without ties, beyond by the normal distribution."""


@dataclass(frozen=True, slots=True)
class ReverseArrangements:
    """``count``: pairs of times between failures of which the later one is longer; ``expected`` by chance.

    ``rising``/``falling``: one-sided p for a rising and a falling failure intensity.
    """

    count: int
    expected: float
    rising: float
    falling: float


def reverse_arrangements(times: Sequence[float]) -> ReverseArrangements:
    """Test for a trend that supposes no distribution (NIST e-Handbook 8.2.3.4).

    Args:
        times: of the failures, from the start of the observation.

    Raises:
        TooFewFailures: fewer than three.
    """
    if len(times) < LEAST:
        raise TooFewFailures(f"A trend needs {LEAST} failures, there are {len(times)}.")
    ordered = sorted(times)
    count = _count([later - earlier for earlier, later in zip([0.0, *ordered], ordered, strict=False)])
    size = len(ordered)
    rising, falling = _exact(count, size) if size <= EXACT else _normal(count, size)
    return ReverseArrangements(count, size * (size - 1) / 4, rising, falling)


def _count(gaps: Sequence[float]) -> int:
    count, before = 0, list[float]()
    for gap in gaps:
        count += bisect_left(before, gap)
        insort(before, gap)
    return count


def _exact(count: int, size: int) -> tuple[float, float]:
    """From how many orders of the times have 0, 1, 2 … such pairs."""
    ways = [1]
    for place in range(2, size + 1):
        ways = [sum(ways[max(0, n - place + 1) : n + 1]) for n in range(len(ways) + place - 1)]
    total = sum(ways)
    return sum(ways[: count + 1]) / total, sum(ways[count:]) / total


def _normal(count: int, size: int) -> tuple[float, float]:
    away = count - size * (size - 1) / 4
    sigma = sqrt((2 * size + 5) * (size - 1) * size / 72)
    return float(ndtr((away + 0.5) / sigma)), float(ndtr(-(away - 0.5) / sigma))
