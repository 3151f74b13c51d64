"""What each kind of record holds, read off its dataclass: the one place that knows it."""

from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from sync.records import Kind, Record, Ref

OUTSIDE = frozenset({"external_key", "updated_at"})  # the row's, not its fields'
REFERS_TO = {
    "plant": Kind.PLANT,
    "line": Kind.LINE,
    "calendar": Kind.CALENDAR,
    "equipment": Kind.EQUIPMENT,
    "parent": Kind.EQUIPMENT,
    "product": Kind.PRODUCT,
    "operation": Kind.OPERATION,
    "part": Kind.PART,
    "technician": Kind.TECHNICIAN,
    "assigned_to": Kind.TECHNICIAN,
    "reason": Kind.REASON,
    "work_order": Kind.WORK_ORDER,
    "counterpart": Kind.WORK_ORDER,
}


@dataclass(frozen=True, slots=True)
class Shape:
    """One field of a record.

    Args:
        plain: type of the value; of a tuple, of its items.
        many: the field is a tuple.
        nullable: None is a value of it.
        required: it has no default.
        default: what it is when nothing is said.
    """

    name: str
    plain: Any
    many: bool
    nullable: bool
    required: bool
    default: Any

    @property
    def is_ref(self) -> bool:
        return self.plain is Ref

    @property
    def is_nested(self) -> bool:
        return is_dataclass(self.plain) and not self.is_ref


@cache
def shapes(record: type) -> dict[str, Shape]:
    """The fields a declaration fills, by name."""
    hints = get_type_hints(record)
    return {
        one.name: _shape(one.name, hints[one.name], one.default)
        for one in fields(record)
        if not (issubclass(record, Record) and one.name in OUTSIDE)
    }


def _shape(name: str, hint: Any, default: Any) -> Shape:
    options = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    inner = next(option for option in options if option is not type(None))
    many = get_origin(inner) is tuple
    return Shape(
        name=name,
        plain=get_args(inner)[0] if many else inner,
        many=many,
        nullable=type(None) in options,
        required=default is MISSING,
        default=None if default is MISSING else default,
    )
