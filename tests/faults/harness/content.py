"""The content of a portal's tables in terms of the sources' own keys, so that two portals can be compared."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model

from kpis.models import Equipment, WorkOrder
from kpis.models.base import Fact, Master
from sync.models import HeldRecord, Identity, RawRecord, SyncException

Name = tuple[str, ...]
Row = dict[str, Any]
Numbers = dict[str, dict[str, Name]]

OF_LOADING = {"id", "trace_id", "loaded_at", "source_updated_at", "deleted_at", "gone_at"}
"""When and how a row came, which differs between two ways to the same end."""
OF_MACHINES = ("overlap", "performance_above_100")
BY_ROUTINE = (
    "reconciliation_difference",
    "late_acknowledgement",
    "duplicate_master",
    "stop_longer_than_shift",
    "running_without_production",
)
"""Found by routines that run at their own times, and tested there."""
BY_CLOCK = {"history_from", "history_to"}


@dataclass(frozen=True)
class Content:
    """What a portal knows. Facts and masters by model and name; landed digests by stream and key."""

    known: dict[str, dict[Name, Row]] = field(default_factory=dict)
    landed: dict[Name, bytes] = field(default_factory=dict)
    waiting: set[Name] = field(default_factory=set)
    causes: set[Name] = field(default_factory=set)
    identities: dict[Name, Name] = field(default_factory=dict)


def content() -> Content:
    """Read it from the database that Django is at. What is gone or withdrawn is left out."""
    names = {model: dict(_names(model)) for model in (*_models(Master), *_models(Fact))}
    numbers = {
        "status_mismatch": {str(pk): name for pk, name in names[WorkOrder].items()},
        **{kind: {str(pk): name for pk, name in names[Equipment].items()} for kind in OF_MACHINES},
    }
    return Content(
        known={model.__name__: _rows(model, names) for model in names},
        landed=_landed(),
        waiting=set(_waiting(numbers)),
        causes={(kind, _cause(kind, mark, numbers)) for kind, mark in _open()},
        identities=_identities(names),
    )


def _models(base: type[Any]) -> list[type[Any]]:
    return [model for model in apps.get_app_config("kpis").get_models() if issubclass(model, base)]


def _names(model: type[Any]) -> Iterator[tuple[int, Name]]:
    more = ("code",) if issubclass(model, Master) else ()
    for pk, *name in model._default_manager.values_list("pk", "source", "external_key", *more):
        yield pk, tuple(name[:2]) if name[1] else tuple(name)


def _rows(model: type[Any], names: dict[type[Any], dict[int, Name]]) -> dict[Name, Row]:
    present = {"deleted_at": None} if issubclass(model, Fact) else {"gone_at": None}
    rows = model._default_manager.filter(**present).values()
    return {names[model][row["id"]]: dict(_values(model, row, names)) for row in rows}


def _values(model: type[Model], row: Row, names: dict[type[Any], dict[int, Name]]) -> Iterator[Any]:
    for column in model._meta.concrete_fields:
        value = row[column.attname]
        if column.name in OF_LOADING | BY_CLOCK:
            continue
        if isinstance(column, ForeignKey) and value is not None:
            target = names.get(column.related_model)
            value = target[value] if target else value
        yield column.name, value


def landed_rows() -> Any:
    """The current content of each key that the source still has."""
    return RawRecord.objects.filter(gone_at=None)


def _landed() -> dict[Name, bytes]:
    rows = landed_rows().values_list("stream__source__name", "stream__name", "external_key", "digest")
    return {(source, stream, key): bytes(digest) for source, stream, key, digest in rows}


def _waiting(numbers: Numbers) -> Iterator[Name]:
    rows = HeldRecord.objects.values_list(
        "exception__kind", "exception__fingerprint", "raw__stream__name", "raw__external_key"
    )
    return ((kind, _cause(kind, mark, numbers), stream, key) for kind, mark, stream, key in rows)


def _open() -> Any:
    rows = SyncException.objects.filter(status="open").exclude(kind__in=BY_ROUTINE)
    return rows.values_list("kind", "fingerprint")


def _cause(kind: str, mark: str, numbers: Numbers) -> str:
    """The cause of some is the number of a row of ours, which another portal gives otherwise."""
    head, _, cause = mark.rpartition(":")
    known = numbers.get(kind, {})
    return f"{head}:{known[cause]}" if cause in known else mark


def _identities(names: dict[type[Any], dict[int, Name]]) -> dict[Name, Name]:
    by_kind = {model.__name__.lower(): found for model, found in names.items()}
    return {
        (row.source.name, row.kind, row.external_key): by_kind[row.kind.replace("_", "")][row.canonical_id]
        for row in Identity.objects.select_related("source")
        if row.kind.replace("_", "") in by_kind and row.canonical_id in by_kind[row.kind.replace("_", "")]
    }


def differences(mine: Content, theirs: Content) -> list[str]:
    """In words: what one portal has and the other has not, or has otherwise."""
    found: list[str] = []
    for name in sorted(mine.known.keys() | theirs.known.keys()):
        found += _between(name, mine.known.get(name, {}), theirs.known.get(name, {}))
    found += _between("landed", mine.landed, theirs.landed)
    found += _between("identity", mine.identities, theirs.identities)
    found += _between("waiting", dict.fromkeys(mine.waiting, 0), dict.fromkeys(theirs.waiting, 0))
    return found + _between("cause", dict.fromkeys(mine.causes, 0), dict.fromkeys(theirs.causes, 0))


def _between(what: str, mine: dict[Name, Any], theirs: dict[Name, Any]) -> list[str]:
    lost = [f"{what} {key} is lost" for key in sorted(theirs.keys() - mine.keys())]
    extra = [f"{what} {key} should not be" for key in sorted(mine.keys() - theirs.keys())]
    other = [
        f"{what} {key}: {mine[key]!r} instead of {theirs[key]!r}"
        for key in sorted(mine.keys() & theirs.keys())
        if mine[key] != theirs[key]
    ]
    return lost + extra + other
