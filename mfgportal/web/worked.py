"""A number worked out as one would by hand: its divisions with exact sums, none rounded for reading."""

from collections.abc import Mapping, Sequence
from math import prod

from kpis.definitions import Kpi, Product, Ratio, Unit
from mfgportal.locales import number, space

EXACT = {Unit.SECONDS: "s", Unit.PIECES: "pcs", Unit.COUNT: "", Unit.MONEY: ""}


def exact(value: float, unit: Unit) -> str:
    """In the component's own unit, to the digit."""
    digits = 0 if value == round(value) else 2
    return f"{number(value, digits)}{space()}{EXACT.get(unit, '')}".strip()


def worked(kpi: Kpi, sums: Mapping[str, float]) -> list[str]:
    """One line per division, and of a product the multiplication. None where a divisor is 0."""
    ratios = _ratios(kpi)
    lines, values = [], []
    for ratio in ratios:
        top, bottom = ratio.top.amount(sums), ratio.bottom.amount(sums)
        if bottom <= 0:
            return []
        value = top / bottom * ratio.scale
        values.append(value)
        lines.append(_division(ratio, top, bottom, value))
    if isinstance(kpi, Product):
        factors = " × ".join(number(value, 4) for value in values)
        lines.append(f"{kpi.title} = {factors} = {number(prod(values), 4)}")
    return lines


def _ratios(kpi: Kpi) -> Sequence[Ratio]:
    if isinstance(kpi, Product):
        return kpi.factors
    return [kpi] if isinstance(kpi, Ratio) else []


def _division(ratio: Ratio, top: float, bottom: float, value: float) -> str:
    units = [linear.terms[0].component.unit for linear in (ratio.top, ratio.bottom)]
    scaled = f" × {number(ratio.scale)}" if ratio.scale != 1 else ""
    divided = f"{exact(top, units[0])} ÷ {exact(bottom, units[1])}{scaled}"
    return f"{ratio.title} = {divided} = {number(value, 4)}"
