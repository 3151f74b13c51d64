"""Rows of an XLSX sheet, one at a time, after a close look at the file: it is a stranger's."""

import zlib
from collections.abc import Generator
from contextlib import closing
from datetime import date, datetime, time, timedelta
from math import isfinite
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from sync.connectors.files.declaration import Xlsx
from sync.connectors.files.lines import Line, Unreadable
from sync.errors import SchemaDrift

LAST_ROW, WIDEST = 1_048_576, 2000
MOST_PARTS = 2000
RATIO, RATIO_FROM = 200, 16 << 20
EXACT = 2**53
BROKEN = (
    BadZipFile, InvalidFileException, ParseError, zlib.error, expat.ExpatError, EOFError,
    ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError, AssertionError,
)  # fmt: skip
"""What openpyxl and zipfile raise over a file that is not what it says."""


def lines(path: Path, form: Xlsx, most_bytes: int) -> Generator[Line]:
    """The sheet's rows.

    Raises:
        SchemaDrift: there is no such sheet.
        Unreadable: it is no workbook, or a dangerous one; this may show half-way.
    """
    try:
        inspect(path, most_bytes)
        # openpyxl leaves open what it opened and could not read.
        with (
            path.open("rb") as file,
            closing(load_workbook(file, read_only=True, data_only=True, keep_links=False)) as book,
        ):
            sheet = _sheet(path.name, book.worksheets, form)
            sheet.reset_dimensions()  # what a file says of its size may be wrong
            for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                if number > LAST_ROW or len(cells) > WIDEST:
                    raise Unreadable(f"has more than {LAST_ROW} rows or {WIDEST} columns in “{sheet.title}”")
                yield Line(number, [plain(cell) for cell in _filled(cells)])
    except OSError as error:
        if error.errno is None:  # openpyxl's own, of a file that lacks its parts
            raise _broken(error) from error
        raise
    except BROKEN as error:
        raise _broken(error) from error


def _broken(error: Exception) -> Unreadable:
    return Unreadable(
        "is no XLSX workbook we can read: save it anew as .xlsx, without a password"
        f" ({type(error).__name__}: {error!s:.100})"
    )


def _sheet(name: str, sheets: list[Any], form: Xlsx) -> Any:
    names = [sheet.title for sheet in sheets]
    if isinstance(form.sheet, int) and form.sheet <= len(sheets):
        return sheets[form.sheet - 1]
    if form.sheet in names:
        return sheets[names.index(str(form.sheet))]
    raise SchemaDrift(name, [f"expected a sheet “{form.sheet}”, found {', '.join(names)}"])


def _filled(cells: tuple[Any, ...]) -> tuple[Any, ...]:
    """The cells up to the last that holds something."""
    last = next((place for place in range(len(cells), 0, -1) if cells[place - 1] is not None), 0)
    return cells[:last]


def plain(value: Any) -> Any:
    """A cell's value as JSON can hold it. Times carry no zone; spans of time read as ``1:30:00``."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, int):
        return value if abs(value) <= EXACT else str(value)
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    if isinstance(value, timedelta):
        return _span(value)
    return value.isoformat() if isinstance(value, datetime | date | time) else str(value)


def _span(value: timedelta) -> str:
    seconds = round(abs(value).total_seconds())
    sign = "-" if value < timedelta(0) else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def inspect(path: Path, most_bytes: int) -> None:
    """Refuse what would fill the memory when it is unpacked, or make its reader write texts of its own.

    Raises:
        Unreadable: it is a zip bomb, or declares entities.
    """
    with ZipFile(path) as archive:
        parts = archive.infolist()
        _bounded(parts, path.stat().st_size, most_bytes)
        for part in parts:
            if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                _no_doctype(archive, part)


def _bounded(parts: list[ZipInfo], packed: int, most_bytes: int) -> None:
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > most_bytes:
        raise Unreadable(f"holds {unpacked >> 20} MiB in {len(parts)} parts when unpacked: more than is read")
    if unpacked > RATIO_FROM and unpacked > packed * RATIO:
        raise Unreadable(f"unpacks to more than {RATIO} times its size: no honest workbook does")


class _Begun(Exception):
    """The first element is there: behind it no document type may come."""


def _no_doctype(archive: ZipFile, part: ZipInfo) -> None:
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise Unreadable(f"declares a document type in {part.filename}: no honest workbook does")

    def begun(*_: object) -> None:
        raise _Begun

    parser.StartDoctypeDeclHandler, parser.StartElementHandler = refuse, begun
    try:
        with archive.open(part) as content:
            while block := content.read(1 << 14):
                parser.Parse(block)
    except _Begun:
        return
