"""Money in one currency, and what is not in a value. Pure."""

from collections.abc import Mapping

from kpis.definitions import Component, Kpi, Unit
from kpis.definitions import components as c

HOUR = 3600


def in_one_currency(kpi: Kpi, sums: Mapping[str, float], *, base: bool) -> Mapping[str, float]:
    """The sums with money in the enterprise's currency where ``base``, else in the plants' own."""
    if not base:
        return sums
    return {**sums, **{money.name: sums[c.in_base(money).name] for money in _money(kpi)}}


def not_converted(kpi: Kpi, sums: Mapping[str, float], *, base: bool) -> str:
    """Why its money is not known: amounts without a rate are never taken as 1:1. "" where it is."""
    rate = c.WITHOUT_BASE_RATE if base else c.WITHOUT_RATE
    count = sums.get(rate.name, 0) if _money(kpi) else 0
    return f"{count:,.0f} {rate.title[0].lower()}{rate.title[1:]}" if count else ""


def left_out(kpi: Kpi, sums: Mapping[str, float]) -> str:
    """What is known not to be in it, counted: "parts booked without a cost: 3"; "" where nothing is."""
    found = ((gap, sums.get(gap.name, 0)) for gap in kpi.gaps)
    return "; ".join(f"{gap.title.lower()}: {_counted(gap.unit, count)}" for gap, count in found if count)


def _counted(unit: Unit, count: float) -> str:
    return f"{count / HOUR:,.1f}" if unit is Unit.SECONDS else f"{count:,.0f}"


def _money(kpi: Kpi) -> list[Component]:
    return [found for found in kpi.components if found.unit is Unit.MONEY]
