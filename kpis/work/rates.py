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


@dataclass(frozen=True, slots=True)
class StopRates:
    """What an hour of stop of one machine costs: its own rates, its line's and its plant's, each by day.

    The closest place that has a rate for a day decides.
    """

    closest_first: tuple[Dated, ...] = ()

    def per_hour(self, day: date) -> float | None:
        """None where none is known for the day."""
        for days, rates in self.closest_first:
            if place := bisect_right(days, day):
                return rates[place - 1]
        return None


def rates_of(enterprise: str, rows: Iterable[tuple[str, date, float]]) -> Rates:
    """From rows of currency, first day and units for one of the enterprise's."""
    found: defaultdict[str, list[tuple[date, float]]] = defaultdict(list)
    for currency, day, rate in rows:
        found[currency].append((day, float(rate)))
    return Rates(enterprise, {currency: dated(pairs) for currency, pairs in found.items()})


def dated(pairs: Iterable[tuple[date, float]]) -> Dated:
    ordered = sorted(pairs)
    return [day for day, _ in ordered], [rate for _, rate in ordered]
