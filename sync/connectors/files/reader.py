"""Reading one stream of files, oldest first; of a stream whose files replace each other the newest alone."""

from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path

from sync.connectors.base import Cursor, Page, Row
from sync.connectors.files import delimited, workbook
from sync.connectors.files.declaration import Csv, FilesDeclaration, FileStream
from sync.connectors.files.folder import Drop, Listing, listing
from sync.connectors.files.known import Known
from sync.connectors.files.lines import Line, Unreadable
from sync.connectors.files.rows import WHOLE, Rows
from sync.errors import SourceRefused, SourceUnavailable

PAGE = 500


class FileReader:
    """Reads one stream below ``root``."""

    def __init__(
        self, declaration: FilesDeclaration, stream: FileStream, root: Path, *, page_size: int = PAGE
    ) -> None:
        self.declaration, self.stream, self.root, self.page_size = declaration, stream, root, page_size

    @property
    def form(self) -> str:
        """Stands for the way files are read."""
        limits = self.declaration
        return f"{self.stream.form}-{limits.max_mb}-{limits.max_unpacked_mb}"

    def listing(self) -> Listing:
        return listing(self.root, self.stream, self.declaration.settle_s)

    def meant(self, found: Listing) -> list[Drop]:
        """The finished files that count."""
        return found.files if self.stream.lot == "adds" else found.files[-1:]

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        found, known = self.listing(), Known(cursor, self.form)
        todo = [drop for drop in self.meant(found) if not known.is_read(drop)]
        for place, drop in enumerate(todo, start=1):
            for page in self._file(drop, known):
                known.forget(self.declaration.remembered, [*todo[place:], *found.unfinished])
                yield Page(page, known.cursor())

    def _file(self, drop: Drop, known: Known) -> Iterator[list[Row]]:
        """A file's rows in batches. ``known`` is at the place behind the batch when it comes."""
        try:
            digest = drop.digest()
        except FileNotFoundError:
            return  # taken away meanwhile
        except OSError as error:
            raise unavailable(drop, error) from error
        had = known.faults(drop)
        if known.has_content(drop, digest):
            known.finish(drop, digest, had)
            yield []
            return
        rows = Rows(self.stream, drop)
        batch: list[Row] = []
        start = known.row(drop)
        for number, some in self.rows(drop, rows):
            if number and number <= start:
                continue
            batch += some
            if number and len(batch) >= self.page_size:
                known.stop_at(drop, number)
                yield batch
                batch = []
        batch += [rows.mended(number) for number in had if number not in set(rows.faults)]
        if drop.is_still:
            known.finish(drop, digest, rows.faults)
        else:
            known.leave()
        yield batch

    def rows(self, drop: Drop, rows: Rows) -> Iterator[tuple[int, list[Row]]]:
        """Each line's number and rows; a file that cannot be read gives a row that says so, of number 0."""
        try:
            with closing(self._lines(drop)) as lines:
                yield from rows.made(lines)
        except Unreadable as error:
            yield WHOLE, [rows.fault(WHOLE, str(error), {})]
        except OSError as error:
            raise unavailable(drop, error) from error

    def _lines(self, drop: Drop) -> Generator[Line]:
        form, most = self.stream.format, self.declaration.max_mb
        if drop.size > most << 20:
            raise Unreadable(f"is larger than {most} MiB: raise `max_mb` to read it")
        if isinstance(form, Csv):
            return delimited.lines(drop.path, form)
        return workbook.lines(drop.path, form, self.declaration.max_unpacked_mb << 20)

    def keys(self) -> Iterator[str]:
        """Keys of all rows of the files that are here.

        Raises:
            SourceUnavailable: no file is here: it does not mean that all its rows are gone.
            SourceRefused: the file that is the whole set cannot be read.
        """
        found = self.meant(self.listing())
        if not found:
            raise SourceUnavailable(f"No file {self.stream.files} is in {self.root / self.stream.folder}.")
        seen: set[int] = set()
        for drop in found:
            for number, rows in self.rows(drop, Rows(self.stream, drop)):
                if number == WHOLE and self.stream.lot == "replaces":
                    raise SourceRefused(f"{drop.name} cannot be read, so nothing is compared with it.")
                new = [row.external_key for row in rows if hash(row.external_key) not in seen]
                seen |= {hash(key) for key in new}
                yield from dict.fromkeys(new)


def unavailable(drop: Drop, error: OSError) -> SourceUnavailable:
    return SourceUnavailable(f"{drop.path} cannot be read: {error.strerror or error}.")
