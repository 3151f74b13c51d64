"""Masters: created and renamed by their system of record, completed by the others."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from kpis.cycles import begin
from kpis.models import Equipment, Line, Operation, Reason
from kpis.models.base import Master as Row
from kpis.rollup import mark_calendars
from sync import counterparts
from sync.counterparts import Told
from sync.identities import CANONICAL, Naming, ref_to, remember
from sync.landing import Landed
from sync.load import calendars, transitions
from sync.load.choice import Said, columns
from sync.load.fields import FIELDS, Ids, said
from sync.load.rows import Changes, choose, mark, save
from sync.load.specs import SPECS
from sync.models import Identity, Source
from sync.ownership import Owners
from sync.records import KIND_OF, CalendarRecord, EquipmentRecord, Kind, Master, ReasonRecord

NOBODY = Owners({}, {})


@dataclass(frozen=True, slots=True)
class Written:
    """A master ready to be written. ``canonical_id`` None = it becomes a new row."""

    row: Landed
    record: Master
    canonical_id: int | None


def write(
    source: Source, items: Sequence[Written], ids: Ids, *, owners: Owners, by: str = ""
) -> dict[Kind, set[int]]:
    """Create and update masters of one round, remember their names, and mark what that touches.

    Args:
        ids: the references the records make, resolved.
        by: the person who had a row created.

    Returns:
        Rows of which other sources tell, too, by kind.
    """
    changes = Changes()
    shared: dict[Kind, set[int]] = {}
    for model, group in _by_model(items).items():
        kind = KIND_OF[type(group[0].record)]
        rows = _rows(model, group)
        told = [_told(item, kind, ids) for item in group]
        several = _several(source, kind, [each for each in told if each.canonical_id in rows])
        shared[kind] = set(several)
        namings = []
        for item, each in zip(group, told, strict=True):
            row = rows.get(each.canonical_id)
            mine = Said(source.pk, source.name, item.record.external_key, each.values)
            if row:
                _update(source, row, item, mine, several.get(row.pk), owners, changes)
            namings.append((item, row or _new(model, item, mine), row is None))
        model._default_manager.bulk_create([row for _, row, new in namings if new])
        begin([row for _, row, new in namings if new and isinstance(row, Operation)])
        save(model, [row for _, row, new in namings if not new], changes)
        remember(source, [_naming(item, row, new=new, by=by) for item, row, new in namings])
        _beside(source, [(item, row) for item, row, _ in namings], ids)
    mark(changes)
    return shared


def _told(item: Written, kind: Kind, ids: Ids) -> Told:
    return Told(item.canonical_id or 0, item.record, item.row, said(item.record, kind, ids))


def _several(source: Source, kind: Kind, told: Sequence[Told]) -> dict[int, list[Said]]:
    """What all sources say of those rows that another source names, too; ours is kept with it."""
    shared = counterparts.named_by_others(source, kind, {each.canonical_id for each in told})
    if not shared or not FIELDS[kind]:
        return {}
    counterparts.keep_followed(kind, shared)
    counterparts.keep(source, kind, [each for each in told if each.canonical_id in shared])
    return counterparts.all_said(kind, shared)


def _beside(source: Source, written: Sequence[tuple[Written, Row]], ids: Ids) -> None:
    """What records say beside their row: the pattern of a calendar, the state of a machine."""
    _write_patterns(source, written, ids)
    machines = [(item, row) for item, row in written if isinstance(item.record, EquipmentRecord)]
    transitions.of_machines(source, [(row.pk, item.record, item.row) for item, row in machines])


def _by_model(items: Sequence[Written]) -> dict[type[Row], list[Written]]:
    groups: dict[type[Row], list[Written]] = defaultdict(list)
    for item in items:
        groups[SPECS[type(item.record)].model].append(item)
    return groups


def _rows(model: type[Row], items: Sequence[Written]) -> dict[int, Row]:
    wanted = [item.canonical_id for item in items if item.canonical_id]
    return model._default_manager.select_for_update(of=("self",)).order_by("id").in_bulk(wanted)


def _new(model: type[Row], item: Written, mine: Said) -> Row:
    row = model(source=mine.source, external_key=mine.external_key)
    kind = KIND_OF[type(item.record)]
    for name, value in columns(kind, model, [mine], mine, NOBODY).items():
        setattr(row, name, value)
    _stamp(row, item)
    if isinstance(row, Equipment):
        _place(row)
    return row


def _stamp(row: Row, item: Written) -> None:
    row.trace_id = item.row.trace_id
    row.source_updated_at = item.record.updated_at or item.row.updated_at


def _place(row: Equipment) -> None:
    """A machine without a plant of its own is where its line is, else where its parent is."""
    given: int | None = row.plant_id
    if given is None and row.line_id is not None:
        given = Line.objects.values_list("plant_id", flat=True).get(pk=row.line_id)
    if given is None and row.parent_id is not None:
        given = Equipment.objects.values_list("plant_id", flat=True).get(pk=row.parent_id)
    if given is not None:
        row.plant_id = given


def follows(source: Source, row: Row, record: Master, owners: Owners) -> bool:
    """Whether the row follows this record: it was made from it, or the system of record takes it over."""
    if isinstance(record, ReasonRecord):
        return False
    if row.source == source.name:
        return row.external_key == record.external_key
    return owners.kinds.get(ref_to(record).kind) == source.pk


def _update(
    source: Source,
    row: Row,
    item: Written,
    mine: Said,
    several: Sequence[Said] | None,
    owners: Owners,
    changes: Changes,
) -> None:
    takes = follows(source, row, item.record, owners)
    if takes:
        _stamp(row, item)
    followed = (mine.source, mine.external_key) if takes else (row.source, row.external_key)
    values = choose(row, KIND_OF[type(item.record)], several or [mine], followed, owners)
    if takes:
        values |= {"source": followed[0], "external_key": followed[1], "gone_at": None}
    changes.put(row, values)


def _naming(item: Written, row: Row, *, new: bool, by: str) -> Naming:
    ref = ref_to(item.record)
    method = _method(item, row, new=new, by=by)
    return Naming(ref.kind, ref.key, row.pk, method, ref.codes, ref.label, by)


def _method(item: Written, row: Row, *, new: bool, by: str) -> str:
    if new:
        return Identity.Method.MANUAL if by else Identity.Method.CREATED
    if isinstance(item.record, ReasonRecord):
        return Identity.Method.SEEDED
    return Identity.Method.EXACT if row.code in item.record.codes else Identity.Method.NORMALISED


def _write_patterns(source: Source, written: Sequence[tuple[Written, Row]], ids: Ids) -> None:
    for item, row in written:
        followed = (row.source, row.external_key) == (source.name, item.record.external_key)
        if isinstance(item.record, CalendarRecord) and followed and calendars.write(row.pk, item.record, ids):
            mark_calendars([row.pk])


def retire(source: Source, keys: Collection[str]) -> int:
    """Mark masters as gone whose record their system of record has no more. They are never deleted."""
    gone = 0
    for model in {spec.model for spec in SPECS.values()}:
        rows = model._default_manager.filter(source=source.name, external_key__in=keys, gone_at=None)
        gone += rows.update(gone_at=timezone.now(), active=False)
    return gone


def create_plain(kind: Kind, source: Source, key: str, code: str, name: str) -> int:
    """A new product, part or person of which a source gave no record but a code or a name."""
    model: Any = CANONICAL[kind]
    row: Row = model.objects.create(
        source=source.name, external_key=key, code=code[:80], name=(name or code)[:200]
    )
    return int(row.pk)


def create_reason(source: Source, key: str, name: str, loss_class: str) -> int:
    """A new reason at its place in the loss tree. Its code is its name as a slug, with a number if taken."""
    stem = slugify(name)[:70] or "reason"
    taken = set(Reason.objects.filter(code__startswith=stem).values_list("code", flat=True))
    numbered = (f"{stem}-{number}" for number in count(2))
    code = stem if stem not in taken else next(code for code in numbered if code not in taken)
    row = Reason.objects.create(
        source=source.name, external_key=key, code=code, name=name[:200], loss_class=loss_class
    )
    return row.pk


def standard_reason(record: ReasonRecord) -> int | None:
    """The standard reason of a record that tells its loss class by itself: running, or reduced speed."""
    if record.loss_class not in ("running", "speed"):
        return None
    return Reason.objects.filter(loss_class=record.loss_class).values_list("id", flat=True).first()
