"""Whatever text a CSV file holds comes through as it is."""

import csv
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sync.connectors.files import delimited
from sync.connectors.files.declaration import Csv

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ROWS = st.lists(st.lists(TEXT, min_size=2, max_size=4), max_size=5)


@given(ROWS, st.sampled_from(",;\t|"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_odd_texts(rows: list[list[str]], delimiter: str, encoding: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "odd.csv"
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
        found = list(delimited.lines(path, Csv(type="csv", delimiter=delimiter)))
    expected = [[cell if cell.strip() else None for cell in row] for row in rows]
    if encoding == "utf-8" and rows and rows[0][0].startswith("\ufeff"):
        return
    assert [(line.number, line.fault) for line in found] == [(n, "") for n in range(1, len(rows) + 1)]
    assert [list(line.cells) for line in found] == expected


@given(st.binary(max_size=300), st.sampled_from(["utf-8", "cp1252", "utf-16", "cp932"]))
def test_any_bytes_end_in_rows(content: bytes, encoding: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "odd.csv"
        path.write_bytes(content)
        for line in delimited.lines(path, Csv(type="csv", encoding=encoding)):
            assert not any("\ud800" <= sign <= "\udfff" for cell in line.cells if cell for sign in cell)
