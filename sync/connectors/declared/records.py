"""Rules of whole records, one model for each kind: the records' own fields, each with its sort of rule."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import AfterValidator, Field, create_model

from sync.connectors.declared.expressions import Path, Template
from sync.connectors.declared.rules import CodesRule, Declared, FieldRule, RefRule, fits
from sync.connectors.declared.shapes import REFERS_TO, Shape, shapes
from sync.records import RECORD_OF, Kind


class RecordRule(Declared):
    """One sort of record that rows give.

    Args:
        kind: of the record.
        key: its external key, ``"<model>/<id>"``; left out, it is the row's own, and for items that with
            ``.<kind><index>`` behind it.
        each: JMESPath to a list in the row: one record for each item. Expressions then start at the item;
            ``row`` is the whole row and ``index`` counts the items from 0.
        when: JMESPath; no record where it is false.
        fields: where each field of the record comes from.
    """

    kind: Kind
    key: Template | None = None
    each: Path | None = None
    when: Path | None = None
    fields: Any


class NestedRule(Declared):
    """A list of parts, such as the rows of a calendar."""

    each: Path
    when: Path | None = None
    fields: Any


def _fields_model(name: str, record: type) -> type[Declared]:
    """Fields without a default must be named, if only as ``null``: a forgotten end is not an open one."""
    rules: dict[str, Any] = {}
    for shape in shapes(record).values():
        rule = _rule_type(shape)
        if shape.required:
            rules[shape.name] = (rule | None if shape.nullable else rule, ...)
        else:
            rules[shape.name] = (rule | None, None)
    model: type[Declared] = create_model(f"{name}Fields", __base__=Declared, **rules)
    return model


def _rule_type(shape: Shape) -> Any:
    if shape.is_ref:
        return Annotated[RefRule, AfterValidator(lambda rule: _pointed(shape, rule))]
    if shape.many and shape.is_nested:
        inner = _fields_model(shape.plain.__name__, shape.plain)
        return create_model(f"{shape.plain.__name__}Rule", __base__=NestedRule, fields=(inner, ...))
    if shape.many:
        return CodesRule
    return Annotated[FieldRule, AfterValidator(lambda rule: _constants(shape, rule))]


def _pointed(shape: Shape, rule: RefRule) -> RefRule:
    if rule.kind is None and shape.name not in REFERS_TO:
        raise ValueError(f"say the `kind` that {shape.name} refers to")
    return rule


def _constants(shape: Shape, rule: FieldRule) -> FieldRule:
    """Refuse constants the field cannot hold now, not when the first row has them."""
    for place, value in rule.outcomes:
        if value is None or _holds(shape.plain, value):
            continue
        raise ValueError(f"{place}: wanted {_wanted(shape.plain)}, found {value!r}")
    return rule


def _holds(plain: Any, value: Any) -> bool:
    if isinstance(plain, type) and issubclass(plain, StrEnum):
        return value in set(plain)
    return fits(plain, value) or plain.__name__ in ("datetime", "date")


def _wanted(plain: Any) -> str:
    if issubclass(plain, StrEnum):
        return f"one of {', '.join(plain)}"
    return {"float": "a number", "int": "a whole number", "bool": "true or false"}.get(
        plain.__name__, "a text"
    )


def _record_model(kind: Kind) -> type[RecordRule]:
    name = RECORD_OF[kind].__name__.removesuffix("Record")
    inner = _fields_model(name, RECORD_OF[kind])
    rules: dict[str, Any] = {"kind": (Literal[kind.value], ...), "fields": (inner, ...)}
    model: type[RecordRule] = create_model(f"{name}Rule", __base__=RecordRule, **rules)
    return model


RULES: dict[Kind, type[RecordRule]] = {kind: _record_model(kind) for kind in RECORD_OF}
if TYPE_CHECKING:
    AnyRecord = RecordRule
else:
    AnyRecord = Annotated[Union[tuple(RULES.values())], Field(discriminator="kind")]  # noqa: UP007 of data
