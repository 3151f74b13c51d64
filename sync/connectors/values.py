"""Values that mean the same in every JSON source: text, codes, numbers."""

import math
from collections.abc import Callable
from datetime import datetime

from sync.connectors.base import Payload
from sync.errors import BadRow


def text(row: Payload, field: str) -> str:
    value = row.get(field)
    return value.strip() if isinstance(value, str) else ""


def codes(row: Payload, *fields: str) -> tuple[str, ...]:
    """The non-empty ones of these fields, once each."""
    return tuple(dict.fromkeys(value for value in (text(row, field) for field in fields) if value))


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
