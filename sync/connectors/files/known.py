"""What a cursor knows of files: those that are read, and the place in the one that is not yet.

``{"form": digest, "done": {name: [size, changed_ns, arrived_ns, digest, faults]}, "passed": ns,
"at": [name, size, changed_ns, row]}``. Files that are not in ``done``, but had arrived by ``passed``, are
read. ``form`` is the way they were read: when the declaration reads in another way, all are read again.
"""

from collections.abc import Collection
from typing import Any

from sync.connectors.base import Cursor
from sync.connectors.files.folder import Drop

MOST_FAULTS = 200
NOT_READ = -1
"""In place of a size: the file's faults are known, but it is to be read again."""
SIZE, CHANGED, ARRIVED, DIGEST, FAULTS = range(5)


class Known:
    """A cursor at work."""

    def __init__(self, cursor: Cursor, form: str) -> None:
        self._form, same = form, cursor.get("form") == form
        done: dict[str, list[Any]] = cursor.get("done") or {}
        self._done = done.copy() if same else {name: [NOT_READ, *known[1:]] for name, known in done.items()}
        self._passed = int(cursor.get("passed") or 0) if same else 0
        self._at: list[Any] = list(cursor.get("at") or []) if same else []

    def cursor(self) -> Cursor:
        parts = {"done": dict(self._done), "passed": self._passed, "at": list(self._at)}
        return {"form": self._form, **{name: part for name, part in parts.items() if part}}

    def is_read(self, drop: Drop) -> bool:
        known = self._done.get(drop.name)
        if known is None:
            return drop.arrived_ns <= self._passed
        return bool(known[:ARRIVED] == [drop.size, drop.changed_ns])

    def has_content(self, drop: Drop, digest: str) -> bool:
        """Whether the file was only touched."""
        known = self._done.get(drop.name)
        return known is not None and known[SIZE] == drop.size and known[DIGEST] == digest

    def faults(self, drop: Drop) -> list[int]:
        """Rows without a key of their own that the file had when it was last read."""
        known = self._done.get(drop.name)
        return list(known[FAULTS]) if known else []

    def row(self, drop: Drop) -> int:
        """The row of the file behind which reading goes on."""
        mine = self._at[:-1] == [drop.name, drop.size, drop.changed_ns]
        return int(self._at[-1]) if mine else 0

    def stop_at(self, drop: Drop, row: int) -> None:
        self._at = [drop.name, drop.size, drop.changed_ns, row]

    def leave(self) -> None:
        """The file has changed under our eyes: it is read again."""
        self._at = []

    def finish(self, drop: Drop, digest: str, faults: Collection[int]) -> None:
        told = sorted(set(faults))[:MOST_FAULTS]
        self._at = []
        self._done[drop.name] = [drop.size, drop.changed_ns, drop.arrived_ns, digest, told]

    def forget(self, most: int, waiting: Collection[Drop]) -> None:
        """Keep the files that arrived last; never pass one that is still to be read."""
        bound = min((drop.arrived_ns for drop in waiting), default=None)
        oldest = sorted(self._done, key=lambda name: (self._done[name][ARRIVED], name))
        for name in oldest[: max(len(oldest) - most, 0)]:
            arrived = self._done[name][ARRIVED]
            if bound is not None and arrived >= bound:
                return
            self._passed = max(self._passed, arrived)
            del self._done[name]
