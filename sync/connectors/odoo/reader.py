"""Reading a stream page by page, so that it can stop anywhere and lose nothing.

Incremental: a window ``write_date >= since - overlap``. Odoo stamps the start of a transaction, so a long one
commits behind us; the overlap finds it. The next window starts at the largest ``write_date`` seen when this
one began: rows that change while we read are found by the next window.

Cursor: ``{}`` from the start; ``{"since": t}`` at rest; ``{"since", "until", "after_id"}`` within a window.
A snapshot stream's cursor is ``{"after_id": n}`` within a reading and ``{}`` at rest.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from sync.connectors.base import Cursor, Page, Payload, Row, StreamSpec
from sync.connectors.odoo import values
from sync.connectors.odoo.api import CHUNK, Domain, OdooApi
from sync.connectors.odoo.spec import OdooStream
from sync.errors import BadRow, SourceUnavailable

STAMP = "%Y-%m-%d %H:%M:%S"


def cursor_from(spec: StreamSpec, since: datetime) -> Cursor:
    """The cursor of a window that begins at ``since``; a snapshot is always whole."""
    return {"since": since.astimezone(UTC).strftime(STAMP)} if spec.incremental else {}


class StreamReader:
    """Reads one stream.

    Args:
        overlap: how far a window reaches back behind the last one; longer than the longest transaction.
        chunk: rows per page.
    """

    def __init__(self, api: OdooApi, stream: OdooStream, *, overlap: timedelta, chunk: int = CHUNK) -> None:
        self.api = api
        self.stream = stream
        self.overlap = overlap
        self.chunk = chunk
        self.model = stream.spec.model

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        if self.falls_back():
            return self._fallback_page()
        return self._windowed(cursor) if self.stream.spec.incremental else self._snapshot(cursor)

    def keys(self) -> Iterator[str]:
        if self.falls_back():
            return (row.external_key for page in self._fallback_page() for row in page.rows)
        return (f"{self.model}/{one}" for one in self.api.ids(self.model, self._domain()))

    def _windowed(self, cursor: Cursor) -> Iterator[Page]:
        since = str(cursor.get("since") or "")
        after = int(cursor.get("after_id") or 0)
        until = str(cursor.get("until") or "") or max(self.api.newest(self.model), since)
        if not until:
            return
        changed = [["write_date", ">=", self._lower(since)]] if since else []
        domain = [*self._domain(), *changed]
        within: Cursor = {"since": since, "until": until}
        yield from self._chunks(domain, after, within, {"since": until})

    def _snapshot(self, cursor: Cursor) -> Iterator[Page]:
        yield from self._chunks(self._domain(), int(cursor.get("after_id") or 0), {}, {})

    def _chunks(self, domain: Domain, after: int, within: Cursor, done: Cursor) -> Iterator[Page]:
        """Chunks by id. The last page carries ``done``, hence one chunk is always read ahead."""
        total = self.api.count(self.model, [*domain, ["id", ">", after]])
        ids = self.api.ids(self.model, domain, after=after)
        chunk = list(islice(ids, self.chunk))
        if not chunk and after:
            yield Page([], done, 0)
        while chunk:
            following = list(islice(ids, self.chunk))
            cursor = {**within, "after_id": chunk[-1]} if following else done
            yield Page(self._read(chunk), cursor, total)
            chunk = following

    def _domain(self) -> Domain:
        return self.stream.domain(self.api)

    def _lower(self, since: str) -> str:
        try:
            return (datetime.strptime(since, STAMP).replace(tzinfo=UTC) - self.overlap).strftime(STAMP)
        except ValueError:
            raise SourceUnavailable(
                f"{self.model} cannot go on from '{since}': read this stream anew."
            ) from None

    def _read(self, ids: list[int]) -> list[Row]:
        rows = self.api.rows(self.model, ids, self._fields())
        stamps = [_stamp(row) for row in rows]
        self.stream.enrich(self.api, rows)
        return [Row(f"{self.model}/{row['id']}", row, stamp) for row, stamp in zip(rows, stamps, strict=True)]

    def _fields(self) -> list[str]:
        offered = self.api.types(self.model)
        return [*self.stream.spec.fields, *(name for name in self.stream.optional if name in offered)]

    def falls_back(self) -> bool:
        """Whether rows come from elsewhere, because the account may not read the model."""
        return self.stream.fallback is not None and not self.api.readable(self.model)

    def _fallback_page(self) -> Iterator[Page]:
        if self.stream.fallback is not None:
            rows = self.stream.fallback(self.api)
            yield Page([Row(f"{self.model}/{row['id']}", row) for row in rows], {}, len(rows))


def _stamp(row: Payload) -> datetime | None:
    """Take ``write_date`` out of the payload: a write that changes nothing must not look like a change."""
    try:
        return values.moment({"write_date": row.pop("write_date", False)}, "write_date")
    except BadRow:
        return None
