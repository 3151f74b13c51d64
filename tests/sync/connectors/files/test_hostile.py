"""Files come from strangers: none may fill the memory, lead elsewhere or make us run anything."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from sync.connectors.base import Connector
from sync.connectors.files import workbook
from sync.errors import SchemaDrift
from tests.sync.connectors.files import drops
from tests.sync.connectors.files.conftest import Open
from tests.sync.connectors.files.reading import faults, keys, orders, read

SECOND: dict[str, Any] = {"files": "*.xlsx", "format": {"type": "xlsx", "sheet": 2}}
SHEET: list[list[Any]] = [["Id", "Machine", "Quantity"], ["A", "P1", 5]]
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&b;</t></si></sst>'
)
OUTSIDE = '<?xml version="1.0"?><!-- {} --><!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'


@pytest.fixture
def source(opened: Open) -> Connector:
    return opened(limits={"max_unpacked_mb": 32}, **SECOND)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return drops.workbook(tmp_path / "orders.xlsx", SHEET)


def told(source: Connector) -> str:
    rows, _ = read(source)
    return faults(source, rows)["orders.xlsx"]


def with_part(path: Path, name: str, content: bytes) -> None:
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    drops.aged(path)


def test_a_workbook_that_is_fine(source: Connector, path: Path) -> None:
    assert keys(read(source)[0]) == ["A"]


def test_a_zip_bomb(source: Connector, path: Path) -> None:
    with_part(path, "xl/media/much.bin", bytes(40 << 20))
    assert "40 MiB" in told(source)


def test_a_small_zip_bomb(source: Connector, path: Path) -> None:
    with_part(path, "xl/media/much.bin", bytes(20 << 20))
    assert "unpacks to more than 200 times its size" in told(source)


@pytest.mark.parametrize("part", ["xl/more.xml", "docProps/odd.XML", "_rels/more.rels"])
@pytest.mark.parametrize("content", [BOMB, OUTSIDE.format("x" * 100_000)])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_xml_bomb(source: Connector, path: Path, part: str, content: str, encoding: str) -> None:
    with_part(path, part, content.encode(encoding))
    assert f"declares a document type in {part}" in told(source)


def test_what_is_no_workbook(source: Connector, path: Path) -> None:
    content = path.read_bytes()
    for odd in (
        b"",
        b"Id;Machine",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        content[: len(content) // 2],
    ):
        drops.put(path, odd)
        assert "is no XLSX workbook we can read: save it anew" in told(source)


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_broken_parts(source: Connector, path: Path) -> None:
    """Whatever a part's place is taken by, it ends in a row that tells of it, or in rows."""
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for broken in parts:
        for content in (b"", b"<a/>", parts[broken][: len(parts[broken]) // 2]):
            with ZipFile(path, "w", ZIP_DEFLATED) as archive:
                for name, whole in parts.items():
                    archive.writestr(name, content if name == broken else whole)
            drops.aged(path)
            with suppress(SchemaDrift):
                rows, _ = read(source)
                assert rows or not parts[broken]


def test_rows_beyond_the_end_of_sheets(
    source: Connector, opened: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    far = parts["xl/worksheets/sheet2.xml"].replace(b'r="2"', b'r="9000000"').replace(b'"A2"', b'"A9000000"')
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, whole in parts.items():
            archive.writestr(name, far if name.endswith("sheet2.xml") else whole)
    drops.aged(path)
    assert "has more than 50 rows" in told(opened(most_rows=50, **SECOND))
    monkeypatch.setattr(workbook, "LAST_ROW", 100)
    assert "has more than 100 rows or 2000 columns in “Orders”" in told(source)


def test_formulas_are_not_worked_out(opened: Open, tmp_path: Path) -> None:
    book = Workbook()
    for row in (["Id", "Machine", "Quantity"], ["A", "P1", "=1+1"], ["B", '=HYPERLINK("http://x")', 2]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "orders.xlsx")
    drops.aged(tmp_path / "orders.xlsx")
    rows, _ = read(opened(files="*.xlsx", format={"type": "xlsx"}))
    assert [(row.payload["machine"], row.payload["quantity"]) for row in rows] == [("P1", None), (None, 2)]


def test_files_that_are_too_large(opened: Open, tmp_path: Path) -> None:
    orders(tmp_path / "orders-1.csv", "A,P1,5", "#" * (1 << 20), age_s=200)
    orders(tmp_path / "orders-2.csv", "B,P1,5", age_s=100)
    rows, cursor = read(opened(limits={"max_mb": 1}))
    assert keys(rows) == ["orders-1.csv", "B"]
    assert "is larger than 1 MiB" in faults(opened(), rows)["orders-1.csv"]
    rows, _ = read(opened(limits={"max_mb": 2}), cursor)
    assert {"A", "orders-1.csv"} <= set(keys(rows))  # the limit was raised: the fault is taken back
    assert "orders-1.csv" not in faults(opened(), rows)


def test_files_of_too_many_rows(opened: Open, tmp_path: Path) -> None:
    orders(tmp_path / "orders.csv", *(f"{n},P1,5" for n in range(9)))
    rows, _ = read(opened(most_rows=4))
    assert keys(rows) == ["0", "1", "2", "3", "orders.csv"]
    assert "has more than 4 rows" in faults(opened(), rows)["orders.csv"]


def test_a_link_out_of_the_folder(opened: Open, tmp_path: Path) -> None:
    home = tmp_path / "drops"
    home.mkdir()
    orders(tmp_path / "secret.csv", "A,P1,5")
    (home / "orders.csv").symlink_to(tmp_path / "secret.csv")
    (tmp_path / "elsewhere").mkdir()
    orders(tmp_path / "elsewhere" / "orders.csv", "A,P1,5")
    (home / "sub").symlink_to(tmp_path / "elsewhere")
    for folder in ("", "sub"):
        wide = opened(folder=folder)
        one = type(wide)(replace(wide.config, url=str(home)))
        assert read(one)[0] == []
        assert "orders.csv leads out of the folder" in str(one.check().warnings)


def test_a_hostile_name(opened: Open, tmp_path: Path) -> None:
    name = b"orders <b>\xff\n" + b"x" * 150 + b".csv"
    path = tmp_path / name.decode("utf-8", "surrogateescape")
    orders(path, ",P1,5")
    rows, cursor = read(opened())
    assert len(rows[0].external_key) < 120
    assert read(opened(), cursor)[0] == []
