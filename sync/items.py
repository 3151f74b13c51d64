"""A record with the landed row it came from."""

from datetime import datetime
from typing import NamedTuple

from sync.landing import Landed
from sync.records import KIND_OF, Kind, Record
from sync.validation import Violation, violations


class Item(NamedTuple):
    """A record with the landed row it came from. ``corrected``: its fields that a person has set.

    A tuple, since there is one for every record: it is made in a third of a dataclass's time.
    """

    row: Landed
    record: Record
    corrected: frozenset[str] = frozenset()

    @property
    def kind(self) -> Kind:
        return KIND_OF[type(self.record)]

    @property
    def key(self) -> str:
        return self.record.external_key

    def wrong(self, now: datetime) -> list[Violation]:
        """What cannot be true in the record."""
        written = self.record.updated_at or self.row.updated_at
        return violations(self.record, now, written=written, corrected=self.corrected)
