"""Master records of a batch: resolved and written in rounds, since some refer to others of the same batch."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from sync.identities import ref_to, resolve
from sync.items import Item
from sync.load import masters
from sync.load.fields import Ids
from sync.load.masters import Written, standard_reason
from sync.load.places import NOWHERE, only_plant, settle_plants
from sync.load.specs import ASKED_WHEN_NEEDED, SPECS, leave_refs, needed, refs_of
from sync.mapping import lost, rejected, unmapped
from sync.models import Source
from sync.ownership import Owners, owners
from sync.places import Places
from sync.queue.writer import Held, Problem
from sync.records import EquipmentRecord, Kind, Master, ReasonRecord, Ref
from sync.references import Resolved, find


@dataclass(frozen=True, slots=True)
class Mastered:
    """What became of master records.

    Args:
        kinds: that got new names.
        problems: what waits.
        shared: rows of which other sources tell, too, by kind.
    """

    kinds: set[Kind]
    loaded: int
    problems: list[Problem]
    shared: dict[Kind, set[int]]


@dataclass(frozen=True, slots=True)
class _Entry:
    item: Item
    record: Master

    @property
    def own(self) -> Ref:
        return ref_to(self.record)


@dataclass(frozen=True, slots=True)
class _Rights:
    """What the source of a batch may decide. ``create``: key of a record a person wants a new row of."""

    source: Source
    owners: Owners
    create: str

    @property
    def kinds(self) -> set[Kind]:
        return self.owners.owned_by(self.source.pk)

    def owns(self, kind: Kind) -> bool:
        return self.owners.kinds.get(kind) == self.source.pk

    def needs(self, entry: _Entry) -> dict[str, Ref]:
        """References that are asked for when they lead nowhere."""
        wanted = entry.item.key == self.create
        return needed(entry.record, self.source.pk, self.owners, creates=wanted)

    def may_create(self, entry: _Entry) -> bool:
        """A new reason would have no place in the loss tree."""
        mine = self.owns(entry.own.kind) or entry.item.key == self.create
        return mine and not isinstance(entry.record, ReasonRecord)


def load(source: Source, items: Sequence[Item], *, create: str = "", by: str = "") -> Mastered:
    """Write master records.

    Args:
        create: key of a record to make a new row of, though the source is not the system of record.
        by: the person who wants that.
    """
    rights = _Rights(source, owners(), create)
    shared: dict[Kind, set[int]] = defaultdict(set)
    valid, problems = _valid(source, items)
    waiting, kinds, loaded = _housed(source, valid), set[Kind](), 0
    while waiting:
        ids = _ids(rights, waiting)
        ready, rest = _ready(rights, waiting, ids)
        if not ready:
            break
        for kind, rows in masters.write(source, ready, ids, owners=rights.owners, by=by).items():
            shared[kind] |= rows
        problems += _left_open(rights, ready)
        kinds |= {ref_to(item.record).kind for item in ready}
        loaded += len(ready)
        waiting = rest
    problems += _waiting(rights, waiting)
    if kinds & {Kind.PLANT, Kind.EQUIPMENT, Kind.CALENDAR}:
        settle_plants()
    return Mastered(kinds, loaded, problems, shared)


def _valid(source: Source, items: Sequence[Item]) -> tuple[list[_Entry], list[Problem]]:
    now = timezone.now()
    judged = [(item, item.wrong(now)) for item in items]
    bad = [(item, wrong) for item, wrong in judged if wrong]
    places = Places(source, [item for item, _ in bad], {})
    entries = [
        _Entry(item, item.record) for item, wrong in judged if not wrong and isinstance(item.record, Master)
    ]
    return entries, [rejected(item, wrong, places.held(item), item.key) for item, wrong in bad]


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
    return _Entry(entry.item._replace(record=record), record)


def _ids(rights: _Rights, entries: Sequence[_Entry]) -> Ids:
    refs = set(_refs(rights, entries))
    ids = find(rights.source, refs).ids
    # The other references only serve to compare, so nobody is asked what they mean.
    ids |= resolve(rights.source, {ref for entry in entries for ref in refs_of(entry.record).values()} - refs)
    if NOWHERE in refs and NOWHERE not in ids and (only := only_plant(rights.source, rights.kinds)):
        return {**ids, NOWHERE: only}
    return ids


def _refs(rights: _Rights, entries: Iterable[_Entry]) -> Iterator[Ref]:
    for entry in entries:
        yield entry.own
        yield from rights.needs(entry).values()
        yield from leave_refs(entry.record).values()


def _ready(rights: _Rights, entries: Sequence[_Entry], ids: Ids) -> tuple[list[Written], list[_Entry]]:
    ready: list[Written] = []
    rest: list[_Entry] = []
    for entry in entries:
        known = _canonical(entry, ids)
        if known is not None or (rights.may_create(entry) and _placed(entry, ids)):
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


def _left_open(rights: _Rights, ready: Sequence[Written]) -> Iterator[Problem]:
    """References of written masters that lead nowhere: the row is there without them, and waits for them."""
    wanted: list[tuple[Written, Ref]] = []
    for written in ready:
        decides = needed(written.record, rights.source.pk, rights.owners, creates=False)
        refs = [*decides.values(), *leave_refs(written.record).values()]
        wanted += [(written, ref) for ref in refs if ref != NOWHERE]  # it was written, so it has a place
    resolved = find(rights.source, {ref for _, ref in wanted})
    open_refs = [(Item(master.row, master.record), ref) for master, ref in wanted if ref not in resolved.ids]
    places = Places(rights.source, [item for item, _ in open_refs], resolved.ids)
    for item, ref in open_refs:
        yield from lost(ref, item, places.held(item), resolved)


def _waiting(rights: _Rights, entries: Sequence[_Entry]) -> Iterator[Problem]:
    resolved = find(rights.source, _refs(rights, entries))
    places = Places(rights.source, [entry.item for entry in entries], resolved.ids)
    by_key = {entry.item.key: entry for entry in entries if rights.owns(entry.own.kind)}
    for entry in entries:
        yield from _why(rights, _root(entry, by_key), resolved, places.held(entry.item))


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


def _why(rights: _Rights, entry: _Entry, resolved: Resolved, held: Held) -> Iterator[Problem]:
    kind = entry.own.kind
    missing = [ref for ref in rights.needs(entry).values() if ref not in resolved.ids and rights.owns(kind)]
    if missing and not isinstance(entry.record, ReasonRecord):
        for ref in missing:
            yield from lost(ref, entry.item, held, resolved)
    elif kind not in ASKED_WHEN_NEEDED:
        yield unmapped(entry.own, entry.item, held)
