"""How master records become rows: their models, and which references matter to whom."""

from collections.abc import Collection
from dataclasses import dataclass

from kpis.models import Equipment, Line, Operation, Part, Plant, Product, Reason, ShiftCalendar, Technician
from kpis.models.base import Master as Row
from sync.load.fields import FIELDS
from sync.ownership import Owners
from sync.records import (
    KIND_OF,
    CalendarRecord,
    EquipmentRecord,
    Kind,
    LineRecord,
    Master,
    OperationRecord,
    PartRecord,
    PlantRecord,
    ProductRecord,
    ReasonRecord,
    Ref,
    TechnicianRecord,
)

# People and goods that only one system knows are normal; they are asked for when something refers to them.
ASKED_WHEN_NEEDED = frozenset({Kind.TECHNICIAN, Kind.PRODUCT, Kind.PART, Kind.OPERATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterSpec:
    """One kind of master; its fields are in ``sync.load.fields``.

    Args:
        required: references without which no row can be made.
    """

    model: type[Row]
    required: tuple[str, ...] = ()


SPECS: dict[type[Master], MasterSpec] = {
    PlantRecord: MasterSpec(model=Plant),
    LineRecord: MasterSpec(model=Line, required=("plant",)),
    CalendarRecord: MasterSpec(model=ShiftCalendar),
    EquipmentRecord: MasterSpec(model=Equipment, required=("plant",)),
    ProductRecord: MasterSpec(model=Product),
    OperationRecord: MasterSpec(model=Operation, required=("equipment",)),
    PartRecord: MasterSpec(model=Part),
    TechnicianRecord: MasterSpec(model=Technician),
    ReasonRecord: MasterSpec(model=Reason),
}


def refs_of(record: Master) -> dict[str, Ref]:
    """The references a record makes: field → reference."""
    names = [field.name for field in FIELDS[KIND_OF[type(record)]] if field.ref]
    return {name: ref for name in names if (ref := getattr(record, name)) is not None}


def needed(record: Master, source_id: int, owners: Owners, *, creates: bool) -> dict[str, Ref]:
    """Those references of which the source decides, so that they are asked for when they lead nowhere.

    Args:
        creates: the record is to become a new row, though its source is not the system of record.
    """
    kind = KIND_OF[type(record)]
    if creates:
        return refs_of(record)
    fields = {field.name: field for field in FIELDS[kind]}
    required: Collection[str] = SPECS[type(record)].required if owners.kinds.get(kind) == source_id else ()
    return {
        name: ref
        for name, ref in refs_of(record).items()
        if fields[name].anyone
        or name in required
        or (owners.of_field(kind, name) or owners.kinds.get(kind)) == source_id
    }


def leave_refs(record: Master) -> dict[str, Ref]:
    """The machines that leaves of a calendar are for: external key → reference."""
    if not isinstance(record, CalendarRecord):
        return {}
    return {
        leave.resource: Ref(kind=Kind.EQUIPMENT, key=leave.resource)
        for leave in record.leaves
        if leave.resource
    }
