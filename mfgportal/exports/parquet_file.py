"""Parquet, where pyarrow is installed: typed columns, what they are about in the file's metadata."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from types import ModuleType
from typing import IO, Any

from mfgportal.exports.table import Column, Kind, Table

GROUP = 50_000
"""Rows that are in memory at a time."""
TYPES: Mapping[Kind, str] = {"text": "string", "number": "float64", "integer": "int64", "flag": "bool_",
                             "day": "date32"}  # fmt: skip


class NoParquet(RuntimeError):
    """pyarrow is not installed."""


def write_parquet(table: Table, file: IO[bytes]) -> None:
    """Write the file. Raises NoParquet where the extra is not installed."""
    arrow, parquet = _pyarrow()
    about = {f"mfgportal.{name}".encode(): value.encode() for name, value in table.about}
    schema = arrow.schema([(column.name, _type(arrow, column)) for column in table.columns], metadata=about)
    with parquet.ParquetWriter(file, schema) as writer:
        for group in _groups(table):
            arrays = [
                arrow.array([_plain(column, cell) for cell in cells], type=_type(arrow, column))
                for column, cells in zip(table.columns, group, strict=True)
            ]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))


def _pyarrow() -> tuple[ModuleType, ModuleType]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise NoParquet("Parquet needs pyarrow, the extra “parquet”: pip install pyarrow.") from None
    return pyarrow, parquet


def _type(arrow: ModuleType, column: Column) -> Any:
    if column.kind == "moment":
        return arrow.timestamp("us", tz="UTC")
    return getattr(arrow, TYPES[column.kind])()


def _groups(table: Table) -> Iterator[Sequence[Sequence[Any]]]:
    """The cells by column, so many rows at a time."""
    cells = table.cells()
    while group := list(islice(cells, GROUP)):
        yield list(zip(*group, strict=True))


def _plain(column: Column, cell: Any) -> Any:
    return float(cell) if column.kind == "number" and cell is not None else cell
