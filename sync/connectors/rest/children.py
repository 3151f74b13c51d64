"""Rows that an API lists by parent only. A child often does not touch its parent, so a run looks up

(1) the parents that changed, all of them on a first load; then
(2) some of the others in turn, as many as the declaration says, with part of the request budget only.

Cursor: ``since`` and ``round`` (place in the second walk) at rest; within (1) also ``until`` and ``place``.
A place is ``page``, the state of a page of parents, and ``after``, the last parent done on it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync.connectors.base import Cursor, Page, Payload, Row
from sync.connectors.budget import BudgetSpent
from sync.connectors.declared.contract import kept
from sync.connectors.declared.expressions import truthy
from sync.connectors.rest import faults
from sync.connectors.rest.declaration import Children
from sync.connectors.rest.listing import Found, Lister
from sync.connectors.rest.paging import State
from sync.connectors.rest.reader import ListReader, latest, lower_bound, pages_of, since_of
from sync.connectors.rest.rows import Lists, changed_at, to_land

BATCH = 25
ROUND_SHARE = 0.6
Wanted = Callable[[Payload], bool]


@dataclass(frozen=True, slots=True)
class Step:
    """Some parents to look up, and the place behind them; {} behind the last of all."""

    found: Found
    page: State
    parents: list[Payload]
    place: State


class ChildReader:
    """Reads one stream of children.

    Args:
        parents: reads the parents' stream.
    """

    def __init__(self, lister: Lister, lists: Lists, how: Children, parents: ListReader) -> None:
        self.lister, self.lists, self.how, self.parents = lister, lists, how, parents
        self.stream = lister.stream

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        last = cursor
        for page in self._changed(cursor):
            last = page.cursor
            yield page
        if not cursor.get("since") or not self.how.again_per_run:
            return  # a first load has just looked up every parent
        try:
            yield from self._round(last)
        except BudgetSpent:
            return  # it goes on in the next run

    def keys(self) -> Iterator[str]:
        for step in self._walk(None, {}, lambda parent: True, 1.0):
            for parent in step.parents:
                yield from (row.external_key for row in self._rows(parent, 1.0))

    def _changed(self, cursor: Cursor) -> Iterator[Page]:
        since, at, until = since_of(cursor), cursor, str(cursor.get("until") or "")
        stays = {name: cursor[name] for name in ("since", "round") if cursor.get(name)}
        bound = lower_bound(self.parents.stream, since) or since
        for step in self._walk(
            since, cursor.get("place") or {}, lambda one: self._is_changed(one, bound), 1.0
        ):
            until = self._until(step.found, until, str(stays.get("since", "")))
            after = (
                {**stays, "until": until, "place": step.place} if step.place else {**stays, "since": until}
            )
            yield from self._pages_of(step.parents, at, after, 1.0)
            at = after

    def _is_changed(self, parent: Payload, bound: datetime | None) -> bool:
        """Of parents that do not tell, those a filter has let through; else they are looked up in turn."""
        if bound is None:
            return True
        changed, how = changed_at(self.parents.stream, parent), self.parents.stream.incremental
        return changed >= bound if changed else how is not None and not how.newest_first

    def _until(self, found: Found, until: str, since: str) -> str:
        stream = self.parents.stream
        told = latest(stream, found, until or since) if stream.updated_at is not None else until
        return told or found.at.isoformat()

    def _round(self, cursor: Cursor) -> Iterator[Page]:
        at, left = cursor, self.how.again_per_run
        for step in self._walk(None, cursor.get("round") or {}, self._again, ROUND_SHARE):
            batch, place = step.parents[:left], step.place
            if batch and len(batch) < len(step.parents):
                place = {"page": step.page, "after": self._key(batch[-1])}
            left -= len(batch)
            after = {name: value for name, value in {**at, "round": place}.items() if value}
            yield from self._pages_of(batch, at, after, ROUND_SHARE)
            at = after
            if left <= 0:
                return

    def _again(self, parent: Payload) -> bool:
        return self.how.again_when is None or truthy(self.how.again_when, parent)

    def _walk(
        self, since: datetime | None, place: Mapping[str, Any], wanted: Wanted, share: float
    ) -> Iterator[Step]:
        """The parents from a place on, in batches."""
        state, after = dict(place.get("page") or {}), str(place.get("after") or "")
        for found in self.parents.found(since, state, share):
            parents = [one for one in self._behind(found.rows, after) if wanted(one)]
            after = ""
            for first in range(0, len(parents), BATCH):
                batch = parents[first : first + BATCH]
                yield Step(found, state, batch, {"page": state, "after": self._key(batch[-1])})
            yield Step(found, state, [], {"page": found.next} if found.next else {})
            state = found.next

    def _behind(self, parents: Sequence[Payload], after: str) -> Sequence[Payload]:
        """The parents behind one on their page; all of them when it is not there any more."""
        keys = [self._key(one) for one in parents]
        behind = parents[keys.index(after) + 1 :] if after in keys else parents
        return [one for one in behind if not self.parents.stream.is_gone(one)]

    def _key(self, parent: Payload) -> str:
        return self.parents.stream.external_key(parent)

    def _pages_of(
        self, parents: Sequence[Payload], before: Cursor, after: Cursor, share: float
    ) -> Iterator[Page]:
        rows = [row for parent in parents for row in self._rows(parent, share)]
        if rows or after != before:
            yield from pages_of(rows, before, after)

    def _rows(self, parent: Payload, share: float) -> list[Row]:
        """One parent's children; none when it was deleted meanwhile."""
        scope = {"parent": kept(parent, self.how.keep)}
        try:
            found = [row for page in self.lister.pages(scope, {}, share) for row in page.rows]
        except faults.NotThere:
            return []
        return to_land(self.stream, self.lists, found)
