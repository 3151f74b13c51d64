"""Lines of one file → rows to land. What cannot be read is landed too, told by its file, sheet and row."""

import re
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any

from sync.connectors.base import WHERE, Payload, Row
from sync.connectors.declared.expressions import truthy
from sync.connectors.declared.making import LONGEST_KEY
from sync.connectors.files.declaration import Csv, FileStream
from sync.connectors.files.folder import Drop
from sync.connectors.files.headers import places
from sync.connectors.files.lines import Line, Unreadable
from sync.errors import BadRow

FAULT, MENDED = "_fault", "_mended"
WHOLE = 0
"""In place of a row's number: the file as a whole."""
BITS = 32


class Rows:
    """Makes the rows of one file, in their order. ``faults``: numbers of those without a key of their own."""

    def __init__(self, stream: FileStream, drop: Drop) -> None:
        self.stream, self.drop = stream, drop
        self.faults: list[int] = []
        sheet = getattr(stream.format, "sheet", None)
        self._title = drop.name.encode("utf-8", "replace").decode()
        self._file = self._title if sheet is None else f"{self._title}, sheet {sheet}"
        self._named = _parts(stream, self._title)
        self._seen: dict[int, int] = {}

    def made(self, lines: Iterator[Line]) -> Iterator[tuple[int, list[Row]]]:
        """Each line's number and rows.

        Raises:
            SchemaDrift: the header is not as declared.
            Unreadable: there is none, or there are too many rows.
        """
        columns, width = self._header(lines)
        for count, line in enumerate(lines, start=1):
            if count > self.stream.most_rows:
                raise Unreadable(f"has more than {self.stream.most_rows} rows: the rest is not read")
            if line.fault or any(cell is not None for cell in line.cells):
                yield line.number, list(self._rows(line, columns, width))

    def _header(self, lines: Iterator[Line]) -> tuple[dict[str, int], int]:
        """The places of columns, and how many cells a line has; 0: any number."""
        row = self.stream.format.header_row
        if not row:
            return places(self.stream, self._file, []), 0
        for line in lines:
            if line.number == row:
                bounded = isinstance(self.stream.format, Csv) and any(line.cells)
                return places(self.stream, self._file, line.cells), len(line.cells) if bounded else 0
        raise Unreadable(f"has no row {row}, where its header should be")

    def _rows(self, line: Line, columns: dict[str, int], width: int) -> Iterator[Row]:
        payload = {name: _at(line.cells, place) for name, place in columns.items()} | self._named
        fault = line.fault or _shifted(line.cells, width)
        try:
            if not fault and self.stream.skip and truthy(self.stream.skip, payload):
                return
            key = self.stream.external_key(payload)
        except BadRow as bad:
            key, fault = "", str(bad)
        if not key:
            fault = fault or f"{self.stream.key} gives no key of at most {LONGEST_KEY} characters"
            yield self.fault(line.number, fault, payload)
            return
        content = hash(tuple(payload.items())) % (1 << BITS)
        before = None if fault else self._before(key, content, line.number)
        if before is not None and before % (1 << BITS) == content:
            return  # said before, word by word
        if before is not None:
            repeated = f"“{key}” comes again in row {line.number}, with other values; that later row counts"
            yield self.fault(before >> BITS, repeated, {})
        told = {FAULT: fault} if fault else {}
        yield Row(key, {**payload, **told, WHERE: self.where(line.number)}, self._changed_at(payload))

    def _before(self, key: str, content: int, number: int) -> int | None:
        """The last row with the same key: its number, and in the lower bits a digest of its content.

        Rows that tell when they changed are versions of one thing, of which the latest counts.
        """
        if self.stream.updated_at is not None:
            return None
        mine = hash(key)
        before = self._seen.get(mine)
        self._seen[mine] = number << BITS | content
        return before

    def where(self, number: int) -> str:
        return f"{self._file}, row {number}" if number else self._title

    def fault(self, number: int, fault: str, payload: Payload) -> Row:
        """A row that has no key of its own."""
        self.faults.append(number)
        return self._keyless(number, {**payload, FAULT: fault, WHERE: self.where(number)})

    def mended(self, number: int) -> Row:
        """Takes the place of a fault that is there no more."""
        return self._keyless(number, {MENDED: True, WHERE: self.where(number)})

    def _keyless(self, number: int, payload: Payload) -> Row:
        name = self._title
        if len(name) > 40:
            name = f"{name[:30]}~{blake2b(name.encode(), digest_size=4).hexdigest()}"
        place = f"{name} row {number}" if number else name
        return Row(f"{self.stream.model}/{place}", payload, self.drop.changed_at)

    def _changed_at(self, payload: Payload) -> Any:
        """As the row tells it; else its file is as old as it is."""
        if self.stream.updated_at is None:
            return self.drop.changed_at
        try:
            return self.stream.changed_at(payload)
        except (BadRow, ValueError):
            return None


def _parts(stream: FileStream, name: str) -> dict[str, str | None]:
    found = re.search(stream.from_name, name) if stream.from_name else None
    return found.groupdict() if found else dict.fromkeys(stream.added)


def _at(cells: Sequence[Any], place: int) -> Any:
    return cells[place] if place < len(cells) else None


def _shifted(cells: Sequence[Any], width: int) -> str:
    """More cells than headers: a delimiter inside a text has moved what is behind it."""
    filled = max((place for place, cell in enumerate(cells, start=1) if cell is not None), default=0)
    if not width or filled <= width:
        return ""
    return f"has {filled} cells where the header has {width}: is a delimiter in one of its texts?"
