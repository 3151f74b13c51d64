"""The names of row fields that rules start from, as far as they are plain to see."""

from collections.abc import Collection, Iterator
from typing import Any

from pydantic import BaseModel

from sync.connectors.declared.expressions import PLACEHOLDER, field_of
from sync.connectors.declared.records import NestedRule, RecordRule
from sync.connectors.declared.rules import FieldRule, RefRule


def unknown_names(stream: BaseModel, known: Collection[str]) -> set[str]:
    """Names the stream's rules use that its rows do not have."""
    return {name for name in _names(stream) if name not in known}


def _names(part: Any) -> Iterator[str]:
    """Below an ``each`` names are those of the items, which nothing declares."""
    if isinstance(part, list | tuple):
        for one in part:
            yield from _names(one)
        return
    if not isinstance(part, BaseModel):
        return
    yield from _own(part)
    if isinstance(part, RecordRule | NestedRule) and part.each is not None:
        return
    for name in type(part).model_fields:
        yield from _names(getattr(part, name))


def _own(part: BaseModel) -> Iterator[str]:
    if isinstance(part, FieldRule):
        paths = (field_of(path or "") for path in (part.from_, part.when))
        yield from filter(None, [part.column, *paths, *in_template(part.template)])
    elif isinstance(part, RefRule):
        yield from in_template(part.key)
    elif isinstance(part, RecordRule | NestedRule):
        yield from filter(None, [field_of(part.each or "")])
        if part.each is None and isinstance(part, RecordRule):
            yield from [*in_template(part.key), *filter(None, [field_of(part.when or "")])]


def in_template(template: str | None) -> list[str]:
    return [name for one in PLACEHOLDER.findall(template or "") if (name := field_of(one))]
