"""What an exception is about, laid out for reading: the key or record, and both sides of a disagreement."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mfgportal.locales import number, stamp, symbols
from sync.load.fields import FIELDS, Field
from sync.models import Counterpart, SyncException
from sync.records import Kind
from sync.sources import record_url

Context = Mapping[str, Any]
ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Head:
    """One side: the record of one system. ``counts``: it is the system of record, so its value is used."""

    title: str
    external_key: str
    url: str
    counts: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One field on all sides, in the order of the heads. ``differs``: it is what they disagree about."""

    label: str
    values: list[str]
    differs: bool


@dataclass(frozen=True, slots=True)
class Sides:
    heads: list[Head]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Take:
    """A side that may be taken: ``value`` of ``title`` would replace that of ``other``."""

    source: str
    title: str
    value: str
    other: str


def takes(exception: SyncException) -> list[Take]:
    """The ways to settle a disagreement of two systems here."""
    found: list[Context] = exception.context.get("sides", [])
    if len(found) < 2:
        return []
    return [
        Take(mine["source"], mine["source_title"], text(mine["value"]), _titles(found, without=mine))
        for mine in found
    ]


def _titles(found: list[Context], *, without: Context) -> str:
    return ", ".join(side["source_title"] for side in found if side["source"] != without["source"])


@dataclass(frozen=True, slots=True)
class Own:
    """A system that may become the system of record of ``field``, whose value is that of ``owner`` now."""

    source: str
    title: str
    field: str
    owner: str


def owns(exception: SyncException) -> list[Own]:
    """The systems that do not decide on what is disagreed about, and could."""
    found: list[Context] = exception.context.get("sides", [])
    owner = next((side for side in found if side["source"] == exception.context.get("owner")), None)
    if owner is None:
        return []
    field = words(exception.context["field"]).lower()
    others = (side for side in found if side is not owner)
    return [Own(side["source"], side["source_title"], field, owner["source_title"]) for side in others]


def sides(exception: SyncException) -> Sides | None:
    """Both sides of a disagreement between systems, or None where there is only one."""
    found: list[Context] = exception.context.get("sides", [])
    if len(found) < 2:
        return None
    field = words(exception.context.get("field", "value"))
    rows = [
        Row(field, [text(side["value"]) for side in found], differs=True),
        Row(
            "Name" if _of_master(exception) else "Title",
            [text(side["title"]) for side in found],
            differs=False,
        ),
        Row("Changed", [moment(side["at"]) for side in found], differs=False),
        *_others(exception, found),
    ]
    owner = exception.context.get("owner")
    return Sides([_head(side, counts=side["source"] == owner) for side in found], rows)


def _others(exception: SyncException, found: list[Context]) -> list[Row]:
    """The other fields that each side says something about; references and money are on their own pages."""
    kind: str = exception.context.get("row", {}).get("kind", Kind.WORK_ORDER)
    said = [_said_by(side, kind) for side in found]
    known = [
        field
        for field in FIELDS.get(Kind(kind), ())
        if not field.ref and field.places is None and field.name not in _ALREADY
    ]
    rows = ((field, [values.get(field.on_row) for values in said]) for field in known)
    return [
        Row(words(field.name), [text(value) for value in values], differs=_differ(field, values))
        for field, values in rows
        if field.name != exception.context.get("field") and any(value not in field.empty for value in values)
    ]


_ALREADY = frozenset({"name", "title"})


def _said_by(side: Context, kind: str) -> Mapping[str, Any]:
    rows = Counterpart.objects.filter(
        source__name=side["source"], kind=kind, external_key=side["external_key"]
    )
    return rows.values_list("values", flat=True).first() or {}


def _differ(field: Field, values: list[Any]) -> bool:
    """Whether they say different things; a side that says nothing does not disagree."""
    told = [value for value in values if value not in field.empty]
    return any(not field.alike(told[0], each) if field.alike else told[0] != each for each in told[1:])


def _of_master(exception: SyncException) -> bool:
    kind: str = exception.context.get("row", {}).get("kind", Kind.WORK_ORDER)
    return kind != Kind.WORK_ORDER


def _head(side: Context, *, counts: bool) -> Head:
    url = record_url(side["source"], side["external_key"])
    return Head(side["source_title"], side["external_key"], url, counts)


def key_facts(exception: SyncException) -> list[tuple[str, str]]:
    """The unknown key, the fields of the record at fault, or the days at fault; pairs of label and value."""
    days: list[Context] = exception.context.get("days", [])
    if days:
        return [(day["day"], f"{number(day['performance'] * 100, 1)} %") for day in reversed(days)]
    differences: list[Context] = exception.context.get("differences", [])
    if differences:
        return [(one["period"] or "All time", _said(one)) for one in differences]
    ref: Context = exception.context.get("ref", {})
    record: Context = exception.context.get("record", {})
    if ref:
        codes = ", ".join(ref["codes"])
        pairs = [("Key", ref["key"]), ("Name there", ref["label"]), ("Codes", codes)]
        return [(label, value) for label, value in pairs if value]
    return [(words(name), text(value)) for name, value in record.items() if value not in ("", None)]


def _said(difference: Context) -> str:
    """What the sides of a comparison say: ``Odoo 12, CMMS 10 min``."""
    sides = ", ".join(f"{title} {symbols(format(value, ',.6g'))}" for title, value in difference["sides"])
    return f"{sides} {difference['unit']}"


def words(name: str) -> str:
    """A field's name for people: ``ideal_cycle_s`` → ``Ideal cycle, seconds``."""
    plain = name.removeprefix("payload.").removesuffix("_s").replace("_", " ").capitalize()
    return f"{plain}, seconds" if name.endswith("_s") else plain


def text(value: Any) -> str:
    """A JSON value for people; a dash for none."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and ISO_TIME.match(value):
        return moment(value)
    return str(value)


def moment(value: str | None) -> str:
    """An ISO 8601 time for people, in UTC; a dash for none."""
    return (
        f"{stamp(datetime.fromisoformat(value).astimezone(UTC), seconds=True)} UTC" if value else text(None)
    )
