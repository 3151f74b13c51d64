"""Master records of a batch: resolved and written in rounds, since some refer to others of the same batch."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from sync.identities import owners, ref_to
from sync.items import Item
from sync.load import masters
from sync.load.masters import Written, standard_reason
from sync.load.places import NOWHERE, only_plant, settle_plants
from sync.load.specs import ASKED_WHEN_NEEDED, SPECS, Ids, leave_refs, refs_of
from sync.mapping import lost, rejected, unmapped
from sync.models import Source
from sync.places import Places
from sync.queue.writer import Held, Problem
from sync.records import EquipmentRecord, Kind, Master, ReasonRecord, Ref
from sync.references import Resolved, find


@dataclass(frozen=True, slots=True)
class Mastered:
    """What became of master records: kinds that got new names, how many were written, and what waits."""

    kinds: set[Kind]
    loaded: int
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class _Entry:
    item: Item
    record: Master

    @property
    def own(self) -> Ref:
        return ref_to(self.record)


def load(source: Source, items: Sequence[Item], *, create: str = "", by: str = "") -> Mastered:
    """Write master records.

    Args:
        create: key of a record to make a new row of, though the source is not the system of record.
        by: the person who wants that.
    """
    owns = {Kind(kind) for kind, owner in owners().items() if owner == source.pk}
    valid, problems = _valid(source, items)
    waiting, kinds, loaded = _housed(source, valid), set[Kind](), 0
    while waiting:
        ids = _ids(source, waiting, owns, create)
        ready, rest = _ready(waiting, ids, owns, create)
        if not ready:
            break
        masters.write(source, ready, ids, owns=owns, by=by)
        problems += _left_open(source, ready, owns)
        kinds |= {ref_to(item.record).kind for item in ready}
        loaded += len(ready)
        waiting = rest
    problems += _waiting(source, waiting, owns, create)
    if kinds & {Kind.PLANT, Kind.EQUIPMENT, Kind.CALENDAR}:
        settle_plants()
    return Mastered(kinds, loaded, problems)


def _valid(source: Source, items: Sequence[Item]) -> tuple[list[_Entry], list[Problem]]:
    now = timezone.now()
    judged = [(item, item.wrong(now)) for item in items]
    bad = [(item, wrong) for item, wrong in judged if wrong]
    places = Places(source, [item for item, _ in bad], {})
    entries = [
        _Entry(item, item.record) for item, wrong in judged if not wrong and isinstance(item.record, Master)
    ]
    return entries, [rejected(item, wrong, places.held(item)) for item, wrong in bad]


def _housed(source: Source, entries: Sequence[_Entry]) -> list[_Entry]:
    """New machines that nothing says the place of are asked for together; known ones stay where they are."""
    homeless = [entry for entry in entries if _homeless(entry.record)]
    known = find(source, {entry.own for entry in homeless}).ids if homeless else {}
    lost = {entry.item.key for entry in homeless if entry.own not in known}
    return [_in_nowhere(entry) if entry.item.key in lost else entry for entry in entries]


def _homeless(record: Master) -> bool:
    return isinstance(record, EquipmentRecord) and not (record.plant or record.line or record.parent)


def _in_nowhere(entry: _Entry) -> _Entry:
    if not isinstance(entry.record, EquipmentRecord):
        return entry
    record = replace(entry.record, plant=NOWHERE)
    return _Entry(replace(entry.item, record=record), record)


def _ids(source: Source, entries: Sequence[_Entry], owns: Collection[Kind], create: str) -> Ids:
    refs = set(_refs(entries, owns, create))
    ids = find(source, refs).ids
    if NOWHERE in refs and NOWHERE not in ids and (only := only_plant(source, owns)):
        return {**ids, NOWHERE: only}
    return ids


def _refs(entries: Sequence[_Entry], owns: Collection[Kind], create: str) -> Iterator[Ref]:
    for entry in entries:
        yield entry.own
        yield from _needs(entry, owns, create).values()
        yield from leave_refs(entry.record).values()


def _needs(entry: _Entry, owns: Collection[Kind], create: str) -> dict[str, Ref]:
    return refs_of(entry.record, owned=entry.own.kind in owns or entry.item.key == create)


def _ready(
    entries: Sequence[_Entry], ids: Ids, owns: Collection[Kind], create: str
) -> tuple[list[Written], list[_Entry]]:
    ready: list[Written] = []
    rest: list[_Entry] = []
    for entry in entries:
        known = _canonical(entry, ids)
        # A new reason would have no place in the loss tree.
        may_create = not isinstance(entry.record, ReasonRecord) and (
            entry.own.kind in owns or entry.item.key == create
        )
        if known is not None or (may_create and _placed(entry, ids)):
            ready.append(Written(entry.item.row, entry.record, known))
        else:
            rest.append(entry)
    return ready, rest


def _canonical(entry: _Entry, ids: Ids) -> int | None:
    known = ids.get(entry.own)
    if known is None and isinstance(entry.record, ReasonRecord):
        return standard_reason(entry.record)
    return known


def _placed(entry: _Entry, ids: Ids) -> bool:
    """Whether all is there that a new row needs. A machine's place may be its line's or parent's."""
    record = entry.record
    names = SPECS[type(record)].required
    if isinstance(record, EquipmentRecord) and record.plant is None:
        return any(ref in ids for ref in (record.line, record.parent) if ref is not None)
    return all(getattr(record, name) in ids for name in names)


def _left_open(source: Source, ready: Sequence[Written], owns: Collection[Kind]) -> Iterator[Problem]:
    """References of written masters that lead nowhere: the row is there without them, and waits for them."""
    wanted: list[tuple[Written, Ref]] = []
    for written in ready:
        owned = ref_to(written.record).kind in owns
        refs = [*refs_of(written.record, owned=owned).values(), *leave_refs(written.record).values()]
        wanted += [(written, ref) for ref in refs if ref != NOWHERE]  # it was written, so it has a place
    resolved = find(source, {ref for _, ref in wanted})
    open_refs = [(Item(master.row, master.record), ref) for master, ref in wanted if ref not in resolved.ids]
    places = Places(source, [item for item, _ in open_refs], resolved.ids)
    for item, ref in open_refs:
        yield from lost(ref, item, places.held(item), resolved)


def _waiting(
    source: Source, entries: Sequence[_Entry], owns: Collection[Kind], create: str
) -> Iterator[Problem]:
    resolved = find(source, _refs(entries, owns, create))
    places = Places(source, [entry.item for entry in entries], resolved.ids)
    by_key = {entry.item.key: entry for entry in entries if entry.own.kind in owns}
    for entry in entries:
        yield from _why(_root(entry, by_key), resolved, owns, create, places.held(entry.item))


def _root(entry: _Entry, by_key: Mapping[str, _Entry]) -> _Entry:
    """What a machine under others that wait is waiting for: what the topmost of them waits for."""
    passed = {entry.item.key}
    while isinstance(entry.record, EquipmentRecord) and entry.record.parent:
        above = by_key.get(entry.record.parent.key)
        if above is None or above.item.key in passed:
            break
        passed.add(above.item.key)
        entry = above
    return entry


def _why(
    entry: _Entry, resolved: Resolved, owns: Collection[Kind], create: str, held: Held
) -> Iterator[Problem]:
    kind = entry.own.kind
    missing = [
        ref for ref in _needs(entry, owns, create).values() if ref not in resolved.ids and kind in owns
    ]
    if kind in owns and missing and not isinstance(entry.record, ReasonRecord):
        for ref in missing:
            yield from lost(ref, entry.item, held, resolved)
    elif kind not in ASKED_WHEN_NEEDED:
        yield unmapped(entry.own, entry.item, held)
