"""Reverse arrangements: the count by its definition, p by all orders there are."""

from itertools import accumulate, permutations

import pytest

from kpis.reliability import arrangements
from kpis.reliability.arrangements import reverse_arrangements
from kpis.reliability.bounds import TooFewFailures

NIST = [5, 40, 43, 175, 389, 712, 747, 795, 1299, 1478]


def test_the_example_of_nist() -> None:
    """NIST/SEMATECH e-Handbook 8.2.3.4: 33, which chance gives in fewer than 5 % of cases."""
    found = reverse_arrangements(NIST)
    assert (found.count, found.expected) == (33, 22.5)
    assert found.falling == pytest.approx(0.0363, abs=5e-5)


def test_p_is_that_of_all_orders() -> None:
    gaps = [7, 2, 9, 4, 1]
    counts = [reverse_arrangements([*accumulate(order)]).count for order in permutations(gaps)]
    found = reverse_arrangements([*accumulate(gaps)])
    assert found.rising == sum(count <= found.count for count in counts) / len(counts)
    assert found.falling == sum(count >= found.count for count in counts) / len(counts)


def test_many_failures_go_by_the_normal_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    times = [*accumulate((n * 7919) % 31 + 1 for n in range(30))]
    exact = reverse_arrangements(times)
    monkeypatch.setattr(arrangements, "EXACT", 10)
    normal = reverse_arrangements(times)
    assert (normal.rising, normal.falling) == pytest.approx((exact.rising, exact.falling), abs=2e-3)


def test_two_failures_are_too_few() -> None:
    with pytest.raises(TooFewFailures):
        reverse_arrangements([1, 2])
