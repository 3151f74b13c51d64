"""Rows of one simulated Odoo model, kept by column so that 100,000 of them are searched in milliseconds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from time import gmtime, strftime
from typing import Any

Fields = dict[str, dict[str, Any]]
NUMBERS: Mapping[str, Any] = {"integer": 0, "float": 0.0, "monetary": 0.0, "boolean": False}


@lru_cache(maxsize=1)
def real_fields() -> dict[str, Fields]:
    """Field metadata per model as a real Odoo 19 Community server gives it, trimmed."""
    text = (Path(__file__).parent / "odoo_fields.json").read_text(encoding="utf-8")
    fields: dict[str, Fields] = json.loads(text)
    return fields


@lru_cache(maxsize=65536)
def stamp(epoch: int) -> str:
    """Odoo's wire form of a datetime: UTC, whole seconds, no zone."""
    return strftime("%Y-%m-%d %H:%M:%S", gmtime(epoch))


def day_of(epoch: int) -> str:
    return strftime("%Y-%m-%d", gmtime(epoch))


def inner(value: Any) -> Any:
    """A value as the store keeps it: datetimes as epoch seconds, empty as None."""
    if isinstance(value, datetime):
        return int(value.astimezone(UTC).timestamp())
    return value


class Table:
    """Columns of equal length. Datetimes are epoch seconds, many2one bare ids, empty is None.

    Only the columns named at creation exist; every other real field of the model is empty on the wire.
    """

    def __init__(self, model: str, columns: Iterable[str]) -> None:
        self.model = model
        self.fields = real_fields()[model]
        names = ("id", *columns, "create_date", "write_date")
        if unknown := [name for name in names if name not in self.fields]:
            raise ValueError(f"{model} has no field {unknown}")
        self.columns: dict[str, list[Any]] = {name: [] for name in names}
        self.position: dict[int, int] = {}
        self._blank = {name: self.empty(name) for name in names}
        self._last_id = 0

    def __len__(self) -> int:
        return len(self.position)

    @property
    def ids(self) -> list[int]:
        return self.columns["id"]

    def empty(self, field: str) -> Any:
        """What an unset field holds: 0 for numbers, () for x2many, None (False on the wire) for the rest."""
        kind = self.fields[field]["type"]
        if kind in ("one2many", "many2many"):
            return ()
        return NUMBERS.get(kind)

    def add(self, at: int, **values: Any) -> int:
        """Creates a row stamped `at` and returns its id."""
        self._last_id += 1
        row_id = self._last_id
        self.position[row_id] = len(self.position)
        row = {**self._blank, "create_date": at, "write_date": at, **values, "id": row_id}
        for name, column in self.columns.items():
            column.append(row[name])
        return row_id

    def get(self, row_id: int, field: str) -> Any:
        return self.columns[field][self.position[row_id]]

    def set(self, row_id: int, at: int, **values: Any) -> None:
        """Changes a row; `at` becomes its write_date."""
        position = self.position[row_id]
        for name, value in values.items():
            self.columns[name][position] = inner(value)
        self.columns["write_date"][position] = at

    def row(self, row_id: int) -> dict[str, Any]:
        position = self.position[row_id]
        return {name: column[position] for name, column in self.columns.items()}

    def delete(self, row_id: int) -> None:
        """Removes a row without a trace, as Odoo's unlink does."""
        position = self.position.pop(row_id)
        for column in self.columns.values():
            del column[position]
        self.position = {each: index for index, each in enumerate(self.ids)}
