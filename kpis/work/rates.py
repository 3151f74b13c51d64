"""Amounts from one currency into another, at the rate of a day. Nothing is taken as 1:1. Pure."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

Dated = tuple[Sequence[date], Sequence[float]]
"""Days from which rates are valid, ascending, and the rates."""


@dataclass(frozen=True, slots=True)
class Rates:
    """``dated``: per currency, its units for one of the enterprise's."""

    enterprise: str
    dated: Mapping[str, Dated] = field(default_factory=dict)

    def per_unit(self, currency: str, day: date) -> float | None:
        """Units of a currency for one of the enterprise's; None where no rate is known for the day."""
        if currency == self.enterprise:
            return 1.0
        days, rates = self.dated.get(currency, ((), ()))
        place = bisect_right(days, day)
        return rates[place - 1] if place else None

    def convert(self, amount: float, currency: str, into: str, day: date) -> float | None:
        """An amount in another currency; None where a rate is missing."""
        if currency == into:
            return amount
        have, want = self.per_unit(currency, day), self.per_unit(into, day)
        return None if have is None or want is None else amount / have * want


def rates_of(enterprise: str, rows: Iterable[tuple[str, date, float]]) -> Rates:
    """From rows of currency, first day and units for one of the enterprise's."""
    found: defaultdict[str, list[tuple[date, float]]] = defaultdict(list)
    for currency, day, rate in rows:
        found[currency].append((day, float(rate)))
    dated = {
        currency: ([day for day, _ in sorted(pairs)], [rate for _, rate in sorted(pairs)])
        for currency, pairs in found.items()
    }
    return Rates(enterprise, dated)
