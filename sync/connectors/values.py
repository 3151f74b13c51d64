"""Values that mean the same in every JSON source: text, codes, numbers, times as ISO 8601 writes them."""

import math
from collections.abc import Callable
from datetime import UTC, datetime

from sync.connectors.base import Payload
from sync.errors import BadRow


def text(row: Payload, field: str) -> str:
    value = row.get(field)
    return value.strip() if isinstance(value, str) else ""


def codes(row: Payload, *fields: str) -> tuple[str, ...]:
    """The non-empty ones of these fields, once each."""
    return tuple(dict.fromkeys(value for value in (text(row, field) for field in fields) if value))


def moment(row: Payload, field: str) -> datetime | None:
    """An aware UTC time from ``…+00:00`` or ``…Z``; None when null."""
    value = row.get(field)
    if value is None:
        return None
    found = parsed(value)
    if found is None:
        raise BadRow(f"{field} should be a time with its zone, found {value!r}", field=field)
    return found


def parsed(value: object) -> datetime | None:
    """The time in ``value``, or None when it is none; a time without a zone is none either."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        return found.astimezone(UTC) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def needed_moment(row: Payload, field: str, read: Callable[[Payload, str], datetime | None]) -> datetime:
    """A time as ``read`` finds it, that may not be empty."""
    value = read(row, field)
    if value is None:
        raise BadRow(f"{field} is empty; a time is needed", field=field)
    return value


def number(row: Payload, field: str) -> float:
    value = row.get(field)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadRow(f"{field} should be a number, found {value!r}", field=field)
    return float(value)
