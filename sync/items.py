"""A record with the landed row it came from."""

from dataclasses import dataclass

from sync.landing import Landed
from sync.records import KIND_OF, Kind, Record


@dataclass(frozen=True, slots=True)
class Item:
    """A record with the landed row it came from."""

    row: Landed
    record: Record

    @property
    def kind(self) -> Kind:
        return KIND_OF[type(self.record)]

    @property
    def key(self) -> str:
        return self.record.external_key
