"""The connector keeps the contract with a folder for its source: what is of HTTP has its like in files."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from sync.connectors.base import Connector, SourceConfig
from sync.connectors.declared.classes import shipped_class
from sync.connectors.files.connector import FilesConnector
from sync.errors import BadRow, SchemaDrift, SourceRefused, SourceUnavailable
from tests.sync.connectors.contract import ConnectorContract
from tests.sync.connectors.files import drops
from tests.sync.connectors.stand_in import StandIn

Connect = Callable[[SourceConfig], Connector]


NOBODY = 65534


@contextmanager
def without_root() -> Iterator[None]:
    """Root may read all, so for a while it is somebody who may not."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@dataclass(frozen=True)
class Folder:
    """What the suite asks of a stand-in, as far as a folder has it."""

    config: SourceConfig
    home: Path


class TestExample(ConnectorContract):
    connector = shipped_class(FilesConnector, "example")
    lively = frozenset({"counts", "work_orders"})

    @pytest.fixture
    def stand_in(self, tmp_path: Path) -> Any:
        drops.fill(tmp_path)
        return Folder(SourceConfig(url=tmp_path.as_uri(), options={"page_size": 3}), tmp_path)

    def test_a_wrong_password_is_refused(self, connect: Connect, stand_in: StandIn) -> None:
        """A folder asks for none. What it may refuse is the look into it."""
        for url, said in (("drops", "is no folder"), ("file://nas/drops", "on another machine")):
            opened = connect(replace(stand_in.config, url=url))
            with pytest.raises(SourceRefused, match=said):
                opened.check()
            with pytest.raises(SourceRefused, match=said):
                list(opened.read("counts", {}))

    def test_a_folder_we_may_not_read(self, connect: Connect, stand_in: Any, open_folder: Path) -> None:
        drops.fill(open_folder)
        config = replace(stand_in.config, url=open_folder.as_uri())
        with without_root():
            connect(config).check()
            open_folder.chmod(0)
            with pytest.raises(SourceRefused, match="give our user the right"):
                connect(config).check()

    @pytest.fixture
    def open_folder(self) -> Iterator[Path]:
        """A folder to which the way is open to all, unlike to those of other tests, and which is ours."""
        with tempfile.TemporaryDirectory() as folder:
            if not os.geteuid():
                os.chown(folder, NOBODY, NOBODY)
            yield Path(folder)
            Path(folder).chmod(0o700)

    def test_a_source_that_is_down_is_tried_again(self, connect: Connect, stand_in: StandIn) -> None:
        opened = connect(replace(stand_in.config, url="file:///no/such/share"))
        with pytest.raises(SourceUnavailable, match="/no/such/share"):
            opened.check()
        with pytest.raises(SourceUnavailable, match="/no/such/share"):
            list(opened.read("counts", {}))

    @pytest.mark.parametrize("change", [b"", b"<!doctype html><h1>Log in</h1>", b"PK\x03\x04 cut off"])
    def test_an_unreadable_answer_is_tried_again(
        self, source: Connector, stand_in: Any, change: bytes
    ) -> None:
        """A file does not become readable by waiting: it is queued, told by name, and others are read."""
        drops.put(stand_in.home / "work orders 0.xlsx", change, age_s=2 * drops.AGE_S)
        rows = [row for page in source.read("work_orders", {}) for row in page.rows]
        with pytest.raises(BadRow, match=r"work orders 0\.xlsx: is no XLSX workbook"):
            source.to_records("work_orders", rows[0].payload)
        assert len(rows) == 1 + 9

    def test_an_unreadable_answer_between_pages(self, source: Connector, stand_in: Any) -> None:
        """A share that goes away while it is read; then it is there again."""
        whole = self.pages(stand_in.config, "counts", {})
        reading = source.read("counts", {})
        got = [next(reading)]
        (stand_in.home / "Counts-2026-11.CSV").rename(stand_in.home / "away")
        (stand_in.home / "Counts-2026-11.CSV").mkdir()
        with pytest.raises(SourceUnavailable, match=r"Counts-2026-11\.CSV cannot be read"):
            got += list(reading)
        (stand_in.home / "Counts-2026-11.CSV").rmdir()
        (stand_in.home / "away").rename(stand_in.home / "Counts-2026-11.CSV")
        rest = self.pages(stand_in.config, "counts", got[-1].cursor)
        keys = {row.external_key for page in got + rest for row in page.rows}
        assert keys == {row.external_key for page in whole for row in page.rows}

    def test_a_missing_field_is_named(self, connect: Connect, stand_in: Any, stream: str) -> None:
        """Each header in its turn; the problem names the column, and what is there in its place."""
        newest = max(stand_in.home.iterdir(), key=lambda one: (_of(stream, one), one.stat().st_mtime))
        before = newest.read_bytes()
        columns = self.connector.declaration.streams[stream].columns  # type: ignore[attr-defined]
        for name, column in columns.items():
            if column.optional:
                continue
            drops.put(newest, _without(newest, before, column.header[0]))
            with pytest.raises(SchemaDrift) as drift:
                list(connect(stand_in.config).read(stream, {}))
            assert drift.value.model == self.connector.streams[stream].model
            (problem,) = drift.value.problems
            assert problem.startswith(f"{name}: {newest.name}")
            assert f"has no column “{column.header[0]}”" in problem
            assert "“Fremd”" in problem


def _of(stream: str, path: Path) -> bool:
    name = "machines" if stream == "plants" else stream.replace("_", " ")
    return path.name.lower().startswith(name)


def _without(path: Path, content: bytes, header: str) -> bytes:
    if path.suffix != ".xlsx":
        return content.replace(header.encode("cp1252"), b"Fremd", 1)
    path.write_bytes(content)
    book = load_workbook(path)
    for cell in book["Orders"][1]:
        cell.value = "Fremd" if cell.value == header else cell.value
    book.save(path)
    return path.read_bytes()
