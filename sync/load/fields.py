"""Which fields a kind has, whose value each takes, and which of them systems may disagree about: a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sync.corrections import to_json
from sync.load.alike import Alike, both_closed, close_to, same, same_unit
from sync.records import Kind, Record, Ref, WorkType

Ids = Mapping[Ref, int]
Values = Mapping[str, Any]
"""Column of a canonical row → value as JSON keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a kind.

    A canonical row takes it from the field's system of record, where there is one that says something, else
    from the record the row follows.

    Args:
        name: of the record.
        column: of the canonical row, where it has another name.
        ref: it is a reference.
        places: decimals of an amount of money.
        moment, day: it is a time, or a date.
        keeps: an empty value takes nothing away: what is known stays.
        anyone: where those say nothing, any source may fill it.
        owner: the kind whose system of record has it, where that is not the row's own.
        goes_with: another field, whose system of record has this one, too.
        empty: values that say nothing.
        alike: when two values say the same; None: they are not compared, since systems may well differ.
    """

    name: str
    column: str = ""
    ref: bool = False
    places: int | None = None
    moment: bool = False
    day: bool = False
    keeps: bool = False
    anyone: bool = False
    owner: Kind | None = None
    goes_with: str = ""
    empty: tuple[Any, ...] = (None, "")
    alike: Alike | None = None

    @property
    def on_row(self) -> str:
        """The column of the canonical row."""
        return self.column or (f"{self.name}_id" if self.ref else self.name)

    @property
    def label(self) -> str:
        """For people: ``unit_cost`` → ``unit cost``."""
        return self.name.removesuffix("_s").removesuffix("_at").replace("_", " ")

    def of_json(self, value: Any) -> Any:
        """A value as JSON keeps it → as the column holds it."""
        if value is None:
            return None
        if self.places is not None:
            return Decimal(str(value)).quantize(Decimal(1).scaleb(-self.places))
        if self.moment:
            return datetime.fromisoformat(value)
        return date.fromisoformat(value) if self.day else value


NAME = Field(name="name")
CODE = Field(name="codes", column="code")
ACTIVE = Field(name="active")

FIELDS: dict[Kind, tuple[Field, ...]] = {
    Kind.PLANT: (
        NAME,
        CODE,
        ACTIVE,
        Field(name="timezone", keeps=True, owner=Kind.CALENDAR, alike=same),
        Field(name="currency", keeps=True, anyone=True, alike=same),
        Field(name="calendar", ref=True, keeps=True, anyone=True),
    ),
    Kind.LINE: (NAME, CODE, ACTIVE, Field(name="plant", ref=True, keeps=True, alike=same)),
    Kind.CALENDAR: (NAME, CODE, ACTIVE, Field(name="timezone")),
    Kind.EQUIPMENT: (
        NAME,
        CODE,
        Field(name="active", alike=same),
        Field(name="equipment_class"),
        Field(name="plant", ref=True, keeps=True, alike=same),
        Field(name="line", ref=True, alike=same),
        Field(name="parent", ref=True),
        Field(name="calendar", ref=True, keeps=True, anyone=True),
        Field(name="work_unit", keeps=True, anyone=True, empty=(None, "", False)),
        Field(name="replacement_value", places=2, keeps=True, anyone=True),
        Field(name="in_service_on", day=True, keeps=True, anyone=True),
    ),
    Kind.PRODUCT: (NAME, CODE, ACTIVE, Field(name="uom", alike=same_unit)),
    Kind.OPERATION: (
        NAME,
        CODE,
        ACTIVE,
        Field(name="equipment", ref=True, keeps=True),
        Field(name="ideal_cycle_s", alike=close_to),
    ),
    Kind.PART: (
        NAME,
        CODE,
        ACTIVE,
        Field(name="unit_cost", places=4, alike=close_to),
        Field(name="quantity_on_hand"),
        Field(name="minimum_quantity", alike=close_to),
        Field(name="product", ref=True),
    ),
    Kind.TECHNICIAN: (NAME, CODE, ACTIVE, Field(name="hourly_rate", places=2)),
    Kind.REASON: (),
    Kind.WORK_ORDER: (
        Field(name="title"),
        Field(name="equipment", ref=True, alike=same),
        Field(name="work_type", empty=(None, "", WorkType.OTHER.value), alike=same),
        Field(name="status", alike=both_closed),
        Field(name="stage", goes_with="status"),
        Field(name="stage_key", goes_with="status"),
        Field(name="completed_at", moment=True, goes_with="status"),
        Field(name="completed_on", day=True, goes_with="status"),
        # Not compared: one system keeps the deadline (Atlas), the other when the work is planned (Odoo).
        Field(name="due_at", moment=True),
        Field(name="priority"),
        Field(name="assigned_to", ref=True),
        Field(name="plant", ref=True, keeps=True),
        Field(name="team", keeps=True, anyone=True),
        # Not compared either: each system plans in its own way.
        Field(name="estimated_s", keeps=True, anyone=True),
        Field(name="scheduled_at", moment=True, keeps=True, anyone=True),
        Field(name="requested_at", moment=True, keeps=True, anyone=True),
        Field(name="started_at", moment=True, keeps=True, anyone=True),
        Field(name="plan_interval_days", keeps=True, anyone=True),
    ),
}


def field_of(kind: Kind, name: str) -> Field:
    """A field by its name. Raises KeyError."""
    return {field.name: field for field in FIELDS[kind]}[name]


def may_be_owned(kind: Kind) -> list[Field]:
    """The fields of a kind that may have a system of record of their own."""
    return [field for field in FIELDS.get(kind, ()) if not field.goes_with and field is not CODE]


def said(record: Record, kind: Kind, ids: Ids) -> dict[str, Any]:
    """What a record says. A reference that leads nowhere says nothing."""
    values: dict[str, Any] = {}
    for field in FIELDS[kind]:
        value = getattr(record, field.name)
        if field.ref:
            if value is None or value in ids:
                values[field.on_row] = None if value is None else ids[value]
        else:
            values[field.on_row] = plain(next(iter(value), "") if field is CODE else value)
    return values


def plain(value: Any) -> Any:
    """A value of a record or a row as JSON keeps it."""
    if isinstance(value, Enum):
        return value.value
    return float(value) if isinstance(value, Decimal) else to_json(value)
