"""A record with the landed row it came from."""

from dataclasses import dataclass
from datetime import datetime

from sync.landing import Landed
from sync.records import KIND_OF, Kind, Record
from sync.validation import Violation, violations


@dataclass(frozen=True, slots=True)
class Item:
    """A record with the landed row it came from. ``corrected``: its fields that a person has set."""

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
