"""Atlas CMMS's SearchCriteria: filters, sorting and the Spring page around the result."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sync.sandbox.atlas_store import RELATIONS, Atlas, Record

DATES = frozenset({"createdAt", "updatedAt", "completedOn", "dueDate", "estimatedStartDate", "inServiceDate",
                   "warrantyExpirationDate", "nextWorkOrderDate", "startsOn", "startedAt",
                   "date"})  # fmt: skip
FORBIDDEN = ("password", "secret", "token")
OPERATIONS = ("cn", "nc", "eq", "ne", "bw", "bn", "ew", "en", "nu", "nn", "gt", "ge", "lt", "le", "in", "inm")


class AtlasError(Exception):
    """Answered as {"success": false, "message": ...} with this status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


Test = Callable[[Record], bool]


def search(atlas: Atlas, resource: str, criteria: dict[str, Any]) -> tuple[list[Record], dict[str, Any]]:
    """The records of one page and its envelope without content.

    Raises:
        AtlasError: 400 for an unknown field, 500 where the real server fails on a date it does not convert.
    """
    tests = [_test(atlas, resource, each) for each in criteria.get("filterFields") or []]
    found = [record for record in atlas[resource].values() if all(test(record) for test in tests)]
    field = criteria.get("sortField") or "id"
    _check_field(atlas, resource, field)
    descending = criteria.get("direction", "ASC") == "DESC"
    found.sort(key=lambda record: _sort_key(_value(atlas, resource, record, field)), reverse=descending)
    number, size = int(criteria.get("pageNum", 0)), int(criteria.get("pageSize", 10))
    if size < 1 or number < 0:
        raise AtlasError(400, "Page size must not be less than one")
    content = found[number * size : (number + 1) * size]
    return content, _envelope(len(found), number, size, len(content))


def _envelope(total: int, number: int, size: int, count: int) -> dict[str, Any]:
    pages = -(-total // size)
    sort = {"sorted": True, "unsorted": False, "empty": False}
    pageable = {"pageNumber": number, "pageSize": size, "sort": sort, "offset": number * size, "paged": True,
                "unpaged": False}  # fmt: skip
    return {"pageable": pageable, "last": number >= pages - 1, "totalElements": total, "totalPages": pages,
            "size": size, "number": number, "sort": sort, "first": number == 0, "numberOfElements": count,
            "empty": count == 0}  # fmt: skip


def _sort_key(value: Any) -> tuple[bool, Any]:
    return (value is None, 0 if value is None else value)


def _check_field(atlas: Atlas, resource: str, field: str) -> None:
    """Walks a dotted path over the entities' relations."""
    name, _, rest = field.partition(".")
    sample = next(iter(atlas[resource].values()), {})
    if any(word in name.lower() for word in FORBIDDEN) or (sample and name not in sample):
        raise AtlasError(400, f"Invalid search field: {field}")
    target = RELATIONS.get(resource, {}).get(name)
    if rest and rest != "id" and target is None:
        raise AtlasError(400, f"Invalid search field: {field}")
    if rest and target:
        _check_field(atlas, target, rest)


def _value(atlas: Atlas, resource: str, record: Record, field: str) -> Any:
    name, _, rest = field.partition(".")
    value = record.get(name)
    if not rest or value is None or rest == "id":
        return value
    target = RELATIONS[resource][name]
    related = atlas[target].get(value)
    return _value(atlas, target, related, rest) if related else None


def _test(atlas: Atlas, resource: str, given: dict[str, Any]) -> Test:
    """One filter or any of its alternatives."""
    tests = [_single(atlas, resource, each) for each in (given, *(given.get("alternatives") or []))]
    return tests[0] if len(tests) == 1 else lambda record: any(test(record) for test in tests)


def _single(atlas: Atlas, resource: str, given: dict[str, Any]) -> Test:
    field, operation = str(given.get("field")), given.get("operation")
    _check_field(atlas, resource, field)
    if operation not in OPERATIONS:
        raise AtlasError(500, f"No enum constant SearchOperation.{operation}")
    last = field.rsplit(".", 1)[-1]
    wanted = _dates(last, str(operation), given) if last in DATES else _wanted(given)
    matches = MATCH[operation]
    return lambda record: matches(_value(atlas, resource, record, field), wanted)


def _wanted(given: dict[str, Any]) -> Any:
    values = given.get("values") or []
    return values if given.get("operation") in ("in", "inm") else given.get("value")


def _dates(field: str, operation: str, given: dict[str, Any]) -> int | None:
    """Only `ge` and `le` marked JS_DATE convert; the text must look like JavaScript's toISOString."""
    if operation in ("nu", "nn"):
        return None
    if operation not in ("ge", "le") or given.get("enumName") != "JS_DATE":
        raise AtlasError(500, f"Cannot compare {field} with text")
    try:
        moment = datetime.strptime(f"{given.get('value')}+0000", "%Y-%m-%dT%H:%M:%S.%fZ%z")
    except ValueError:
        return None
    return int(moment.timestamp())


def _plain(value: Any) -> str:
    text = unicodedata.normalize("NFKD", str(value).lower())
    return "".join(letter for letter in text if not unicodedata.combining(letter))


def _compare(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda value, wanted: value is not None and wanted is not None and test(value, wanted)


def _text(test: Callable[[str, str], bool], *, negate: bool = False) -> Callable[[Any, Any], bool]:
    return lambda value, wanted: value is not None and test(_plain(value), _plain(wanted)) is not negate


def _equal(value: Any, wanted: Any) -> bool:
    return bool(value == wanted or (value is not None and str(value) == str(wanted)))


MATCH: dict[str, Callable[[Any, Any], bool]] = {
    "cn": _text(lambda a, b: b in a),
    "nc": _text(lambda a, b: b in a, negate=True),
    "bw": _text(str.startswith),
    "bn": _text(str.startswith, negate=True),
    "ew": _text(str.endswith),
    "en": _text(str.endswith, negate=True),
    "eq": _equal,
    "ne": lambda value, wanted: not _equal(value, wanted),
    "nu": lambda value, _: value is None,
    "nn": lambda value, _: value is not None,
    "gt": _compare(lambda a, b: a > b),
    "ge": _compare(lambda a, b: a >= b),
    "lt": _compare(lambda a, b: a < b),
    "le": _compare(lambda a, b: a <= b),
    "in": lambda value, wanted: any(_equal(value, each) for each in wanted),
    "inm": lambda value, wanted: any(_equal(each, one) for each in value or () for one in wanted),
}
