"""References of records: resolved set by set, with what the source's own list says of a bare key."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sync.errors import BadRow
from sync.identities import ref_to, resolve
from sync.models import HeldRecord, RawRecord, Source, SyncException
from sync.records import Master, Record, Ref
from sync.sources import class_of


@dataclass(frozen=True, slots=True)
class Resolved:
    """Canonical ids by reference.

    Args:
        fuller: of those not found, the reference with the codes its own list gives.
        roots: of those not found, what their own record waits for: a fact that names it waits for the same.
    """

    ids: dict[Ref, int]
    fuller: dict[Ref, Ref]
    roots: dict[Ref, list[SyncException]]


def find(source: Source, refs: Iterable[Ref]) -> Resolved:
    """Resolve references; where a bare key is not known, by the codes of its landed master record."""
    wanted = set(refs)
    ids = resolve(source, wanted)
    lost = {ref for ref in wanted - ids.keys() if ref.key}
    landed = masters_of(source, {ref.key for ref in lost}) if lost else {}
    own = {ref: landed[ref.kind.value, ref.key] for ref in lost if (ref.kind.value, ref.key) in landed}
    fuller = {ref: ref_to(record) for ref, (_, record) in own.items() if not ref.codes}
    found = resolve(source, fuller.values()) if fuller else {}
    ids |= {ref: found[full] for ref, full in fuller.items() if full in found}
    waiting = {ref: raw_id for ref, (raw_id, _) in own.items() if ref not in ids}
    return Resolved(ids, {ref: full for ref, full in fuller.items() if ref not in ids}, _roots(waiting))


def _roots(waiting: dict[Ref, int]) -> dict[Ref, list[SyncException]]:
    if not waiting:
        return {}
    rows = HeldRecord.objects.filter(raw__in=waiting.values()).select_related("exception__source")
    causes: dict[int, list[SyncException]] = defaultdict(list)
    for row in rows.order_by("id"):
        causes[row.raw_id].append(row.exception)
    return {ref: causes[raw_id] for ref, raw_id in waiting.items() if causes[raw_id]}


def masters_of(source: Source, keys: Collection[str]) -> dict[tuple[str, str], tuple[int, Master]]:
    """(kind, key) → landed row and master record, of keys whose own row the source has given us."""
    rows = RawRecord.objects.filter(stream__source=source, external_key__in=keys, gone_at=None).values_list(
        "id", "stream__name", "payload"
    )
    connector = class_of(source)
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
