"""The named transforms a declaration may use: small pure functions from a raw value to a better one.

Each is called with a value that is not null, and raises ValueError, whose message says what was wanted.
"""

import html
import math
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sync.connectors.declared.expressions import plain_text

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400
MATCHED = 10_000  # characters a regular expression is tried on: texts come from strangers
TRUE = ("true", "yes", "y", "1", "on", "x")
FALSE = ("false", "no", "n", "0", "off")
Value = Any


def text(value: Value) -> str:
    found = plain_text(value)
    if found is None:
        raise ValueError(f"wanted a text, found {value!r:.60}")
    return found


def upper(value: Value) -> str:
    return text(value).upper()


def lower(value: Value) -> str:
    return text(value).lower()


def slug(value: Value) -> str:
    """Small letters and digits joined by hyphens, as the codes of the standard reasons are."""
    return re.sub(r"[^a-z0-9]+", "-", text(value).lower()).strip("-")


def number(value: Value, *, decimal: str = ".", thousands: str = "") -> float:
    """A number, also as text, such as ``1.234,5`` with ``decimal: ","`` and ``thousands: "."``."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        found = float(value)
    else:
        plain = text(value).replace("\u00a0", "").replace(" ", "")
        plain = plain.replace(thousands, "") if thousands else plain
        if not re.fullmatch(r"[+-]?(\d+%s?\d*|%s\d+)([eE][+-]?\d+)?" % ((re.escape(decimal),) * 2), plain):
            raise ValueError(f"wanted a number, found {value!r:.60}")
        found = float(plain.replace(decimal, "."))
    if not math.isfinite(found):
        raise ValueError(f"wanted a number, found {value!r:.60}")
    return found


def scale(value: Value, *, by: float) -> float:
    return number(value) * by


def cents(value: Value) -> float:
    """Hundredths of a currency's unit to the unit."""
    return number(value) / 100


def clock_to_s(value: Value) -> float:
    """``1:30`` (hours and minutes) or ``1:30:15`` to seconds."""
    found = re.fullmatch(r"(\d+):([0-5]\d)(?::([0-5]\d(?:\.\d+)?))?", text(value))
    if not found:
        raise ValueError(f"wanted hours and minutes such as 1:30, found {value!r:.60}")
    hours, minutes, seconds = found.groups(default="0")
    return int(hours) * HOUR_S + int(minutes) * MINUTE_S + float(seconds)


def iso_datetime(value: Value, *, zone: str = "") -> datetime:
    """A time as ISO 8601 has it. ``zone`` is that of times which do not say."""
    try:
        found = datetime.fromisoformat(text(value))
    except ValueError as error:
        raise ValueError(f"wanted a time such as 2026-03-01T08:00:00Z, found {value!r:.60}") from error
    return _in_utc(found, zone)


def formatted_datetime(value: Value, *, format: str | Sequence[str], zone: str = "") -> datetime:  # noqa: A002
    """A time in one of the formats, as ``strptime`` writes them."""
    formats = [format] if isinstance(format, str) else list(format)
    for one in formats:
        try:
            return _in_utc(datetime.strptime(text(value), one), zone)  # noqa: DTZ007 made aware below
        except ValueError as error:
            if "needs its zone" in str(error):
                raise
    raise ValueError(f"wanted a time as {' or '.join(formats)}, found {value!r:.60}")


def _in_utc(found: datetime, zone: str) -> datetime:
    if found.tzinfo is None and not zone:
        raise ValueError(f"{found} needs its zone: declare `zone:` with the transform")
    try:
        return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{found} is no time we can reckon with") from error


def epoch_s(value: Value) -> datetime:
    """Seconds since 1970."""
    seconds = number(value)
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except OverflowError as error:
        raise ValueError(f"wanted seconds since 1970, found {value!r:.60}") from error


def epoch_ms(value: Value) -> datetime:
    """Milliseconds since 1970."""
    return epoch_s(number(value) / 1000)


def json_date(value: Value) -> datetime:
    """``/Date(1767225600000)/``, as OData 2 writes times."""
    found = re.fullmatch(r"/Date\((-?\d+)([+-]\d+)?\)/", text(value))
    if not found:
        raise ValueError(f"wanted a time such as /Date(1767225600000)/, found {value!r:.60}")
    return epoch_ms(int(found.group(1)))


def day(value: Value, *, format: str = "") -> date:  # noqa: A002
    """A day: ISO 8601 (the day of a time too), or in ``format``."""
    try:
        if format:
            return datetime.strptime(text(value), format).date()  # noqa: DTZ007 a day has no zone
        return date.fromisoformat(text(value)[:10])
    except ValueError as error:
        raise ValueError(f"wanted a day as {format or '2026-03-01'}, found {value!r:.60}") from error


def join(value: Value, *, by: str = " ") -> str:
    """The filled ones of a list's values, as one text."""
    parts = value if isinstance(value, list) else [value]
    return by.join(part for part in (plain_text(one) for one in parts) if part)


def split(value: Value, *, by: str = ",", take: int = 0) -> str | None:
    """One part of a text; None when it has no such part."""
    parts = [part.strip() for part in text(value).split(by)]
    return parts[take] if -len(parts) <= take < len(parts) else None


def first(value: Value) -> Value:
    """The first of a list, None of an empty one; anything else is left as it is."""
    return (value[0] if value else None) if isinstance(value, list) else value


def extract(value: Value, *, pattern: str, group: int = 1) -> str | None:
    """What a regular expression's group found; None where it found nothing."""
    found = re.search(pattern, text(value)[:MATCHED])
    return found.group(group) if found else None


def truth(value: Value, *, true: Sequence[str] = TRUE, false: Sequence[str] = FALSE) -> bool:
    """Yes or no, in words of any case; a word of neither list is refused."""
    word = text(value).lower()
    if word in {one.lower() for one in true}:
        return True
    if word in {one.lower() for one in false}:
        return False
    raise ValueError(f"wanted one of {', '.join([*true, *false])}; found {value!r:.60}")


def negated(value: Value) -> bool:
    return not truth(value)


def html_to_text(value: Value) -> str:
    plain = re.sub(r"(?is)<(script|style)\b.*?</\1\s*>|<[^>]*>", " ", text(value))
    return " ".join(html.unescape(plain).split())


Transform = Callable[..., Any]
TRANSFORMS: dict[str, Transform] = {
    "text": text,
    "strip": text,
    "upper": upper,
    "lower": lower,
    "slug": slug,
    "number": number,
    "decimal_comma": partial(number, decimal=",", thousands="."),
    "scale": scale,
    "cents": cents,
    "ms_to_s": partial(scale, by=0.001),
    "minutes_to_s": partial(scale, by=MINUTE_S),
    "hours_to_s": partial(scale, by=HOUR_S),
    "days_to_s": partial(scale, by=DAY_S),
    "clock_to_s": clock_to_s,
    "iso_datetime": iso_datetime,
    "datetime": formatted_datetime,
    "epoch_s": epoch_s,
    "epoch_ms": epoch_ms,
    "json_date": json_date,
    "date": day,
    "join": join,
    "split": split,
    "first": first,
    "regex": extract,
    "bool": truth,
    "not": negated,
    "html_to_text": html_to_text,
}
