"""How master records become rows: which fields follow the system of record, which any source may add."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kpis.models import Equipment, Line, Operation, Part, Plant, Product, Reason, ShiftCalendar, Technician
from kpis.models.base import Master as Row
from sync.records import (
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

Ids = Mapping[Ref, int]
# People and goods that only one system knows are normal; they are asked for when something refers to them.
ASKED_WHEN_NEEDED = frozenset({Kind.TECHNICIAN, Kind.PRODUCT, Kind.PART, Kind.OPERATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterSpec:
    """One kind of master.

    Args:
        owned: plain fields that follow the system of record (beside name, code and active).
        owned_refs: record field → column, likewise.
        shared_refs: record field → column, set by any source that has it.
        required: references without which no row can be made.
        money: plain fields that are amounts, with their decimal places.
    """

    model: type[Row]
    owned: tuple[str, ...] = ()
    owned_refs: Mapping[str, str] = field(default_factory=dict)
    shared_refs: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    money: Mapping[str, int] = field(default_factory=dict)


SPECS: dict[type[Master], MasterSpec] = {
    PlantRecord: MasterSpec(model=Plant, shared_refs={"calendar": "calendar_id"}),
    LineRecord: MasterSpec(model=Line, owned_refs={"plant": "plant_id"}, required=("plant",)),
    CalendarRecord: MasterSpec(model=ShiftCalendar, owned=("timezone",)),
    EquipmentRecord: MasterSpec(
        model=Equipment,
        owned=("equipment_class", "in_service_on"),
        owned_refs={"plant": "plant_id", "line": "line_id", "parent": "parent_id"},
        shared_refs={"calendar": "calendar_id"},
        required=("plant",),
        money={"replacement_value": 2},
    ),
    ProductRecord: MasterSpec(model=Product, owned=("uom",)),
    OperationRecord: MasterSpec(
        model=Operation,
        owned=("ideal_cycle_s",),
        owned_refs={"equipment": "equipment_id"},
        required=("equipment",),
    ),
    PartRecord: MasterSpec(
        model=Part,
        owned=("quantity_on_hand", "minimum_quantity"),
        owned_refs={"product": "product_id"},
        money={"unit_cost": 4},
    ),
    TechnicianRecord: MasterSpec(model=Technician, money={"hourly_rate": 2}),
    ReasonRecord: MasterSpec(model=Reason),
}


def refs_of(record: Master, *, owned: bool) -> dict[str, Ref]:
    """The references a record makes that matter: field → reference."""
    spec = SPECS[type(record)]
    names = [*spec.shared_refs, *(spec.owned_refs if owned else ())]
    return {name: ref for name in names if (ref := getattr(record, name)) is not None}


def leave_refs(record: Master) -> dict[str, Ref]:
    """The machines that leaves of a calendar are for: external key → reference."""
    if not isinstance(record, CalendarRecord):
        return {}
    return {
        leave.resource: Ref(kind=Kind.EQUIPMENT, key=leave.resource)
        for leave in record.leaves
        if leave.resource
    }


def values_of(record: Master, ids: Ids, *, owned: bool, owns: Collection[str]) -> dict[str, Any]:
    """Column values a record sets. ``owned``: the row follows it; ``owns``: the kinds its source owns."""
    spec = SPECS[type(record)]
    values = _owned(record, spec, ids) if owned else {}
    for name, column in spec.shared_refs.items():
        ref = getattr(record, name)
        if ref in ids:
            values[column] = ids[ref]
    if isinstance(record, EquipmentRecord) and record.work_unit:
        values["work_unit"] = True
    if isinstance(record, PlantRecord) and record.timezone and (owned or Kind.CALENDAR in owns):
        values["timezone"] = record.timezone
    if isinstance(record, PlantRecord) and record.currency:
        values["currency"] = record.currency
    return values


def _fitting(model: type[Row], name: str, value: Any) -> Any:
    """Texts are for people: a source may have longer ones than a column takes."""
    longest: int | None = getattr(model._meta.get_field(name), "max_length", None)
    return value[:longest] if isinstance(value, str) else value


def _owned(record: Master, spec: MasterSpec, ids: Ids) -> dict[str, Any]:
    values: dict[str, Any] = {
        "name": record.name,
        "code": next(iter(record.codes), ""),
        "active": record.active,
        **{name: getattr(record, name) for name in spec.owned},
    }
    values = {name: _fitting(spec.model, name, value) for name, value in values.items()}
    for name, column in spec.owned_refs.items():
        ref = getattr(record, name)
        if ref is None or ref in ids:
            values[column] = None if ref is None else ids[ref]
    for name, places in spec.money.items():
        amount = getattr(record, name)
        values[name] = None if amount is None else Decimal(str(amount)).quantize(Decimal(1).scaleb(-places))
    if values.get("plant_id", 0) is None:
        del values["plant_id"]
    return values
