"""Whose value a canonical row takes, field by field, of all that sources say of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from sync.load.fields import FIELDS, Field, Values, field_of
from sync.ownership import Owners
from sync.records import Kind


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What one record of a source says of a canonical row."""

    source_id: int
    source: str
    external_key: str
    values: Values

    def says(self, field: Field) -> bool:
        """Whether it says something of a field."""
        return self.values.get(field.on_row) not in field.empty


def chosen(field: Field, kind: Kind, said: Sequence[Said], base: Said | None, owners: Owners) -> Said | None:
    """The record whose value of a field a row takes; None: none decides, so the row stays as it is.

    Args:
        base: the record the row follows.
    """
    ruling = field_of(kind, field.goes_with) if field.goes_with else field
    owner = owners.of_field(kind, ruling.name, ruling.owner)
    found = next((one for one in said if one.source_id == owner and one.says(ruling)), None)
    if found is None and base is not None and field.on_row in base.values:
        found = base if base.says(field) or not field.keeps else None
    if found is None and field.anyone:
        found = next((one for one in said if one.says(field)), None)
    return found


def columns(
    kind: Kind, model: type[models.Model], said: Sequence[Said], base: Said | None, owners: Owners
) -> dict[str, Any]:
    """Column values a row takes of what all sources say of it."""
    values: dict[str, Any] = {}
    for field in FIELDS[kind]:
        one = chosen(field, kind, said, base, owners)
        if one is not None:
            values[field.on_row] = _fitting(model, field, field.of_json(one.values[field.on_row]))
    return values


def _fitting(model: type[models.Model], field: Field, value: Any) -> Any:
    """Texts are for people: a source may have longer ones than a column takes."""
    if not isinstance(value, str):
        return value
    longest: int | None = getattr(model._meta.get_field(field.on_row), "max_length", None)
    return value[:longest]
