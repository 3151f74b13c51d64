"""Values as people read them: units scaled, seconds as hours, shares as percent."""

from dataclasses import dataclass

from kpis.definitions import Kpi, Product, Ratio, Total, Unit
from kpis.definitions.base import MONEY
from kpis.engine import Value
from mfgportal.figures import Figure
from mfgportal.locales import number, space, symbols

NONE = "—"
MINUTE = 60
HOUR = 3600
DAY = 86400


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and its unit, apart so that they can be set apart."""

    text: str
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.text}{space()}{self.unit}" if self.unit else self.text


PER = {Unit.MONEY_PER_PIECE: "/pcs", Unit.MONEY_PER_HOUR: "/h"}


def amount(value: float | None, unit: str, currency: str = "") -> Amount:
    """A value in a unit of ``kpis.definitions.Unit``, money in a currency; a dash for None."""
    if value is None:
        return Amount(NONE)
    if unit == Unit.SHARE:
        return Amount(number(value * 100, 1), "%")
    if unit == Unit.SECONDS:
        return duration(value)
    if unit in MONEY:
        return Amount(_precise(value), f"{currency}{PER.get(Unit(unit), '')}".strip())
    if unit in {Unit.RATE, Unit.WEEKS, Unit.TURNS}:
        return Amount(number(value, 2 if 0 < abs(value) < 1 else 1), unit)
    return Amount(number(value), "pcs" if unit == Unit.PIECES else "")


def _precise(money: float) -> str:
    """Whole from a thousand on, cents below, and more digits where cents would say nothing."""
    if abs(money) >= 1000:
        return number(money)
    return number(money, 2) if abs(money) >= 0.1 or not money else symbols(f"{money:.2g}")


def duration(seconds: float) -> Amount:
    """Hours; minutes below two hours, seconds below two minutes."""
    size = abs(seconds)
    if size >= 1000 * HOUR:
        return Amount(number(seconds / HOUR), "h")
    if size >= 2 * HOUR:
        return Amount(number(seconds / HOUR, 1), "h")
    if size >= 2 * MINUTE:
        return Amount(f"{seconds / MINUTE:.0f}", "min")
    return Amount(f"{seconds:.0f}", "s" if size else "h")


def lasting(seconds: float) -> str:
    """How long one thing lasts, in its two largest units: ``3 d 4 h``, ``1 h 52 min``, ``45 s``."""
    whole = max(round(seconds), 0)
    for size, unit, smaller, small_unit in ((DAY, "d", HOUR, "h"), (HOUR, "h", MINUTE, "min")):
        if whole >= size:
            return _two(whole // size, unit, whole % size // smaller, small_unit)
    return _two(whole // MINUTE, "min", whole % MINUTE, "s") if whole >= MINUTE else f"{whole} s"


def roughly(seconds: float) -> str:
    """An age or a wait: ``35 min``, ``4 h``; days with their hours, as ``lasting``."""
    whole = max(round(seconds), 0)
    size = next((size for size in (DAY, HOUR, MINUTE) if whole >= size), 1)
    return lasting(whole if size == DAY else whole - whole % size)


def _two(large: int, unit: str, small: int, small_unit: str) -> str:
    return f"{large} {unit} {small} {small_unit}" if small else f"{large} {unit}"


def change(figure: Figure) -> str:
    """How a figure moved: percentage points, a count, or percent of the value before; "" if unknown."""
    if figure.delta is None:
        return ""
    if figure.kpi.unit == Unit.SHARE:
        return f"{number(figure.delta * 100, 1, sign=True)}{space()}pp"
    if figure.kpi.unit == Unit.COUNT or figure.relative is None:
        sign = "−" if figure.delta < 0 else "+"
        return f"{sign}{amount(abs(figure.delta), figure.kpi.unit, figure.now.currency)}"
    return f"{number(figure.relative * 100, sign=True)}{space()}%"


def percent(share: float | None) -> str:
    """A share as whole percent that says 100 % only of the whole, and 0 % only of nothing."""
    if share is None:
        return NONE
    if 0.995 <= share < 1:
        return f"{number(min(share * 100, 99.9), 1)}{space()}%"
    return f"{number(share * 100, 1 if 0 < share < 0.01 else 0)}{space()}%"


def sample(figure: Figure) -> str:
    """What the value rests on, counted."""
    kpi, size = figure.kpi, figure.now.sample_size
    counted = kpi.sample if isinstance(kpi, Ratio | Total) else None
    title = counted.title if counted else "Records"
    plural = title.lower().removeprefix("source ")
    return f"{number(size)} {plural if size != 1 else plural.removesuffix('s')}"


def bounds(value: Value) -> str:
    """Confidence bounds in words; "" where none apply."""
    if value.lower is None or value.confidence is None:
        return ""
    sure = f"at {percent(value.confidence)} confidence"
    low = amount(value.lower, value.unit)
    if value.upper is None:
        return f"at least {low}, {sure}"
    return f"{low} to {amount(value.upper, value.unit)}, {sure}"


@dataclass(frozen=True, slots=True)
class Part:
    """Numerator or denominator of a value, named."""

    name: str
    amount: Amount


def parts(figure: Figure) -> list[Part]:
    """What a figure is made of: numerator and, where it is a ratio, denominator."""
    return parts_of(figure.kpi, figure.now)


def parts_of(kpi: Kpi, now: Value) -> list[Part]:
    """What a value is made of, in the same way."""
    if isinstance(kpi, Product):
        top, bottom = kpi.factors[-1].top, kpi.factors[0].bottom
    elif isinstance(kpi, Ratio):
        top, bottom = kpi.top, kpi.bottom
    else:
        return []
    over = now.denominator
    return [
        Part(
            f"{top.text}{_scaled(kpi, now)}", amount(now.numerator, top.terms[0].component.unit, now.currency)
        ),
        Part(bottom.text, amount(over, bottom.terms[0].component.unit, now.currency)),
    ]


def _scaled(kpi: Kpi, now: Value) -> str:
    """A product's numerator is its denominator times its value: all run time as if judged."""
    return ", as if all run time were judged" if isinstance(kpi, Product) and now.without_ideal_share else ""
