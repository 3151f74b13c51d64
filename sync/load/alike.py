"""When two systems say the same of a thing, though they write it differently. Values as JSON keeps them."""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from math import isclose
from typing import Any
from zoneinfo import ZoneInfo

from sync.records import WorkStatus

Alike = Callable[[Any, Any, ZoneInfo], bool]
"""Whether two values, neither of them empty, say the same; the zone is the plant's."""

CLOSED = frozenset({WorkStatus.COMPLETED.value, WorkStatus.CANCELLED.value})
RATIO = 0.01
LEAST = 0.005
WORD = re.compile(r"\w+")
UNITS = {
    **dict.fromkeys(("UNIT", "UNITS", "UNITS", "PC", "PCS", "PIECE", "PIECES", "EA", "EACH", "NO"), "1"),
    **dict.fromkeys(("U", "UNITE", "UNITES", "STK", "STUCK", "STUECK", "ST", "PZ", "UD", "UNIDAD"), "1"),
    **dict.fromkeys(("KG", "KGS", "KILOGRAM", "KILOGRAMS", "KILO"), "KG"),
    **dict.fromkeys(("G", "GRAM", "GRAMS"), "G"),
    **dict.fromkeys(("L", "LITER", "LITERS", "LITRE", "LITRES", "LTR"), "L"),
    **dict.fromkeys(("M", "METER", "METERS", "METRE", "METRES", "MTR"), "M"),
    **dict.fromkeys(("H", "HR", "HRS", "HOUR", "HOURS"), "H"),
}


def same(mine: Any, theirs: Any, zone: ZoneInfo) -> bool:
    """Codes, yes and no, and references."""
    return bool(mine == theirs)


def close_to(mine: float, theirs: float, zone: ZoneInfo) -> bool:
    """Amounts and times: systems round differently. Within 1 %, or half a hundredth."""
    return isclose(mine, theirs, rel_tol=RATIO, abs_tol=LEAST)


def same_unit(mine: str, theirs: str, zone: ZoneInfo) -> bool:
    """Units of measure, whatever their case, plural, accents and abbreviation."""
    return _unit(mine) == _unit(theirs)


def _unit(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()
    joined = "".join(WORD.findall(plain))
    return UNITS.get(joined, joined)


def same_day(mine: str, theirs: str, zone: ZoneInfo) -> bool:
    """Moments on one day of the plant's calendar: one system keeps the day, the other a time of it."""
    first, second = (datetime.fromisoformat(moment).astimezone(zone).date() for moment in (mine, theirs))
    return first == second


def both_closed(mine: str, theirs: str, zone: ZoneInfo) -> bool:
    """Statuses: whether the work is done or not. What lies between is named differently everywhere."""
    return (mine in CLOSED) == (theirs in CLOSED)
