"""Reading a listed stream page by page.

Cursor of an incremental stream: ``{}`` from the start; ``{"since": t}`` at rest; within a window also
``until`` (largest ``updatedAt`` seen so far) and ``after_id``. A snapshot's is ``{"after_id": n}``, and
``{}`` at rest.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cached_property

from sync.connectors.atlas import listing, values
from sync.connectors.atlas.client import AtlasClient
from sync.connectors.atlas.places import add_places, needs_place
from sync.connectors.atlas.plans import add_plans, of_a_plan
from sync.connectors.atlas.spec import AtlasStream, slim
from sync.connectors.atlas.streams import LISTED
from sync.connectors.base import Cursor, Page, Payload, Row


class ListedReader:
    """Reads one stream.

    Args:
        overlap: how far a window reaches back; a day covers a server in any time zone.
        size: rows per page.
    """

    def __init__(self, client: AtlasClient, stream: AtlasStream, *, overlap: timedelta, size: int) -> None:
        self.client = client
        self.stream = stream
        self.overlap = overlap
        self.size = size

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        since = str(cursor.get("since") or "")
        after = int(cursor.get("after_id") or 0)
        until = str(cursor.get("until") or since)
        within = after > 0
        lower = listing.lower_bound(since, self.overlap)
        filters = [listing.changed_since(lower)] if lower else []
        for found in listing.pages(self.client, self.stream.path, filters, after=after, size=self.size):
            until = listing.latest(found.rows, until)
            if found.rows or within:
                yield Page(self._rows(found.rows), self._cursor(found, since, until), found.total)
            within = found.more

    def keys(self) -> Iterator[str]:
        for found in listing.pages(self.client, self.stream.path):
            yield from (f"{self.stream.spec.model}/{row['id']}" for row in found.rows)

    def verify(self) -> None:
        sample = listing.search(self.client, self.stream.path, size=listing.SAMPLE, newest_first=True)
        listing.check_fields(self.stream.spec, sample.rows, types=True)

    def _cursor(self, found: listing.Found, since: str, until: str) -> Cursor:
        if not self.stream.spec.incremental:
            return {"after_id": found.rows[-1]["id"]} if found.more else {}
        if found.more:
            return {"since": since, "until": until, "after_id": found.rows[-1]["id"]}
        return {"since": until}

    def _rows(self, found: list[Payload]) -> list[Row]:
        spec = self.stream.spec
        listing.check_fields(spec, found)
        payloads = [slim(row, spec) for row in found]
        if self.stream.places and (placed := [row for row in payloads if needs_place(row)]):
            add_places(placed, self._parents)
        if self.stream.plans:
            add_plans(payloads, self._schedules if any(of_a_plan(row) for row in payloads) else {})
        return [
            Row(f"{spec.model}/{row['id']}", payload, values.parsed(row.get("updatedAt")))
            for row, payload in zip(found, payloads, strict=True)
        ]

    @cached_property
    def _schedules(self) -> Mapping[int, Payload]:
        """Plan → its schedule: changing that touches neither the plan nor its work orders."""
        return {
            int(row["id"]): row["schedule"]
            for found in listing.pages(self.client, LISTED["preventive_plans"].path)
            for row in found.rows
            if isinstance(row.get("schedule"), dict)
        }

    @cached_property
    def _parents(self) -> Mapping[int, int]:
        """Location → its parent: the whole tree, since moving a location does not touch what is in it."""
        return {
            int(row["id"]): values.linked(row, "parentLocation")
            for found in listing.pages(self.client, LISTED["locations"].path)
            for row in found.rows
        }
