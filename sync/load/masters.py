"""Masters: created and renamed by their system of record, completed by the others."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from kpis.models import Equipment, Line, Operation, Plant, Reason, ShiftCalendar
from kpis.models.base import Master as Row
from kpis.rollup import mark_calendars, mark_equipment, mark_plants
from sync.identities import CANONICAL, Naming, ref_to, remember
from sync.landing import Landed
from sync.load import calendars
from sync.load.facts import fill_ideal_cycles
from sync.load.specs import SPECS, Ids, values_of
from sync.models import Identity, Source
from sync.records import CalendarRecord, Kind, Master, ReasonRecord

COMPUTED_FROM = frozenset({"plant_id", "calendar_id", "work_unit", "timezone"})


@dataclass(frozen=True, slots=True)
class Written:
    """A master ready to be written. ``canonical_id`` None = it becomes a new row."""

    row: Landed
    record: Master
    canonical_id: int | None


@dataclass(slots=True)
class _Changes:
    """Columns that changed, by model and row."""

    columns: dict[type[Row], dict[int, set[str]]] = field(default_factory=lambda: defaultdict(dict))

    def of(self, model: type[Row], names: Collection[str]) -> list[int]:
        """Rows of a model of which one of the columns changed."""
        return [row for row, changed in self.columns[model].items() if changed & set(names)]


def write(source: Source, items: Sequence[Written], ids: Ids, *, owns: Collection[str], by: str = "") -> None:
    """Create and update masters of one round, remember their names, and mark what that touches.

    Args:
        ids: the references the records make, resolved.
        owns: kinds of which the source is the system of record.
        by: the person who had a row created.
    """
    changes = _Changes()
    for model, group in _by_model(items).items():
        rows = _rows(model, group)
        namings = []
        for item in group:
            row = rows.get(item.canonical_id) if item.canonical_id else None
            found = row or _new(source, model, item, ids, owns)
            if row:
                _update(source, row, item, ids, owns, changes)
            namings.append((item, found, row is None))
        model._default_manager.bulk_create([row for _, row, new in namings if new])
        _save(model, [row for _, row, new in namings if not new], changes)
        remember(source, [_naming(item, row, new=new, by=by) for item, row, new in namings])
        if model is ShiftCalendar:
            _write_patterns([(item, row) for item, row, _ in namings], ids)
    _mark(changes)


def _by_model(items: Sequence[Written]) -> dict[type[Row], list[Written]]:
    groups: dict[type[Row], list[Written]] = defaultdict(list)
    for item in items:
        groups[SPECS[type(item.record)].model].append(item)
    return groups


def _rows(model: type[Row], items: Sequence[Written]) -> dict[int, Row]:
    wanted = [item.canonical_id for item in items if item.canonical_id]
    return model._default_manager.select_for_update(of=("self",)).order_by("id").in_bulk(wanted)


def _new(source: Source, model: type[Row], item: Written, ids: Ids, owns: Collection[str]) -> Row:
    row = model(source=source.name, external_key=item.record.external_key)
    for name, value in values_of(item.record, ids, owned=True, owns=owns).items():
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


def follows(source: Source, row: Row, record: Master, owns: Collection[str]) -> bool:
    """Whether the row follows this record: it was made from it, or the system of record takes it over."""
    if isinstance(record, ReasonRecord):
        return False
    if row.source == source.name:
        return row.external_key == record.external_key
    return ref_to(record).kind in owns


def _update(
    source: Source, row: Row, item: Written, ids: Ids, owns: Collection[str], changes: _Changes
) -> None:
    owned = follows(source, row, item.record, owns)
    values = values_of(item.record, ids, owned=owned, owns=owns)
    if owned:
        values |= {"source": source.name, "external_key": item.record.external_key, "gone_at": None}
        _stamp(row, item)
    changed = {name for name, value in values.items() if getattr(row, name) != value}
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        changes.columns[type(row)].setdefault(row.pk, set()).update(changed)


def _save(model: type[Row], rows: Sequence[Row], changes: _Changes) -> None:
    changed = {row.pk: row for row in rows if row.pk in changes.columns[model]}
    columns = sorted({name for names in changes.columns[model].values() for name in names})
    if changed:
        for row in changed.values():
            row.loaded_at = timezone.now()
        names = [*columns, "trace_id", "source_updated_at", "loaded_at"]
        model._default_manager.bulk_update(changed.values(), names, batch_size=500)


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


def _write_patterns(calendars_written: Sequence[tuple[Written, Row]], ids: Ids) -> None:
    for item, row in calendars_written:
        if isinstance(item.record, CalendarRecord) and calendars.write(row.pk, item.record, ids):
            mark_calendars([row.pk])


def _mark(changes: _Changes) -> None:
    machines = changes.of(Equipment, COMPUTED_FROM)
    if machines:
        mark_equipment(machines)
    plants = changes.of(Plant, COMPUTED_FROM)
    if plants:
        mark_plants(plants)
    zones = changes.of(ShiftCalendar, ["timezone"])
    if zones:
        mark_calendars(zones)
    rows = Operation.objects.filter(id__in=changes.of(Operation, ["ideal_cycle_s"]))
    cycles = rows.values_list("id", "ideal_cycle_s")
    fill_ideal_cycles({operation: cycle for operation, cycle in cycles if cycle is not None})


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
