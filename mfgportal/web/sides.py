"""What an exception is about, laid out for reading: the key or record, and both sides of a disagreement."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from kpis.models import Technician
from mfgportal.accounts.masks import NO_COSTS, NOBODY, may_see_costs, may_see_technicians, technician_name
from mfgportal.accounts.models import User
from mfgportal.locales import day, number, symbols
from mfgportal.locales import moment as stamped
from mfgportal.mapping_targets import targets_of
from mfgportal.overrides import OF_MONEY
from sync.identities import CANONICAL
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


def takes(user: User, exception: SyncException) -> list[Take]:
    """The ways to settle a disagreement of two systems here."""
    found: list[Context] = exception.context.get("sides", [])
    if len(found) < 2:
        return []
    return [
        Take(
            mine["source"],
            mine["source_title"],
            value_of(user, exception, mine),
            _titles(found, without=mine),
        )
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


def sides(user: User, exception: SyncException) -> Sides | None:
    """Both sides of a disagreement between systems, or None where there is only one: all fields that a side
    says something about, what differs first."""
    found: list[Context] = exception.context.get("sides", [])
    if len(found) < 2:
        return None
    field = words(exception.context.get("field", "value"))
    rows = [
        Row(field, [value_of(user, exception, side) for side in found], differs=True),
        Row(
            "Name" if _of_master(exception) else "Title",
            [text(side["title"]) for side in found],
            differs=False,
        ),
        Row("Changed", [moment(side["at"], zone_of(exception)) for side in found], differs=False),
        *sorted(said_besides(user, exception), key=lambda row: not row.differs),
    ]
    owner = exception.context.get("owner")
    return Sides([_head(side, counts=side["source"] == owner) for side in found], rows)


_ALREADY = frozenset({"name", "title", "stage_key"})
"""Shown in another way: the stage stands for its key."""
ELSEWHERE = "of a plant that you do not see"


def said_besides(user: User, exception: SyncException) -> list[Row]:
    """The other fields that a side says something about, references by name, money for who may see it."""
    found: list[Context] = exception.context["sides"]
    kind = _kind(exception)
    said = [_said_by(side, kind) for side in found]
    rows = [
        (field, [values.get(field.on_row) for values in said])
        for field in FIELDS.get(kind, ())
        if field.name not in _ALREADY and field.name != exception.context.get("field")
    ]
    rows = [(field, values) for field, values in rows if any(value not in field.empty for value in values)]
    return [
        Row(
            words(field.name),
            [_shown(user, field, value, names, zone_of(exception)) for value in values],
            differs=_differ(field, values),
        )
        for field, values, names in (
            (field, values, _names(user, kind, field, values)) for field, values in rows
        )
    ]


def value_of(user: User, exception: SyncException, side: Context) -> str:
    """What a side says of the field in question, as the person may see it."""
    field = next((each for each in FIELDS.get(_kind(exception), ()) if _asked(exception) == each.name), None)
    if field is not None and field.places is not None and not may_see_costs(user):
        return NO_COSTS
    if field is not None and field.ref and _target(_kind(exception), field) is Technician:
        return technician_name(user, side.get("raw"), text(side["value"]))
    return text(side["value"], zone_of(exception))


def _asked(exception: SyncException) -> str:
    return str(exception.context.get("field", ""))


def _kind(exception: SyncException) -> Kind:
    return Kind(exception.context.get("row", {}).get("kind", Kind.WORK_ORDER))


def _target(kind: Kind, field: Field) -> type[Any]:
    target: Any = CANONICAL[kind]._meta.get_field(field.name).related_model
    return cast("type[Any]", target)


def _names(user: User, kind: Kind, field: Field, values: list[Any]) -> Mapping[Any, str]:
    """What references mean, by id, as far as the person may see it."""
    ids = {value for value in values if value is not None} if field.ref else set()
    if not ids:
        return {}
    model = _target(kind, field)
    of = next(each for each, known in CANONICAL.items() if known is model)
    rows = targets_of(user, of).filter(pk__in=ids)
    return {
        row.pk: technician_name(user, row.pk, str(row)) if model is Technician else str(row) for row in rows
    }


def _shown(user: User, field: Field, value: Any, names: Mapping[Any, str], zone: str) -> str:
    if value in field.empty:
        return text(None)
    if field.places is not None and not may_see_costs(user):
        return NO_COSTS
    if field.ref:
        return names.get(value, ELSEWHERE)
    return date_words(value) if field.day else text(value, zone)


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
    return _kind(exception) is not Kind.WORK_ORDER


def _head(side: Context, *, counts: bool) -> Head:
    url = record_url(side["source"], side["external_key"])
    return Head(side["source_title"], side["external_key"], url, counts)


def key_facts(user: User, exception: SyncException) -> list[tuple[str, str]]:
    """The unknown key, the fields of the record at fault, or the days at fault; pairs of label and value."""
    days: list[Context] = exception.context.get("days", [])
    if days:
        return [
            (date_words(each["day"]), f"{number(each['performance'] * 100, 1)} %") for each in reversed(days)
        ]
    differences: list[Context] = exception.context.get("differences", [])
    if differences:
        return [(one["period"] or "All time", _said(one)) for one in differences]
    ref: Context = exception.context.get("ref", {})
    record: Context = exception.context.get("record", {})
    if ref:
        codes = ", ".join(ref["codes"])
        pairs = [("Key", ref["key"]), ("Name there", ref["label"]), ("Codes", codes)]
        return [(label, value) for label, value in pairs if value]
    told = ((name, value) for name, value in record.items() if value not in ("", None))
    return [(words(name), _fact(user, name, value, zone_of(exception))) for name, value in told]


def _fact(user: User, name: str, value: Any, zone: str) -> str:
    if name in OF_MONEY and not may_see_costs(user):
        return NO_COSTS
    if name in OF_PEOPLE and not may_see_technicians(user):
        return NOBODY
    return text(value, zone)


OF_PEOPLE = ("technician", "assigned_to")


def date_words(iso: str) -> str:
    """An ISO 8601 date for people."""
    return day(date.fromisoformat(iso))


def _said(difference: Context) -> str:
    """What the sides of a comparison say: ``Odoo 12, CMMS 10 min``."""
    sides = ", ".join(f"{title} {symbols(format(value, ',.6g'))}" for title, value in difference["sides"])
    return f"{sides} {difference['unit']}"


def words(name: str) -> str:
    """A field's name for people: ``ideal_cycle_s`` → ``Ideal cycle, seconds``."""
    plain = name.removeprefix("payload.").removesuffix("_s").replace("_", " ").capitalize()
    return f"{plain}, seconds" if name.endswith("_s") else plain


def text(value: Any, zone: str = "") -> str:
    """A JSON value for people, times on the clock of a zone; a dash for none."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and ISO_TIME.match(value):
        return moment(value, zone)
    return str(value)


def moment(value: str | None, zone: str = "") -> str:
    """An ISO 8601 time for people, on the clock of a zone; in UTC, which is said, without one."""
    if not value:
        return text(None)
    at = stamped(datetime.fromisoformat(value).astimezone(ZoneInfo(zone or "UTC")), seconds=True)
    return at if zone else f"{at} UTC"


def zone_of(exception: SyncException) -> str:
    """The zone of an exception's plant; "" without one."""
    return exception.plant.timezone if exception.plant else ""
