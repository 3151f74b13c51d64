"""The fields a declaration relies on, compared with rows as they come.

A field is named by its path, ``asset.id``, or, where rows have it, by a name with dots in it; lists on the
way are looked through. Its type ends in ``?`` where the source may leave the field out; null is always
allowed.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator

from sync.connectors.base import Payload
from sync.errors import SchemaDrift

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "time": (str,),
    "object": (dict,),
    "array": (list,),
    "any": (object,),
}
Tree = dict[str, "Tree | None"]


def _known(given: str) -> str:
    if given.removesuffix("?") not in TYPES:
        raise ValueError(f"wanted one of {', '.join(TYPES)}, with ? where it may be missing; found “{given}”")
    return given


FieldType = Annotated[str, AfterValidator(_known)]


def check(model: str, fields: Mapping[str, str], rows: Sequence[Payload]) -> None:
    """Compare rows with the contract. A single odd row is for the queue; what all rows lack is a drift.

    Raises:
        SchemaDrift: a field that no row has, or of a wrong type in every row that fills it.
    """
    problems = [problem for name, wanted in fields.items() if (problem := _problem(name, wanted, rows))]
    if problems:
        raise SchemaDrift(model, problems)


def _problem(name: str, wanted: str, rows: Sequence[Payload]) -> str:
    *way, last = [name] if any(name in row for row in rows) else name.split(".")
    holders = [holder for row in rows for holder in _holders(row, way)]
    there = [holder[last] for holder in holders if last in holder]
    if holders and not there and not wanted.endswith("?"):
        return f"{name}: expected {wanted}, found no such field"
    filled = [value for value in there if value is not None]
    if filled and not any(fits(value, wanted.removesuffix("?")) for value in filled):
        return f"{name}: expected {wanted.removesuffix('?')}, found {filled[0]!r:.40}"
    return ""


def _holders(value: Any, way: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """The objects at the end of a way; lists are looked through."""
    if isinstance(value, list):
        for one in value:
            yield from _holders(one, way)
    elif isinstance(value, Mapping):
        if not way:
            yield value
        elif way[0] in value:
            yield from _holders(value[way[0]], way[1:])


def fits(value: object, wanted: str) -> bool:
    if isinstance(value, bool):
        return wanted in ("boolean", "any")
    return isinstance(value, TYPES[wanted]) and (wanted != "time" or _is_time(value))


def _is_time(value: object) -> bool:
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def kept(row: Payload, names: Sequence[str]) -> Payload:
    """The row with the named fields alone: what else a source sends may change by itself."""
    found: Payload = _pruned(row, _tree(tuple(names)))
    return found | {name: row[name] for name in names if "." in name and name in row}


@lru_cache(maxsize=256)
def _tree(names: tuple[str, ...]) -> Tree:
    tree: Tree = {}
    for name in names:
        *way, last = name.split(".")
        branch: Tree | None = tree
        for step in way:
            branch = branch.setdefault(step, {}) if branch is not None else None
        if branch is not None:
            branch[last] = None
    return tree


def _pruned(value: Any, tree: Tree | None) -> Any:
    if tree is None:
        return value
    if isinstance(value, list):
        return [_pruned(one, tree) for one in value]
    if isinstance(value, Mapping):
        return {name: _pruned(value[name], branch) for name, branch in tree.items() if name in value}
    return value
