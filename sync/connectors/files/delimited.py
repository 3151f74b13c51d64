"""Lines of a CSV file, one at a time."""

import codecs
import csv
import re
from collections.abc import Generator
from pathlib import Path

from sync.connectors.files.declaration import Csv
from sync.connectors.files.lines import Line, Unreadable

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
ODD = "\udcff"
"""Stands where bytes are no text in the file's encoding. No encoding gives it otherwise."""
codecs.register_error("mark-odd-bytes", lambda error: (ODD, getattr(error, "end", 0)))


def lines(path: Path, form: Csv) -> Generator[Line]:
    encoding = _encoding(path, form.encoding)
    with path.open(encoding=encoding, errors="mark-odd-bytes", newline="") as file:
        # Strict: a quote that is never closed would else swallow the rows behind it without a word.
        reader = csv.reader(
            file,
            delimiter=form.delimiter,
            quotechar=form.quote or None,
            quoting=csv.QUOTE_MINIMAL if form.quote else csv.QUOTE_NONE,
            strict=True,
        )
        number = 0
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except UnicodeError as error:
                raise Unreadable(f"is no text in {encoding}: {error!s:.100}") from error
            except csv.Error as error:
                yield Line(
                    number, [], f"the line is no CSV: {error} (near line {reader.line_num} of the text)"
                )
            else:
                yield _line(number, cells, encoding)


def _encoding(path: Path, declared: str) -> str:
    with path.open("rb") as file:
        head = file.read(4)
    found = next((encoding for mark, encoding in MARKS if head.startswith(mark)), declared)
    unmarked = found is declared and declared.lower() in ("utf-16", "utf-32")
    return f"{declared}-le" if unmarked else found  # as Windows writes it


def _line(number: int, cells: list[str], encoding: str) -> Line:
    values = [cell if cell.strip() else None for cell in cells]
    if not any(ODD in cell for cell in cells):
        return Line(number, values)
    shown = next(cell for cell in cells if ODD in cell).replace(ODD, "\ufffd")
    clean = [_clean(value) for value in values]
    return Line(number, clean, f"“{shown:.60}” is no text in {encoding}: declare the file's `encoding`")


def _clean(value: str | None) -> str | None:
    return re.sub(f"{ODD}+", "\ufffd", value) if value else value
