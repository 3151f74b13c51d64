"""Rows that Atlas lists by parent only: downtimes of assets, labour and parts of work orders.

Adding a child does not touch its parent, so a run looks up (1) the parents that changed, all of them on a
first load; then (2) some of the warm ones: machines that are down, orders not finished or finished lately;
and (3) some of all, in turn. (2) and (3) go round from run to run and may use part of the budget only.

Cursor: ``since``, ``warm``, ``cold`` (last parents of the rounds); within (1) also ``until``, ``after_id``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sync.connectors.atlas import listing, values
from sync.connectors.atlas.client import AtlasClient
from sync.connectors.atlas.lookups import DowntimeLookups, lookups_of
from sync.connectors.atlas.spec import ChildStream
from sync.connectors.atlas.streams import LISTED
from sync.connectors.base import Cursor, KeyPage, Page, Payload, Row
from sync.connectors.budget import BudgetSpent

BATCH = 25
MARK_OVERLAP = timedelta(hours=1)
FIRST_SHARE = 0.8  # of a first load, so that the lists can be read beside it
ROUND_SHARE = 0.6
UNFINISHED: listing.Filter = {
    "field": "status",
    "operation": "in",
    "values": ["OPEN", "IN_PROGRESS", "ON_HOLD"],
    "enumName": "STATUS",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How much of the past a run looks at again.

    Args:
        overlap: of the parents' search (see ``ListedReader``).
        warm, cold: parents looked up per run in each round; 0 leaves the round out.
        recheck: how long a finished work order stays warm.
        size: rows per page; parents are looked up in batches of up to 25.
    """

    overlap: timedelta
    warm: int
    cold: int
    recheck: timedelta
    size: int


class ChildReader:
    """Reads one stream of children."""

    def __init__(self, client: AtlasClient, stream: ChildStream, pace: Pace) -> None:
        self.client, self.stream, self.pace = client, stream, pace
        self.path = LISTED[stream.parent].path
        self.lookups = lookups_of(client, stream)

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        last = cursor
        for page in self._changed(cursor):
            last = page.cursor
            yield page
        if not cursor.get("since"):
            return  # a first load has just looked up every parent
        try:
            yield from self._rounds(last)
        except BudgetSpent:
            return  # they go on in the next run

    def keys(self) -> Iterator[str]:
        for page in self.key_pages({}):
            yield from page.keys

    def key_pages(self, cursor: Cursor) -> Iterator[KeyPage]:
        """A request per parent, within the part of the budget that rounds may use."""
        after = int(cursor.get("after_id") or 0)
        for found in listing.pages(self.client, self.path, after=after):
            for parent in found.rows:
                yield KeyPage(self.lookups.keys(int(parent["id"]), ROUND_SHARE), {"after_id": parent["id"]})

    def verify(self) -> None:
        """Children of the newest parents stand for all; without any there is nothing to compare."""
        parents = listing.search(self.client, self.path, size=5, newest_first=True)
        for parent in reversed(parents.rows):
            if children := self.lookups.children(int(parent["id"]), 1.0):
                listing.check_fields(self.stream.spec, children, types=True)
                break

    def _changed(self, cursor: Cursor) -> Iterator[Page]:
        """Look up what changed. Atlas's filter is vague about time zones, ``updatedAt`` itself is exact."""
        since, at = str(cursor.get("since") or ""), dict(cursor)
        until = str(cursor.get("until") or since)
        mark = listing.lower_bound(since, MARK_OVERLAP)
        share = 1.0 if since else FIRST_SHARE
        batch: list[Payload] = []
        for parent in self._candidates(since, int(cursor.get("after_id") or 0)):
            until = listing.latest([parent], until)
            changed = values.parsed(parent.get("updatedAt"))
            if mark is None or changed is None or changed >= mark:
                batch.append(parent)
            if len(batch) == min(BATCH, self.pace.size):
                after = {**at, "since": since, "until": until, "after_id": parent["id"]}
                yield from self._pages_of(batch, at, after, share)
                at, batch = after, []
        done = {"since": until, "warm": int(at.get("warm") or 0), "cold": int(at.get("cold") or 0)}
        yield from self._pages_of(batch, at, done, share)

    def _candidates(self, since: str, after: int) -> Iterator[Payload]:
        lower = listing.lower_bound(since, self.pace.overlap)
        filters = [listing.changed_since(lower)] if lower else []
        for found in listing.pages(self.client, self.path, filters, after=after):
            yield from found.rows

    def _rounds(self, cursor: Cursor) -> Iterator[Page]:
        for name, limit in (("warm", self.pace.warm), ("cold", self.pace.cold)):
            if not limit:
                continue
            found = self._warm(cursor, limit) if name == "warm" else self._next([], cursor["cold"], limit)
            after = {**cursor, name: found.rows[-1]["id"] if found.more else 0}
            yield from self._pages_of(found.rows, cursor, after, ROUND_SHARE)
            cursor = after

    def _warm(self, cursor: Cursor, limit: int) -> listing.Found:
        if isinstance(self.lookups, DowntimeLookups):
            down = [asset for asset in self.lookups.down() if asset["id"] > cursor["warm"]]
            return listing.Found(down[:limit], len(down), len(down) > limit)
        lately = listing.lower_bound(cursor["since"], self.pace.recheck)
        alternatives = [listing.completed_since(lately)] if lately else []
        return self._next([{**UNFINISHED, "alternatives": alternatives}], cursor["warm"], limit)

    def _next(self, filters: list[listing.Filter], after: int, limit: int) -> listing.Found:
        return listing.search(self.client, self.path, filters, after=after, size=limit, share=ROUND_SHARE)

    def _pages_of(
        self, parents: list[Payload], before: Cursor, after: Cursor, share: float
    ) -> Iterator[Page]:
        """The parents' rows; only the last page carries ``after``, so that half a batch is read again."""
        rows: list[Row] = [row for parent in parents for row in self.lookups.rows(parent, share)]
        while len(rows) > self.pace.size:
            yield Page(rows[: self.pace.size], before)
            rows = rows[self.pace.size :]
        if rows or after != before:
            yield Page(rows, after)
