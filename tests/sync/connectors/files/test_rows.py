"""Rows that cannot be read are told by file, sheet and row; the others go on."""

from pathlib import Path
from typing import Any

import pytest

from sync.connectors.base import WHERE
from sync.errors import SchemaDrift
from tests.sync.connectors.files import drops
from tests.sync.connectors.files.conftest import Open
from tests.sync.connectors.files.reading import HEADER, faults, keys, orders, read


def test_a_value_that_is_none(opened: Open, tmp_path: Path) -> None:
    orders(tmp_path / "orders-2026-11.csv", "A,P1,5", "", "B,P1,'12x'", "C,P1,7")
    rows, _ = read(opened())
    assert keys(rows) == ["A", "B", "C"]
    assert faults(opened(), rows) == {
        "B": "orders-2026-11.csv, row 4: quantity: wanted a number, found \"'12x'\""
    }


def test_a_row_in_a_sheet(opened: Open, tmp_path: Path) -> None:
    sheet: list[list[Any]] = [
        ["Id", "Machine", "Quantity"],
        ["A", "P1", 5],
        ["B", "P1", "many"],
        [7, "P1", 2.5],
    ]
    drops.workbook(tmp_path / "orders.xlsx", sheet)
    source = opened(files="orders*.xlsx", format={"type": "xlsx", "sheet": 2})
    rows, _ = read(source)
    assert keys(rows) == ["A", "B", "7"]
    assert faults(source, rows) == {
        "B": "orders.xlsx, sheet 2, row 3: quantity: wanted a number, found 'many'"
    }


def test_a_row_without_a_key(opened: Open, tmp_path: Path) -> None:
    orders(tmp_path / "orders.csv", "A,P1,5", ",P1,6", f"{'x' * 130},P1,7")
    rows, _ = read(opened())
    found = faults(opened(), rows)
    assert list(found) == ["orders.csv row 3", "orders.csv row 4"]
    assert found["orders.csv row 3"] == ("orders.csv, row 3: {id} gives no key of at most 120 characters")


def test_a_delimiter_that_moved_the_values(opened: Open, tmp_path: Path) -> None:
    orders(tmp_path / "orders.csv", "A,P1,12,5", "B,P1", "C,P1,3,,")
    rows, _ = read(opened())
    found = faults(opened(), rows)
    assert "row 2: has 4 cells where the header has 3" in found["A"]
    assert "row 3: quantity: is empty" in found["B"]
    assert "C" not in found


def test_a_quote_that_is_never_closed(opened: Open, tmp_path: Path) -> None:
    orders(tmp_path / "orders.csv", 'A,"P1",5', 'B,"P1,6', "C,P1,7")
    rows, _ = read(opened())
    assert keys(rows) == ["A", "orders.csv row 3"]
    assert "orders.csv, row 3: the line is no CSV" in faults(opened(), rows)["orders.csv row 3"]
    assert keys(read(opened(format={"type": "csv", "quote": ""}))[0]) == ["A", "B", "C"]


def test_bytes_that_are_no_text(opened: Open, tmp_path: Path) -> None:
    drops.put(tmp_path / "orders.csv", HEADER.encode() + b"A,Fr\xe4se,5\nB,P1,6\n")
    rows, _ = read(opened())
    assert faults(opened(), rows) == {
        "A": "orders.csv, row 2: “Fr\ufffdse” is no text in utf-8: declare the file's `encoding`"
    }
    right, _ = read(opened(format={"type": "csv", "encoding": "cp1252"}))
    assert right[0].payload["machine"] == "Fräse"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_goes_before_what_is_declared(opened: Open, tmp_path: Path, encoding: str) -> None:
    drops.put(tmp_path / "orders.csv", HEADER + "A,Fräse 中,5\n", encoding=encoding)
    rows, _ = read(opened(format={"type": "csv", "encoding": "cp1252"}))
    assert rows[0].payload["machine"] == "Fräse 中"


def test_a_key_that_comes_twice(opened: Open, tmp_path: Path) -> None:
    """The later counts; the earlier is told of where it says something else. The same again is nothing."""
    orders(tmp_path / "orders.csv", "A,P1,5", "B,P1,6", "B,P1,6", "A,P1,9")
    rows, _ = read(opened())
    assert keys(rows) == ["A", "B", "orders.csv row 2", "A"]
    assert faults(opened(), rows) == {
        "orders.csv row 2": "orders.csv, row 2: “order/A” comes again in row 5, with other values;"
        " that later row counts"
    }


def test_versions_of_a_row_are_no_doubles(opened: Open, tmp_path: Path) -> None:
    header = "Id,Machine,Quantity,Changed\n"
    lines = ("A,P1,5,2026-11-02T06:00:00Z", "A,P1,9,2026-11-02T07:00:00Z")
    orders(tmp_path / "orders.csv", *lines, header=header)
    source = opened(
        columns={"id": "Id", "machine": "Machine", "quantity": "Quantity", "changed": "Changed"},
        updated_at="changed",
    )
    rows, _ = read(source)
    assert not faults(source, rows)
    assert [row.updated_at.hour for row in rows if row.updated_at] == [6, 7]


def test_lines_that_are_no_rows(opened: Open, tmp_path: Path) -> None:
    orders(tmp_path / "orders.csv", "A,P1,5", "Total,,5", ", ,")
    assert keys(read(opened(skip="id == 'Total'"))[0]) == ["A"]


def test_positions_and_names_of_files(opened: Open, tmp_path: Path) -> None:
    """A machine's counter writes no header, and its name is the file's."""
    orders(tmp_path / "orders_press7.csv", "A,x,5", header="")
    source = opened(
        format={"type": "csv", "header_row": 0},
        columns={"id": 1, "quantity": {"position": 3}, "extra": {"position": 9, "optional": True}},
        from_name=r"_(?P<machine>\w+)\.",
    )
    rows, _ = read(source)
    assert {name: value for name, value in rows[0].payload.items() if name != WHERE} == {
        "id": "A", "quantity": "5", "extra": None, "machine": "press7",
    }  # fmt: skip
    assert source.to_records("orders", rows[0].payload)


def test_a_header_that_has_changed(opened: Open, tmp_path: Path) -> None:
    orders(tmp_path / "orders.csv", "A,P1,5", header="ID,  machine ,Quantitiy\n")
    with pytest.raises(SchemaDrift) as drift:
        read(opened())
    assert drift.value.problems == [
        "quantity: orders.csv has no column “Quantity”, found “ID”, “machine”, “Quantitiy”;"
        " is it “Quantitiy” now (94 % alike)?"
    ]


def test_a_header_that_is_there_twice(opened: Open, tmp_path: Path) -> None:
    orders(tmp_path / "orders.csv", "A,P1,5,6", header="Id,Machine,Quantity,Quantity\n")
    with pytest.raises(SchemaDrift, match=r"quantity: orders\.csv has the column “Quantity” 2 times"):
        read(opened())


def test_a_sheet_that_was_renamed(opened: Open, tmp_path: Path) -> None:
    drops.workbook(tmp_path / "orders.xlsx", [["Id"]], sheet="November")
    source = opened(files="*.xlsx", format={"type": "xlsx", "sheet": "Data"})
    with pytest.raises(SchemaDrift, match="expected a sheet “Data”, found Read me, November"):
        read(source)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"files": "../*.csv"}, "streams.orders.files"),
        ({"folder": "../etc"}, "streams.orders.folder"),
        ({"folder": "/etc"}, "streams.orders.folder"),
        ({"format": {"type": "csv", "encoding": "klingon"}}, "“klingon” is no encoding"),
        ({"format": {"type": "csv", "delimiter": '"'}}, "same character"),
        ({"format": {"type": "csv", "header_row": 0}}, "found by their position"),
        ({"key": "{nothing}"}, "nothing: not among"),
        ({"skip": "nothing"}, "nothing is not among"),
        ({"from_name": "("}, "is no regular expression"),
        ({"fields": {"id": "any"}}, "say `columns`"),
    ],
)
def test_a_declaration_that_cannot_be_used(opened: Open, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(Exception, match="The declaration cannot be used") as refused:
        opened(**changes)
    assert said in str(refused.value)
