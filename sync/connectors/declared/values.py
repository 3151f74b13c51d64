"""One field's rule applied to one row."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sync.connectors.declared import transforms
from sync.connectors.declared.expressions import (
    Scope,
    field_of,
    filled,
    filled_text,
    find,
    plain_text,
    truthy,
)
from sync.connectors.declared.rules import CodesRule, FieldRule, RefRule, fits, word
from sync.connectors.declared.shapes import REFERS_TO, Shape
from sync.errors import BadRow
from sync.records import Ref


def value_of(rule: FieldRule, scope: Scope) -> Any:
    """The rule's value; None where nothing is there.

    Raises:
        BadRow: there is something, but not what the rule wants.
    """
    found = _origin(rule, scope) if rule.when is None or truthy(rule.when, scope) else None
    if found == "" or (rule.null_if and any(same(found, none) for none in rule.null_if)):
        found = None
    for use in rule.as_:
        if found is None:
            break
        found = _transformed(rule, use.name, use.settings, found)
    if found is None or found == "":
        return rule.empty
    if rule.map is not None:
        found = _meaning(rule, rule.map, found)
    return found if rule.plus is None else _later(rule, found, value_of(rule.plus, scope))


def same(found: Any, given: Any) -> bool:
    """1 and true are not the same here, 0 and 0.0 are."""
    return isinstance(found, bool) == isinstance(given, bool) and bool(found == given)


def _origin(rule: FieldRule, scope: Scope) -> Any:
    if rule.column is not None:
        return scope.get(rule.column)
    if rule.from_ is not None:
        return find(rule.from_, scope)
    return filled(rule.template, scope) if rule.template is not None else rule.value


def source_of(rule: FieldRule) -> str:
    """What people call the value: where it comes from."""
    return rule.column or rule.from_ or rule.template or "the value"


def _refused(rule: FieldRule | None, message: str) -> BadRow:
    if rule is None:
        return BadRow(message)
    return BadRow(f"{source_of(rule)}: {message}", field=rule.column or field_of(rule.from_ or ""))


def _transformed(rule: FieldRule, name: str, settings: dict[str, Any], value: Any) -> Any:
    try:
        return transforms.TRANSFORMS[name](value, **settings)
    except ValueError as error:
        raise _refused(rule, str(error)) from error


def _meaning(rule: FieldRule, known: dict[str, Any], value: Any) -> Any:
    """An unknown constant is never read as a default that nobody declared."""
    key = word(value)
    if key in known:
        return known[key]
    if "otherwise" in rule.model_fields_set:
        return rule.otherwise
    raise _refused(rule, f"wanted one of {', '.join(known)}; found {value!r:.60}")


def _later(rule: FieldRule, start: Any, seconds: Any) -> datetime | None:
    if seconds is None:
        return None
    try:
        moment = start if isinstance(start, datetime) else transforms.iso_datetime(start)
        return moment + timedelta(seconds=transforms.number(seconds))
    except (ValueError, OverflowError) as error:
        raise _refused(rule, str(error)) from error


def typed(shape: Shape, rule: FieldRule | None, scope: Scope) -> Any:
    """The value as the record's field wants it; its default where nothing is there."""
    found = None if rule is None else value_of(rule, scope)
    if found is None:
        if shape.required and not shape.nullable:
            raise _refused(rule, f"is empty; {shape.name} is needed")
        return shape.default
    try:
        return _as_plain(shape.plain, found)
    except ValueError as error:
        raise _refused(rule, str(error)) from error


def _as_plain(plain: Any, value: Any) -> Any:
    if plain is str:
        return transforms.text(value)
    if plain is datetime and not isinstance(value, datetime):
        return transforms.iso_datetime(value)
    if plain is date and not isinstance(value, datetime):
        return value if isinstance(value, date) else transforms.day(value)
    if issubclass(plain, StrEnum):
        return _constant(plain, value)
    if not fits(plain, value):
        raise ValueError(f"wanted {_NAMES.get(plain, plain.__name__)}, found {value!r:.60}")
    return float(value) if plain is float else value


_NAMES = {float: "a number", int: "a whole number", bool: "true or false", date: "a day"}


def _constant(plain: type[StrEnum], value: Any) -> StrEnum:
    try:
        return plain(value)
    except ValueError as error:
        raise ValueError(f"wanted one of {', '.join(plain)}; found {value!r:.60}") from error


def codes_of(rules: list[FieldRule], scope: Scope) -> tuple[str, ...]:
    """The filled ones, once each. A rule may give a list of codes."""
    found: list[str] = []
    for rule in rules:
        value = value_of(rule, scope)
        for one in value if isinstance(value, list) else [value]:
            found += [code for code in [plain_text(one)] if code]
    return tuple(dict.fromkeys(found))


def codes(rule: CodesRule | None, scope: Scope) -> tuple[str, ...]:
    return codes_of(rule.codes, scope) if rule else ()


def reference(shape: Shape, rule: RefRule | None, scope: Scope) -> Ref | None:
    """The reference; None where the row makes none."""
    key = filled_text(rule.key, scope) if rule and rule.key else ""
    found = codes_of(rule.codes, scope) if rule else ()
    if rule and (key or found):
        label = plain_text(value_of(rule.label, scope)) if rule.label else ""
        kind = rule.kind or REFERS_TO[shape.name]
        return Ref(kind=kind, key=key, codes=found, label=label or next(iter(found), ""))
    if shape.required and not shape.nullable:
        field = rule.key if rule and rule.key else ""
        raise BadRow(f"{shape.name} is needed, but nothing names it", field=_first_field(field))
    return None


def _first_field(template: str) -> str:
    return field_of(template.partition("{")[2].partition("}")[0])
