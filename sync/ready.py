"""What can be done with rows before they are landed, by the thread that reads ahead, without the database."""

from collections.abc import Iterator
from dataclasses import dataclass

from sync.connectors.base import Connector, Cursor, Page, Row
from sync.landing import Fresh, fresh, stored


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of a page, ready to be stored; cursor and total as the page's."""

    rows: list[Fresh]
    cursor: Cursor
    total: int | None


@dataclass(slots=True)
class Making:
    """Makes pages ready, while the worker waits for PostgreSQL to store the ones before.

    Args:
        new: the last page was new for the most part, so the next one will be, and its rows are mapped ahead.
            Those of a page that we have already would be mapped for nothing.
    """

    connector: Connector
    stream: str
    new: bool = False

    def ready(self, pages: Iterator[Page]) -> Iterator[Batch]:
        for page in pages:
            make = self._mapped if self.new else fresh
            yield Batch([make(row) for row in page.rows], page.cursor, page.total)

    def _mapped(self, row: Row) -> Fresh:
        made = fresh(row)
        payload = stored(made.body)
        try:
            records = self.connector.to_records(self.stream, payload)
        # Whatever is wrong with a row is found, told and passed when it is loaded.
        except Exception:  # noqa: BLE001
            return made
        return Fresh(made.row, made.body, made.digest, payload, records)

    def landed(self, rows: int, unchanged: int) -> None:
        """Learn what a page was."""
        self.new = unchanged * 2 < rows
