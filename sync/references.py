"""References of records: resolved set by set, with what the source's own list says of a bare key."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sync.connectors import connector_class
from sync.errors import BadRow
from sync.identities import ref_to, resolve
from sync.models import RawRecord, Source
from sync.records import Master, Record, Ref


@dataclass(frozen=True, slots=True)
class Resolved:
    """Canonical ids by reference. ``fuller``: of those not found, the reference with the codes its list gives."""

    ids: dict[Ref, int]
    fuller: dict[Ref, Ref]

    def named(self, refs: Iterable[Ref]) -> list[Ref]:
        """The references as fully as we know them."""
        return [self.fuller.get(ref, ref) for ref in refs]


def find(source: Source, refs: Iterable[Ref]) -> Resolved:
    """Resolve references; where a bare key is not known, by the codes of its landed master record."""
    wanted = set(refs)
    ids = resolve(source, wanted)
    fuller = _from_landing(source, {ref for ref in wanted - ids.keys() if ref.key and not ref.codes})
    if fuller:
        found = resolve(source, fuller.values())
        ids |= {ref: found[full] for ref, full in fuller.items() if full in found}
    return Resolved(ids, {ref: full for ref, full in fuller.items() if ref not in ids})


def _from_landing(source: Source, refs: Collection[Ref]) -> dict[Ref, Ref]:
    masters = masters_of(source, {ref.key for ref in refs}) if refs else {}
    fuller = {ref: masters.get((ref.kind, ref.key)) for ref in refs}
    return {ref: ref_to(master[1]) for ref, master in fuller.items() if master}


def masters_of(source: Source, keys: Collection[str]) -> dict[tuple[str, str], tuple[int, Master]]:
    """(kind, key) → landed row and master record, of keys whose own row the source has given us."""
    rows = RawRecord.objects.filter(
        stream__source=source, external_key__in=keys, current=True, gone_at=None
    ).values_list("id", "stream__name", "payload")
    connector = connector_class(source.connector)
    found = {}
    for raw_id, stream, payload in rows:
        try:
            records: list[Record] = connector.to_records(stream, payload)
        except BadRow:
            continue
        for record in records:
            if isinstance(record, Master):
                found[ref_to(record).kind.value, record.external_key] = (raw_id, record)
    return found
