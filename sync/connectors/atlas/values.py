"""Atlas's value shapes: null for empty, two date formats, nested objects for references."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from sync.connectors import values
from sync.connectors.base import Payload
from sync.connectors.values import codes as codes
from sync.connectors.values import moment as moment
from sync.connectors.values import number as number
from sync.connectors.values import parsed as parsed
from sync.connectors.values import text as text
from sync.errors import BadRow
from sync.records import Kind, Ref

T = TypeVar("T")


def number_or_none(row: Payload, field: str) -> float | None:
    return None if row.get(field) is None else number(row, field)


def needed_moment(row: Payload, field: str) -> datetime:
    return values.needed_moment(row, field, moment)


def linked(row: Payload, field: str) -> int:
    """Id of a nested object; 0 when null or malformed. For completing rows: judging them is the mapping's."""
    value = row.get(field)
    found = value.get("id") if isinstance(value, dict) else None
    return found if type(found) is int else 0


def ref(row: Payload, field: str, kind: Kind, model: str) -> Ref | None:
    value = row.get(field)
    if value is None:
        return None
    one = linked(row, field)
    if not one:
        raise BadRow(f"{field} should be an object with an id, found {value!r}", field=field)
    return Ref(kind=kind, key=f"{model}/{one}", label=name_of(value))


def name_of(value: Mapping[str, Any]) -> str:
    person = f"{value.get('firstName') or ''} {value.get('lastName') or ''}".strip()
    return str(value.get("name") or person)


def choice(row: Payload, field: str, known: Mapping[str, T]) -> T:
    """What a constant means; an unknown one is never read as a default."""
    value = row.get(field)
    if not isinstance(value, str) or value not in known:
        raise BadRow(f"{field} should be one of {', '.join(known)}, found {value!r}", field=field)
    return known[value]
