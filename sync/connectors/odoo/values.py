"""Odoo's value shapes: False for empty, [id, label] for a reference, UTC text for a moment."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

from sync.connectors import values
from sync.connectors.base import Payload
from sync.connectors.values import codes as codes
from sync.connectors.values import number as number
from sync.connectors.values import text as text
from sync.errors import BadRow
from sync.records import Kind, Ref

T = TypeVar("T")
KEPT = 10_000
LARGEST_ID = 2**31 - 1  # a PostgreSQL integer
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


def flag(row: Payload, field: str, *, default: bool) -> bool:
    value = row.get(field, default)
    if not isinstance(value, bool):
        raise BadRow(f"{field} should be true or false, found {value!r}", field=field)
    return value


def moment(row: Payload, field: str) -> datetime | None:
    """An aware UTC time; None when empty."""
    value = row.get(field)
    if not value:
        return None
    try:
        return _moment(str(value))
    except ValueError:
        raise BadRow(
            f"{field} should be a time like 2026-01-31 08:00:00, found {value!r}", field=field
        ) from None


# One line's end is often the next one's start. Ten times as fast as strptime even when it is not.
@lru_cache(maxsize=KEPT)
def _moment(text: str) -> datetime:
    if not MOMENT.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text + "+00:00")


def needed_moment(row: Payload, field: str) -> datetime:
    return values.needed_moment(row, field, moment)


def day(row: Payload, field: str) -> date | None:
    value = row.get(field)
    if not value:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise BadRow(f"{field} should be a date like 2026-01-31, found {value!r}", field=field) from None


def link(row: Payload, field: str) -> tuple[int, str] | None:
    """Id and label of a many2one; None when empty."""
    value = row.get(field)
    if not value:
        return None
    if isinstance(value, list) and len(value) == 2 and type(value[0]) is int and 0 < value[0] <= LARGEST_ID:
        return value[0], str(value[1])
    raise BadRow(f"{field} should be a reference like [12, 'name'], found {value!r}", field=field)


def linked(row: Payload, field: str) -> int:
    """Id of a many2one; 0 when empty or malformed. For completing rows: judging them is the mapping's."""
    value = row.get(field)
    if isinstance(value, list) and value and type(value[0]) is int:
        return value[0]
    return 0


def label(row: Payload, field: str) -> str:
    found = link(row, field)
    return found[1] if found else ""


def ref(row: Payload, field: str, kind: Kind, model: str) -> Ref | None:
    found = link(row, field)
    return _ref(kind, model, *found) if found else None


# A few machines and reasons are named by thousands of rows; one object for each is also compared faster.
@lru_cache(maxsize=KEPT)
def _ref(kind: Kind, model: str, number: int, label: str) -> Ref:
    return Ref(kind, f"{model}/{number}", label=label)


def needed_ref(row: Payload, field: str, kind: Kind, model: str) -> Ref:
    found = ref(row, field, kind, model)
    if found is None:
        raise BadRow(f"{field} is empty; a reference to {model} is needed", field=field)
    return found


def choice(row: Payload, field: str, known: Mapping[Any, T]) -> T:
    """What a selection's key means; an unknown key is never read as a default."""
    value = row.get(field)
    if not isinstance(value, str | bool) or value not in known:
        wanted = ", ".join(str(key) for key in known)
        raise BadRow(f"{field} should be one of {wanted}, found {value!r}", field=field)
    return known[value]
