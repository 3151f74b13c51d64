"""When two systems say the same of a thing, though they write it differently. Values as JSON keeps them."""

import re
import unicodedata
from collections.abc import Callable
from math import isclose
from typing import Any

from sync.records import WorkStatus

Alike = Callable[[Any, Any], bool]
"""Whether two values, neither of them empty, say the same."""

CLOSED = frozenset({WorkStatus.COMPLETED.value, WorkStatus.CANCELLED.value})
RATIO = 0.01
LEAST = 0.005
WORD = re.compile(r"\w+")
UNITS = {
    **dict.fromkeys(("UNIT", "UNITS", "PC", "PCS", "PIECE", "PIECES", "EA", "EACH", "NO"), "1"),
    **dict.fromkeys(("U", "UNITE", "UNITES", "STK", "STUCK", "STUECK", "ST", "PZ", "UD", "UNIDAD"), "1"),
    **dict.fromkeys(("KG", "KGS", "KILOGRAM", "KILOGRAMS", "KILO"), "KG"),
    **dict.fromkeys(("G", "GRAM", "GRAMS"), "G"),
    **dict.fromkeys(("L", "LITER", "LITERS", "LITRE", "LITRES", "LTR"), "L"),
    **dict.fromkeys(("M", "METER", "METERS", "METRE", "METRES", "MTR"), "M"),
    **dict.fromkeys(("H", "HR", "HRS", "HOUR", "HOURS"), "H"),
}


def same(mine: Any, theirs: Any) -> bool:
    """Codes, yes and no, and references."""
    return bool(mine == theirs)


def close_to(mine: float, theirs: float) -> bool:
    """Amounts and times: systems round differently. Within 1 %, or half a hundredth."""
    return isclose(mine, theirs, rel_tol=RATIO, abs_tol=LEAST)


def same_unit(mine: str, theirs: str) -> bool:
    """Units of measure, whatever their case, plural, accents and abbreviation."""
    return _unit(mine) == _unit(theirs)


def _unit(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()
    joined = "".join(WORD.findall(plain))
    return UNITS.get(joined, joined)


def both_closed(mine: str, theirs: str) -> bool:
    """Statuses: whether the work is done or not. What lies between is named differently everywhere."""
    return (mine in CLOSED) == (theirs in CLOSED)
