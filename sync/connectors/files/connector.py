"""Files that other systems drop into a folder, as a declaration describes them."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel

from sync.connectors.base import WHERE, Check, Cursor, Page, Payload, SourceConfig
from sync.connectors.declared.classes import DeclaredConnector
from sync.connectors.declared.streams import by_rank
from sync.connectors.files.declaration import FilesDeclaration
from sync.connectors.files.folder import Listing, root_of
from sync.connectors.files.reader import PAGE, FileReader
from sync.connectors.files.rows import FAULT, MENDED, WHOLE, Rows
from sync.errors import BadRow, SchemaDrift
from sync.records import Record


class FilesConnector(DeclaredConnector):
    """Reads a folder, and never changes it. Options: ``page_size``, rows in a batch."""

    name: ClassVar[str] = "files"
    title: ClassVar[str] = "CSV and XLSX files (by a declaration)"
    local: ClassVar[bool] = True
    model: ClassVar[type[BaseModel]] = FilesDeclaration
    declaration: ClassVar[FilesDeclaration]

    def check(self) -> Check:
        """Counts the rows of each stream's newest file."""
        visible: dict[str, int] = {}
        warnings: list[str] = []
        files: set[Path] = set()
        for name in by_rank(self.declaration.streams):
            reader = self._reader(name)
            found = reader.listing()
            files |= {drop.path for drop in found.files}
            visible[name], told = _newest(reader, found)
            warnings += [f"{self.streams[name].title}: {one}" for one in [*told, *_left(found)]]
        version = f"{self.declaration.system}, {len(files)} finished files in {root_of(self.config.url)}"
        return Check(version=version, visible=visible, warnings=tuple(warnings))

    def verify_schema(self, stream: str) -> None:
        """Each file has its own schema, its header: it is compared before any of its rows is handed on."""

    def read(self, stream: str, cursor: Cursor) -> Iterator[Page]:
        return self._reader(stream).pages(cursor)

    def cursor_since(self, stream: str, since: datetime) -> Cursor:
        """Files that arrived by then are passed over."""
        if self.declaration.streams[stream].lot == "replaces":
            return {}
        return {"form": self._reader(stream).form, "passed": int(since.timestamp() * 1e9) - 1}

    def read_keys(self, stream: str) -> Iterator[str]:
        return self._reader(stream).keys()

    def _reader(self, stream: str) -> FileReader:
        size = int(self.config.options.get("page_size", PAGE))
        root = root_of(self.config.url)
        return FileReader(self.declaration, self.declaration.streams[stream], root, page_size=size)

    @classmethod
    def to_records(cls, stream: str, payload: Payload) -> list[Record]:
        if payload.get(MENDED):
            return []
        where = payload.get(WHERE, "")
        if fault := payload.get(FAULT):
            raise BadRow(_told(where, str(fault)))
        try:
            return cls.declaration.streams[stream].to_records(payload)
        except BadRow as bad:
            raise BadRow(_told(where, str(bad)), field=bad.field) from bad

    @classmethod
    def record_url(cls, config: SourceConfig, external_key: str) -> str:
        return ""

    @classmethod
    def why_empty(cls, stream: str) -> str:
        own = cls.declaration.streams[stream]
        return own.why_empty or (
            f"No row has come in a file named {own.files}: is it put into the source's folder"
            f"{f', below {own.folder}' if own.folder else ''}, and is the share mounted?"
        )


def _told(where: str, message: str) -> str:
    return f"{where}: {message}" if where else message


def _newest(reader: FileReader, found: Listing) -> tuple[int, list[str]]:
    """Rows of the newest file, and what is wrong with it."""
    if not found.files:
        return 0, [f"no finished file {reader.stream.files} is in {reader.root / reader.stream.folder}"]
    drop = found.files[-1]
    rows, count = Rows(reader.stream, drop), 0
    try:
        for number, some in reader.rows(drop, rows):
            if number == WHOLE:
                return count, [f"{drop.name} {some[0].payload[FAULT]}"]
            count += 1 if some else 0
    except SchemaDrift as drift:
        return 0, [str(drift)]
    bad = [rows.where(number) for number in rows.faults[:3]]
    return count, [f"{len(rows.faults)} rows cannot be read, the first are {'; '.join(bad)}"] if bad else []


def _left(found: Listing) -> list[str]:
    unfinished = [
        f"{drop.name} is still being written, so it is left for the next reading" for drop in found.unfinished
    ]
    return [*unfinished, *(f"{name} leads out of the folder: it is not read" for name in found.outside)]
