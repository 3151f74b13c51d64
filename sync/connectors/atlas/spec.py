"""What an Atlas stream is: data.

``spec.fields`` name every property we keep, with its JSON type ("time" is a string that holds one); null
is always allowed. The rest of Atlas's answer (images with signed addresses, files) changes by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sync.connectors.base import Payload, StreamSpec
from sync.records import Record

HOUR = 3600
# Of nested objects only what identifies and names them is kept.
NESTED = ("id", "name", "customId", "parentId", "locationId", "firstName", "lastName", "cost", "createdAt")
JSON_TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "time": (str,),
    "boolean": (bool,),
    "object": (dict,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AtlasStream:
    """A stream's spec with where its rows are and how they are understood.

    Args:
        path: of the search, e.g. ``/assets/search``.
        places: whether rows get their plant and line embedded (see ``places.py``).
        plans: whether rows get their plan's schedule embedded (see ``plans.py``).
    """

    spec: StreamSpec
    path: str
    to_records: Callable[[Payload], list[Record]]
    places: bool = False
    plans: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildStream:
    """Rows that Atlas lists only by their parent, one look-up each, and that do not touch it.

    Args:
        parent: name of the parent's stream.
        path: of the look-up; ``{}`` takes the parent's id.
    """

    spec: StreamSpec
    parent: str
    path: str
    to_records: Callable[[Payload], list[Record]]


def slim(row: Payload, spec: StreamSpec) -> Payload:
    """The row with the properties we keep; ``updatedAt`` goes beside it, not into it."""
    kept = {name: _slim(row.get(name)) for name in spec.fields if name != "updatedAt"}
    return {"id": row["id"], **kept}


def _slim(value: object) -> object:
    if isinstance(value, dict):
        return {name: value[name] for name in NESTED if name in value}
    return value
