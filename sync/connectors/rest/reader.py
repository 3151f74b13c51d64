"""Reading a listed stream.

Cursor of an incremental stream: ``{}`` from the start; ``{"since": t}`` at rest; within a window also
``until`` (latest change seen so far) and ``page`` (where the next page is). A snapshot's has ``page`` alone.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sync.connectors.base import Cursor, Page, Row
from sync.connectors.declared import transforms
from sync.connectors.rest import faults
from sync.connectors.rest.declaration import RestStream
from sync.connectors.rest.listing import Found, Lister
from sync.connectors.rest.requests import moment
from sync.connectors.rest.rows import MOST, Lists, changed_at, to_land


def since_of(cursor: Cursor) -> datetime | None:
    text = str(cursor.get("since") or "")
    return transforms.iso_datetime(text) if text else None


def lower_bound(stream: RestStream, since: datetime | None) -> datetime | None:
    if since is None or stream.incremental is None:
        return None
    try:
        return since - timedelta(seconds=stream.incremental.overlap_s)
    except OverflowError:
        return since


def scope_of(stream: RestStream, since: datetime | None) -> dict[str, Any]:
    """What request templates may use; no ``since`` on a first load, and none where the API has no filter."""
    bound, how = lower_bound(stream, since), stream.incremental
    if bound is None or how is None or how.newest_first:
        return {}
    return {"since": moment(bound, how.format, how.zone)}


def latest(stream: RestStream, found: Found, so_far: str) -> str:
    """The latest change seen, as text that goes into a cursor; never ahead of the server's own time."""
    known = transforms.iso_datetime(so_far) if so_far else None
    times = [at for at in (known, *(changed_at(stream, row) for row in found.rows)) if at]
    return min(max(times), found.at).isoformat() if times else ""


class ListReader:
    """Reads one stream."""

    def __init__(self, lister: Lister, lists: Lists) -> None:
        self.lister, self.lists = lister, lists
        self.stream = lister.stream

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        since, at = since_of(cursor), cursor
        until = str(cursor.get("until") or "")
        for found in self.found(since, cursor.get("page") or {}):
            until = self._until(found, until, cursor)
            after = self._after(found, cursor, until)
            rows = to_land(self.stream, self.lists, found.rows)
            if rows or after != at:
                yield from pages_of(rows, at, after, found.total)
            at = after

    def keys(self) -> Iterator[str]:
        for found in self.lister.pages({}, {}):
            yield from (self.stream.external_key(row) for row in self.stream.present(found.rows))

    def found(self, since: datetime | None, state: Mapping[str, Any], share: float = 1.0) -> Iterator[Found]:
        """Raw pages. An API may have forgotten the place we stopped at: then the window begins anew."""
        scope = scope_of(self.stream, since)
        begun = False
        try:
            for found in self.lister.pages(scope, dict(state), share):
                begun = True
                yield (found := self._cut(found, since))
                if not found.next:
                    return
        except faults.NotUnderstood:
            if begun or not state:
                raise
            yield from self.found(since, {}, share)

    def _cut(self, found: Found, since: datetime | None) -> Found:
        """Of a list with the last changes first, what the last window had not read."""
        bound, how = lower_bound(self.stream, since), self.stream.incremental
        if bound is None or how is None or not how.newest_first:
            return found
        new = [row for row in found.rows if (at := changed_at(self.stream, row)) is None or at >= bound]
        return found if len(new) == len(found.rows) else Found(new, {}, None, found.at)

    def _until(self, found: Found, until: str, cursor: Cursor) -> str:
        """Where the next window begins: where rows do not tell their time, at this window's first answer."""
        if self.stream.updated_at is None:
            return until or found.at.isoformat()
        return latest(self.stream, found, until or str(cursor.get("since") or ""))

    def _after(self, found: Found, cursor: Cursor, until: str) -> Cursor:
        page = {"page": found.next} if found.next else {}
        if self.stream.incremental is None:
            return page
        if not found.next:
            return {"since": until} if until else {}
        since = {"since": cursor["since"]} if cursor.get("since") else {}
        return {**since, "until": until, **page}


def pages_of(rows: list[Row], before: Cursor, after: Cursor, total: int | None = None) -> Iterator[Page]:
    """Bounded pages; only the last carries ``after``, so that half a batch is read again."""
    while len(rows) > MOST:
        yield Page(rows[:MOST], before, total)
        rows = rows[MOST:]
    yield Page(rows, after, total)
