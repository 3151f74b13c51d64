"""CSV (RFC 4180) in UTF-8, row by row, so that its length costs no memory."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from mfgportal.exports.formulas import quoted
from mfgportal.exports.table import Table

BOM = "\ufeff"


class Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(table: Table, *, bom: bool = False) -> Iterator[str]:
    """The lines. ``bom``: begin with a byte order mark, without which Excel misreads UTF-8."""
    writer = csv.writer(Echo())
    yield (BOM if bom else "") + writer.writerow([column.name for column in table.columns])
    for cells in table.cells():
        yield writer.writerow([_text(cell) for cell in cells])


def _text(cell: Any) -> Any:
    """Numbers as they are, times as RFC 3339, text so that it stays text."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.isoformat().replace("+00:00", "Z")
    if isinstance(cell, date):
        return cell.isoformat()
    return quoted(cell) if isinstance(cell, str) else cell
