"""Rows → records, by the rules of a declaration. Pure: the same row gives the same records."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sync.connectors.base import Payload
from sync.connectors.declared import values
from sync.connectors.declared.expressions import Scope, field_of, filled_text, find, truthy
from sync.connectors.declared.records import NestedRule, RecordRule
from sync.connectors.declared.shapes import Shape, shapes
from sync.errors import BadRow
from sync.records import RECORD_OF, Record

LONGEST_KEY = 120


def make(rules: Sequence[RecordRule], key: str, payload: Payload) -> list[Record]:
    """All records a row gives.

    Args:
        key: the row's own external key.

    Raises:
        BadRow: one of them cannot be made, so none is.
    """
    return [record for rule in rules for record in _records(rule, key, payload)]


def _records(rule: RecordRule, key: str, payload: Payload) -> Iterator[Record]:
    record = RECORD_OF[rule.kind]
    for scope in scopes(rule.each, rule.when, payload):
        own = key_of(rule, key, scope)
        yield record(external_key=own, **_fields(record, rule.fields, scope))


def scopes(each: str | None, when: str | None, scope: Scope) -> Iterator[Scope]:
    """What expressions start from: the row, or each item of a list in it."""
    if each is None:
        found: list[Scope] = [scope]
    else:
        found = [_item(item, index, scope) for index, item in enumerate(_items(each, scope))]
    return (one for one in found if when is None or truthy(when, one))


def _items(each: str, scope: Scope) -> list[Any]:
    items = find(each, scope)
    if items is None:
        return []
    if not isinstance(items, list):
        raise BadRow(f"{each}: wanted a list, found {items!r:.60}", field=field_of(each))
    return items


def _item(item: Any, index: int, row: Scope) -> Scope:
    own = item if isinstance(item, Mapping) else {"item": item}
    return {**own, "row": row.get("row", row), "index": index}


def key_of(rule: RecordRule, row_key: str, scope: Scope) -> str:
    if rule.key is None:
        return row_key if rule.each is None else f"{row_key}.{rule.kind}{scope['index']}"
    key = filled_text(rule.key, scope)
    if not key or len(key) > LONGEST_KEY:
        raise BadRow(f"{rule.key} gives no key of at most {LONGEST_KEY} characters: {key!r:.60}")
    return key


def _fields(record: type, rules: Any, scope: Scope) -> dict[str, Any]:
    return {shape.name: _field(shape, getattr(rules, shape.name), scope) for shape in shapes(record).values()}


def _field(shape: Shape, rule: Any, scope: Scope) -> Any:
    if shape.is_ref:
        return values.reference(shape, rule, scope)
    if shape.many and shape.is_nested:
        return tuple(_parts(shape, rule, scope))
    return values.codes(rule, scope) if shape.many else values.typed(shape, rule, scope)


def _parts(shape: Shape, rule: NestedRule | None, scope: Scope) -> Iterator[Any]:
    if rule is None:
        return
    for one in scopes(rule.each, rule.when, scope):
        yield shape.plain(**_fields(shape.plain, rule.fields, one))
