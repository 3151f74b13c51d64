"""Numbers, dates and times as a reader's language writes them; the words around them stay English.

The locale holds for what runs now: a request, a mail, a paper. What machines read (API, CSV, values of
inputs) is written without it. Symbols and patterns are of CLDR, by Babel. Of the clock all four languages
write 24 hours with a colon.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import cache

from babel import Locale, negotiate_locale
from babel.dates import format_date, format_interval, format_skeleton
from babel.numbers import get_decimal_symbol, get_group_symbol
from django.conf import settings

ENGLISH = "en"
LOCALES = {ENGLISH: "English", "de": "German", "fr": "French", "es": "Spanish"}
EXAMPLE = date(2026, 11, 24)

# A day's parts (a CLDR skeleton), and how English here orders them: British, without commas.
PATTERNS = {
    "yMMMd": "d MMM y",
    "yMMMEd": "E d MMM y",
    "MMMEd": "E d MMM",
    "MMMd": "d MMM",
    "yMMM": "MMM y",
    "yMMMM": "MMMM y",
    "MMM": "MMM",
    "E": "E",
    "full": "EEEE d MMMM y",
}

_chosen: ContextVar[Callable[[], str] | None] = ContextVar("locale", default=None)


def locale() -> str:
    """The key of ``LOCALES`` that holds now; that of the installation where nobody chose."""
    chosen = _chosen.get()
    return chosen() if chosen else settings.LOCALE


@contextmanager
def using(choose: Callable[[], str] | str) -> Iterator[None]:
    """Within it, what ``choose`` gives holds; asked at the first use, once. "" is the installation's."""
    token = _chosen.set(_once(choose))
    try:
        yield
    finally:
        _chosen.reset(token)


def _once(choose: Callable[[], str] | str) -> Callable[[], str]:
    return cache(lambda: known(choose if isinstance(choose, str) else choose()))


def known(name: str) -> str:
    """The name, if it is a key of ``LOCALES``; else the installation's locale."""
    return name if name in LOCALES else settings.LOCALE


def accepted(header: str) -> str:
    """The first locale a browser's ``Accept-Language`` wants and we have; "" for none."""
    wanted = sorted((_weighed(part) for part in header.split(",")), key=lambda pair: -pair[1])
    names = [name.strip().replace("-", "_") for name, weight in wanted if weight > 0]
    return negotiate_locale(names, list(LOCALES)) or ""


def _weighed(part: str) -> tuple[str, float]:
    """A part ``de-CH;q=0.8`` as name and weight; of what makes no sense the weight is 0."""
    name, _, weight = part.partition(";q=")
    try:
        return name, float(weight or 1)
    except ValueError:
        return name, 0.0


def number(value: float | Decimal, digits: int = 0, *, sign: bool = False) -> str:
    """Grouped by thousands, with so many decimals. ``sign``: also +, and a true minus."""
    return symbols(f"{value:+,.{digits}f}".replace("-", "−") if sign else f"{value:,.{digits}f}")


def symbols(english: str) -> str:
    """A number as Python writes it, with the locale's decimal sign and thousands separator."""
    return english.translate(_table(locale()))


def separators() -> str:
    """Decimal sign and thousands separator, as plotly takes them."""
    return symbols(".,")


def space() -> str:
    """What stands between a number and its unit."""
    return " " if locale() == ENGLISH else "\u00a0"


@cache
def _table(name: str) -> dict[int, str]:
    return str.maketrans({".": get_decimal_symbol(name), ",": get_group_symbol(name)})


def day(value: date, parts: str = "yMMMd") -> str:
    """A date with those of its parts that a key of ``PATTERNS`` names."""
    name = locale()
    if name == ENGLISH:
        return format_date(value, PATTERNS[parts], name)
    if parts in Locale.parse(name).datetime_skeletons:
        return format_skeleton(parts, _noon(value), locale=name)
    return format_date(value, parts if parts == "full" else PATTERNS[parts], name)


def moment(at: datetime, *, seconds: bool = False) -> str:
    """Date and time of day, in the zone that ``at`` has."""
    return f"{day(at)}, {at:%H:%M:%S}" if seconds else f"{day(at)}, {at:%H:%M}"


def days(first: date, last: date) -> str:
    """A span of days, without saying anything twice where the language allows."""
    if locale() != ENGLISH:
        return format_interval(_noon(first), _noon(last), "yMMMd", locale=locale())
    start = day(first) if first.year != last.year else day(first, "MMMd")
    return f"{first.day if (first.year, first.month) == (last.year, last.month) else start} – {day(last)}"


def _noon(value: date) -> datetime:
    """The day alone: Babel would turn an aware time into UTC first."""
    return datetime(value.year, value.month, value.day, 12)  # noqa: DTZ001 shown without any zone
