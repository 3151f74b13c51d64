"""Values people put in place of a source's, applied to each record before it is judged."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import Any, get_args, get_type_hints

from sync.models import Correction, Source
from sync.records import Kind, Record, Ref

IN_PAYLOAD = "payload."
FIXED = frozenset({"external_key", "updated_at"})
Values = Mapping[str, Any]


def active(source: Source) -> dict[str, dict[str, Any]]:
    """External key → field → value, of all corrections in force. People make them, so they are few."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    rows = Correction.objects.filter(source=source, revoked_at=None)
    for key, name, value in rows.values_list("external_key", "field", "value"):
        found[key][name] = value
    return found


def on_payload(payload: dict[str, Any], values: Values) -> dict[str, Any]:
    """The raw row with the corrections that are about raw fields (named ``payload.<field>``)."""
    raw = {
        name.removeprefix(IN_PAYLOAD): value for name, value in values.items() if name.startswith(IN_PAYLOAD)
    }
    return {**payload, **raw}


def changes_payload(values: Values) -> bool:
    """Whether some of the corrections are about raw fields."""
    return any(name.startswith(IN_PAYLOAD) for name in values)


def on_record(record: Record, values: Values) -> Record:
    """The record with the corrections that are about its own fields."""
    types = field_types(type(record))
    changed = {name: parse(types[name], value) for name, value in values.items() if name in types}
    changed |= {name: _ref(value) for name, value in values.items() if isinstance(value, dict)}
    return replace(record, **changed) if changed else record


def _ref(value: Mapping[str, str]) -> Ref:
    """A reference that was taken from another system's record, by this source's own key."""
    return Ref(kind=Kind(value["kind"]), key=value["key"], label=value["label"])


def field_types(record_type: type[Record]) -> dict[str, Any]:
    """The fields a person may correct, with their plain types: numbers, times, texts and yes/no."""
    hints = get_type_hints(record_type)
    plain = {
        field.name: _plain(hints[field.name]) for field in fields(record_type) if field.name not in FIXED
    }
    return {name: found for name, found in plain.items() if found}


def _plain(hint: Any) -> Any:
    inner = [option for option in get_args(hint) or (hint,) if option is not type(None)]
    known = (
        len(inner) == 1
        and isinstance(inner[0], type)
        and issubclass(inner[0], datetime | date | float | str | bool)
    )
    return inner[0] if known else None


def parse(plain: Any, value: Any) -> Any:
    """A JSON value as the field's type. ValueError says what was wanted."""
    if value is None:
        return None
    if issubclass(plain, datetime):
        return _moment(value)
    if issubclass(plain, date):
        return date.fromisoformat(value)
    if issubclass(plain, bool):
        return _truth(value)
    return plain(value)


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(
            f"Wanted a time with its offset from UTC, such as 2026-03-01T08:00:00+01:00, not {value}."
        )
    return moment.astimezone(UTC)


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"Wanted true or false, not {value}.")  # noqa: TRY004 the caller knows ValueError
    return value


def to_json(value: Any) -> Any:
    """A field's value as JSON keeps it."""
    return value.isoformat() if isinstance(value, date) else value


def type_name(plain: type) -> str:
    """The type for a form: datetime, date, number, truth or text."""
    for known, name in ((datetime, "datetime"), (date, "date"), (bool, "truth"), (float, "number")):
        if issubclass(plain, known):
            return name
    return "text"
