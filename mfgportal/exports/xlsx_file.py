"""XLSX: typed columns in constant memory; what they are about on a second sheet."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import IO, Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxWriterException

from mfgportal.exports.formulas import is_formula
from mfgportal.exports.table import Kind, Table

MAX_TEXT = 32_767
"""Characters of a cell, by Excel's own limit."""
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
WIDTHS: Mapping[Kind, int] = {"text": 24, "number": 14, "integer": 10, "flag": 10, "day": 12, "moment": 20}


def write_xlsx(table: Table, file: IO[bytes]) -> None:
    """Write the workbook. Text is never a formula; times are UTC, since a cell has no zone."""
    book = Workbook(file, OPTIONS)
    try:
        _write_rows(book, table)
        _write_about(book, table)
        book.close()
    except XlsxWriterException as failed:
        raise OSError(f"The workbook could not be written: {failed}") from failed


def _write_rows(book: Any, table: Table) -> None:
    sheet, bold = book.add_worksheet("Data"), book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(table.columns):
        title = f"{column.name} (UTC)" if column.kind == "moment" else column.name
        sheet.set_column(place, place, WIDTHS[column.kind])
        sheet.write_string(0, place, title, bold)
    writers = [_writer(book, sheet, column.kind) for column in table.columns]
    for number, cells in enumerate(table.cells(), 1):
        for place, (write, cell) in enumerate(zip(writers, cells, strict=True)):
            if cell is not None and cell != "":
                write(number, place, cell)


def _write_about(book: Any, table: Table) -> None:
    sheet, bold = book.add_worksheet("About"), book.add_format({"bold": True})
    sheet.set_column(0, 1, 40)
    text = _writer(book, sheet, "text")
    for number, (name, value) in enumerate(table.about):
        sheet.write_string(number, 0, name, bold)
        text(number, 1, value)


def _writer(book: Any, sheet: Any, kind: Kind) -> Callable[[int, int, Any], None]:
    """How cells of a kind are written."""
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    as_text = book.add_format({"quote_prefix": True})

    def text(row: int, place: int, cell: str) -> None:
        sheet.write_string(row, place, cell[:MAX_TEXT], as_text if is_formula(cell) else None)

    def time(row: int, place: int, cell: datetime) -> None:
        sheet.write_datetime(row, place, cell.astimezone(UTC).replace(tzinfo=None), moment)

    writers: Mapping[Kind, Callable[[int, int, Any], None]] = {
        "text": text,
        "number": lambda row, place, cell: sheet.write_number(row, place, float(cell)),
        "integer": lambda row, place, cell: sheet.write_number(row, place, cell),
        "flag": lambda row, place, cell: sheet.write_boolean(row, place, cell),
        "day": lambda row, place, cell: sheet.write_datetime(row, place, cell, day),
        "moment": time,
    }
    return writers[kind]
