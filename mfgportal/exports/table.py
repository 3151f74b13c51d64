"""What a file holds, whatever its format."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Kind = Literal["text", "number", "integer", "flag", "day", "moment"]
Row = Mapping[str, Any]


class Column(NamedTuple):
    """A named column of one kind; ``of`` takes its value out of a row; None: there is none."""

    name: str
    kind: Kind
    of: Callable[[Row], Any]


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` are read once. ``about``: what the numbers are of, by name."""

    name: str
    columns: Sequence[Column]
    rows: Iterator[Row]
    about: Sequence[tuple[str, str]]

    def cells(self) -> Iterator[list[Any]]:
        """The rows as values, in order of the columns."""
        return ([_cell(column, row) for column in self.columns] for row in self.rows)


def column(name: str, kind: Kind = "text", *path: str) -> Column:
    """A column of what lies at a path of keys, by default its own name."""
    keys = path or (name,)

    def of(row: Row) -> Any:
        found: Any = row
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found

    return Column(name, kind, of)


def _cell(column: Column, row: Row) -> Any:
    found = column.of(row)
    if column.kind == "text":
        return "" if found is None else str(found)
    return found
