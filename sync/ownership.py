"""Who is the system of record: of a kind, and of single fields of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sync.models import Ownership
from sync.records import Kind


@dataclass(frozen=True, slots=True)
class Owners:
    """The systems of record, by source id, as they are at this moment."""

    kinds: Mapping[str, int]
    fields: Mapping[tuple[str, str], int]

    def of_field(self, kind: Kind, field: str, instead: Kind | None = None) -> int | None:
        """The source a field has as its own system of record; None: it goes with the row.

        Args:
            instead: the kind whose system of record has the field where nothing else is said.
        """
        found = self.fields.get((kind, field))
        return found if found is not None or instead is None else self.kinds.get(instead)

    def owned_by(self, source_id: int) -> set[Kind]:
        """The kinds of which a source is the system of record."""
        return {Kind(kind) for kind, owner in self.kinds.items() if owner == source_id}

    def splits(self, kind: Kind) -> bool:
        """Whether some field of a kind has a system of record of its own."""
        return any(of == kind for of, _ in self.fields)


def owners() -> Owners:
    """Read the systems of record. One query."""
    rows = list(Ownership.objects.values_list("kind", "field", "source_id"))
    kinds = {kind: source for kind, field, source in rows if not field}
    return Owners(kinds, {(kind, field): source for kind, field, source in rows if field})
