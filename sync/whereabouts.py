"""In which plant a machine stands that nobody has mapped yet, as far as its own record tells."""

from collections.abc import Collection, Mapping

from kpis.models import Equipment, Line
from sync.models import Source
from sync.records import EquipmentRecord, Ref
from sync.references import find, masters_of


def plants_of(source: Source, machines: Collection[Ref]) -> dict[Ref, int]:
    """Plant ids of machines by the records the source gave of them; those that tell none are left out."""
    found: dict[Ref, int] = {}
    records = _records(source, machines)
    asked, above = set(records), {ref: ref for ref in records}
    while records:
        told = _told(source, records)
        found |= {ref: told[now] for ref, now in above.items() if now in told}
        # Who tells nothing is where the machine is that it belongs to, which may be unknown as well.
        parents = {now: record.parent for now, record in records.items() if now not in told}
        above = {ref: up for ref, now in above.items() if (up := parents.get(now)) and up not in asked}
        asked |= set(above.values())
        records = _records(source, set(above.values()))
    return found


def _told(source: Source, records: Mapping[Ref, EquipmentRecord]) -> dict[Ref, int]:
    """Plant ids of machine records: their own plant, else their line's, else that of the machine above."""
    refs = {ref for record in records.values() for ref in (record.plant, record.line, record.parent) if ref}
    ids = find(source, refs).ids if refs else {}
    lines = dict(Line.objects.filter(id__in=ids.values()).values_list("id", "plant_id"))
    machines = dict(Equipment.objects.filter(id__in=ids.values()).values_list("id", "plant_id"))
    told: dict[Ref, int | None] = {}
    for name, record in records.items():
        own = ids.get(record.plant) if record.plant else None
        of_line = lines.get(ids.get(record.line, 0)) if record.line else None
        above = machines.get(ids.get(record.parent, 0)) if record.parent else None
        told[name] = own or of_line or above
    return {name: plant for name, plant in told.items() if plant}


def _records(source: Source, machines: Collection[Ref]) -> dict[Ref, EquipmentRecord]:
    given = masters_of(source, {ref.key for ref in machines if ref.key}) if machines else {}
    mine = {ref: given[ref.kind.value, ref.key][1] for ref in machines if (ref.kind.value, ref.key) in given}
    return {ref: record for ref, record in mine.items() if isinstance(record, EquipmentRecord)}
