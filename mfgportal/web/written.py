"""Values as people write them into a form, in the unit of their KPI: 65 %, 45 min, 1.5 h, 12."""

import re

from kpis.definitions import Unit

SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
NUMBER = re.compile(r"\s*(-?\d{1,12}(?:[.,]\d{1,9})?)\s*(%|s|min|h|d)?\s*")


class Unwritable(ValueError):
    """The message says how it is to be written."""


def parse(text: str, unit: Unit) -> float:
    """The value in the KPI's unit. Raises Unwritable."""
    found = NUMBER.fullmatch(text.lower())
    number, given = (float(found[1].replace(",", ".")), found[2]) if found else (0.0, "")
    if unit == Unit.SECONDS and found and given in SECONDS:
        return number * SECONDS[given]
    if unit == Unit.SHARE and found and given in {"%", None}:
        return number / 100
    if unit not in {Unit.SECONDS, Unit.SHARE} and found and given is None:
        return number
    raise Unwritable(wanted(unit))


def wanted(unit: Unit) -> str:
    """How a value of the unit is to be written."""
    if unit == Unit.SECONDS:
        return "Write it with its unit, such as 45 min or 1.5 h."
    return "Write it in percent, such as 65 %." if unit == Unit.SHARE else "Write a number, such as 12."


def write(value: float, unit: Unit) -> str:
    """As ``parse`` reads it again."""
    if unit == Unit.SHARE:
        return f"{round(value * 100, 6):g} %"
    if unit == Unit.SECONDS:
        size = next((name for name in ("h", "min") if value and value % SECONDS[name] == 0), "s")
        return f"{value / SECONDS[size]:.10g} {size}"
    return f"{value:.10g}"
