"""Atlas's searches, read by ascending id so that rows which come or go meanwhile displace nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sync.connectors.atlas import faults
from sync.connectors.atlas.client import AtlasClient
from sync.connectors.atlas.spec import JSON_TYPES
from sync.connectors.atlas.values import parsed
from sync.connectors.base import Payload, StreamSpec
from sync.errors import SchemaDrift

PAGE = 500
SAMPLE = 20
Filter = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    rows: list[Payload]
    total: int
    more: bool


def changed_since(since: datetime) -> Filter:
    """Atlas reads the text in its own time zone, whatever the Z says: only use it with a wide overlap."""
    return _from("updatedAt", since)


def completed_since(since: datetime) -> Filter:
    return _from("completedOn", since)


def between(field: str, first: datetime, last: datetime) -> list[Filter]:
    """Rows from ``first`` to ``last``, both included; Atlas knows no other bounds of times."""
    return [_from(field, first), _from(field, last, "le")]


def _from(field: str, since: datetime, operation: str = "ge") -> Filter:
    value = since.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"field": field, "operation": operation, "enumName": "JS_DATE", "value": value}


def search(
    client: AtlasClient,
    path: str,
    filters: Sequence[Filter] = (),
    *,
    after: int = 0,
    size: int = PAGE,
    newest_first: bool = False,
    share: float = 1.0,
) -> Found:
    """One page of rows with an id above ``after``."""
    above = [{"field": "id", "operation": "gt", "value": after}] if after else []
    body = {
        "filterFields": [*filters, *above],
        "direction": "DESC" if newest_first else "ASC",
        "pageNum": 0,
        "pageSize": size,
        "sortField": "id",
    }
    answer = faults.must_be(dict, client.post(path, body, share=share), client.base)
    content = faults.must_be(list, answer.get("content"), client.base)
    if not all(has_id(row) for row in content):
        raise SchemaDrift(path.strip("/"), ["id: expected integer, found a row without one"])
    rows = {int(row["id"]): row for row in content}  # a row may come twice
    more = len(content) >= size and answer.get("last") is not True
    return Found([rows[one] for one in sorted(rows)], int(answer.get("totalElements") or 0), more)


def has_id(row: Any) -> bool:
    return isinstance(row, dict) and type(row.get("id")) is int


def pages(
    client: AtlasClient, path: str, filters: Sequence[Filter] = (), *, after: int = 0, size: int = PAGE
) -> Iterator[Found]:
    """All pages from ``after`` on; the last one has ``more`` False."""
    while True:
        found = search(client, path, filters, after=after, size=size)
        yield found
        if not found.more:
            return
        after = int(found.rows[-1]["id"])


def check_fields(spec: StreamSpec, rows: list[Payload], *, types: bool = False) -> None:
    """Raise ``SchemaDrift`` for a field that no row has, or (``types``) that has a wrong type in every row.

    Atlas always writes every property, null or not. A single odd row is for the exception queue.
    """
    problems = [
        problem for name, wanted in spec.fields.items() if (problem := _problem(rows, name, wanted, types))
    ]
    if problems:
        raise SchemaDrift(spec.model, problems)


def _problem(rows: list[Payload], name: str, wanted: str, types: bool) -> str:
    if rows and not any(name in row for row in rows):
        return f"{name}: expected {wanted}, found no such field"
    filled = [row[name] for row in rows if row.get(name) is not None]
    if types and filled and not any(_fits(value, wanted) for value in filled):
        return f"{name}: expected {wanted}, found {filled[0]!r:.40}"
    return ""


def _fits(value: object, wanted: str) -> bool:
    if isinstance(value, bool) and wanted != "boolean":
        return False
    return isinstance(value, JSON_TYPES[wanted]) and (wanted != "time" or parsed(value) is not None)


def lower_bound(since: str, overlap: timedelta) -> datetime | None:
    at = parsed(since)
    return at - overlap if at else None


def latest(rows: list[Payload], so_far: str) -> str:
    """The largest ``updatedAt`` seen, as text that goes into a cursor."""
    times = [at for at in (parsed(so_far), *(parsed(row.get("updatedAt")) for row in rows)) if at]
    return max(times).isoformat() if times else ""
