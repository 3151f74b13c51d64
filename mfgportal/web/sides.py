"""What an exception is about, laid out for reading: the key or record, and both sides of a disagreement."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.models import Source, SyncException
from sync.sources import record_url

Context = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Head:
    """One side: the record of one system."""

    title: str
    external_key: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """One field on all sides, in the order of the heads."""

    label: str
    values: list[str]

    @property
    def differs(self) -> bool:
        return len(set(self.values)) > 1


@dataclass(frozen=True, slots=True)
class Sides:
    heads: list[Head]
    rows: list[Row]


def sides(exception: SyncException) -> Sides | None:
    """Both sides of a disagreement between systems, or None where there is only one."""
    found: list[Context] = exception.context.get("sides", [])
    if len(found) < 2:
        return None
    titles = dict(Source.objects.values_list("name", "title"))
    heads = [
        Head(titles.get(side["source"], side["source"]), side["external_key"], address(side))
        for side in found
    ]
    names = list(dict.fromkeys(name for side in found for name in side["values"]))
    rows = [Row(words(name), [text(side["values"].get(name)) for side in found]) for name in names]
    return Sides(heads, rows)


def address(side: Context) -> str:
    """The page of a side's record in its system; empty where it has none."""
    return record_url(side["source"], side["external_key"])


def key_facts(exception: SyncException) -> list[tuple[str, str]]:
    """The unknown key, or the fields of the record at fault, as pairs of label and value."""
    ref: Context = exception.context.get("ref", {})
    record: Context = exception.context.get("record", {})
    if ref:
        codes = ", ".join(ref["codes"])
        pairs = [("Key", ref["key"]), ("Name there", ref["label"]), ("Codes", codes)]
        return [(label, value) for label, value in pairs if value]
    return [(words(name), text(value)) for name, value in record.items() if value not in ("", None)]


def words(name: str) -> str:
    """A field's name for people: ``ideal_cycle_s`` → ``Ideal cycle``."""
    return name.removeprefix("payload.").removesuffix("_s").replace("_", " ").capitalize()


def text(value: Any) -> str:
    """A JSON value for people; a dash for none."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("_", " ") if isinstance(value, str) else f"{value}"
