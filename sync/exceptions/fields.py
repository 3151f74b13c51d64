"""Which fields of a record a person may correct, and with which values."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from sync.corrections import IN_PAYLOAD, field_types, parse, to_json, type_name
from sync.exceptions.errors import NotAllowed
from sync.landing import Landed
from sync.mapping import read as read_rows
from sync.models import RawRecord, SyncException
from sync.queue.kinds import KINDS, Resolution


def fields_to_correct(exception: SyncException) -> list[dict[str, Any]]:
    """The fields a person may correct, the one at fault first.

    Returns:
        Dicts of ``external_key``, ``field``, ``type`` (``datetime``, ``date``, ``number``, ``truth`` or
        ``text``) and ``value`` (as JSON, now in force).
    """
    at_fault = [exception.context.get("field", ""), *exception.context.get("fields", [])]
    found = list(_fields(exception))
    order = {name: place for place, name in reversed(list(enumerate(at_fault)))}
    return sorted(found, key=lambda field: order.get(field["field"], len(at_fault)))


def _fields(exception: SyncException) -> Iterator[dict[str, Any]]:
    if Resolution.CORRECT not in KINDS[exception.kind].resolutions:
        return
    key = exception.context.get("record_key", exception.external_key)
    for raw in rows_to_correct(exception).select_related("stream__source"):
        if exception.context.get("payload"):
            yield from _payload_fields(raw)
            continue
        for item in read_rows(raw.stream, [_landed(raw)]).items:
            if item.key == key:
                for name, plain in field_types(type(item.record)).items():
                    value = to_json(getattr(item.record, name))
                    yield _field(key, name, type_name(plain), value)


def _payload_fields(raw: RawRecord) -> Iterator[dict[str, Any]]:
    for name, value in raw.payload.items():
        if value is None or isinstance(value, str | int | float):
            yield _field(raw.external_key, f"{IN_PAYLOAD}{name}", "text", value)


def _field(key: str, name: str, type_: str, value: Any) -> dict[str, Any]:
    return {"external_key": key, "field": name, "type": type_, "value": value}


def _landed(raw: RawRecord) -> Landed:
    return Landed(raw.pk, raw.external_key, raw.payload, raw.trace_id, raw.source_updated_at)


def rows_to_correct(exception: SyncException) -> QuerySet[RawRecord]:
    """The landed rows a correction of this exception is about."""
    rows = RawRecord.objects.filter(gone_at=None, stream__source=exception.source)
    if KINDS[exception.kind].holds:
        return rows.filter(held__exception=exception)
    return rows.filter(external_key=exception.context.get("record_key", exception.external_key))


def check(field: dict[str, Any], value: Any) -> None:
    """Raise ``NotAllowed`` unless the value can be read as the field's type."""
    types = {"datetime": datetime, "date": date, "truth": bool, "number": float, "text": str}
    try:
        parse(types[field["type"]], value)
    except (TypeError, ValueError) as error:
        raise NotAllowed(f"“{value}” is no {field['type']}: {error}") from error
