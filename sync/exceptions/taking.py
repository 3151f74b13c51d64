"""Settle what systems say differently: take the value of one, or let one decide from now on."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from sync.assigning import assign
from sync.exceptions.correcting import put
from sync.exceptions.errors import NotAllowed
from sync.exceptions.steps import INLINE, RESOLVED, lock, need_reason, sign
from sync.identities import CANONICAL, KEYLESS
from sync.load.fields import Field, field_of
from sync.mapping import NAMES
from sync.models import Correction, Identity, RawRecord, Source, SyncException
from sync.queue.kinds import Resolution
from sync.queue.writer import record_event
from sync.records import Kind, WorkStatus
from sync.replay import replay_rows

Side = Mapping[str, Any]


@transaction.atomic
def take(exception: SyncException, *, source: str, reason: str, by: str) -> list[Correction]:
    """Resolve a disagreement: one system is right, and its value replaces that of the others.

    Args:
        source: name of the system that is right, one of the exception's sides.
        reason: why, kept in the history.
        by: the person's user name.

    Returns:
        The corrections made, one for each other side.

    Raises:
        AlreadyResolved: it is not open any more.
        NotAllowed: another kind, no such side, an empty reason, the other record is not at hand, or the other
            source does not know what the value refers to.
    """
    mine = lock(exception, Resolution.TAKE)
    need_reason(reason)
    right, others = _sides(mine, source)
    corrections = [_correct(mine, right, wrong, reason, by) for wrong in others]
    titles = ", ".join(wrong["source_title"] for wrong in others)
    said = f"“{right['value']}” of {right['source_title']} taken for {titles} too. {reason}"
    record_event(mine, "corrected", said, by=by)
    rows: set[int] = set()
    for wrong in others:
        its = RawRecord.objects.filter(
            stream__source__name=wrong["source"], external_key=wrong["external_key"]
        )
        rows |= set(its.filter(gone_at=None).values_list("id", flat=True))
    replay_rows(rows, most=INLINE)
    if sign(mine, said, by).status != RESOLVED:
        raise NotAllowed("The other record has changed meanwhile. Look at both sides again.")
    return corrections


@transaction.atomic
def own(exception: SyncException, *, source: str, reason: str, by: str) -> int:
    """Resolve a disagreement: one system is the system of record of that field from now on, of all rows.

    Args:
        source, reason, by: see ``take``.

    Returns:
        How many canonical rows changed their value.

    Raises:
        AlreadyResolved: it is not open any more.
        NotAllowed: another kind, no such side, an empty reason, or it is the system of record already.
    """
    mine = lock(exception, Resolution.OWN)
    need_reason(reason)
    right, _ = _sides(mine, source)
    if mine.context.get("owner") == source:
        raise NotAllowed(f"{right['source_title']} decides on it already. Take its value instead.")
    kind, field = _field(mine)
    record_event(mine, "ownership", f"{right['source_title']} decides on {field.label}. {reason}", by=by)
    return assign(kind, field.name, Source.objects.get(name=source), why=reason, by=by)


def _sides(exception: SyncException, source: str) -> tuple[Side, list[Side]]:
    """The side that is right, and the others."""
    sides: list[Side] = exception.context.get("sides", [])
    right = next((side for side in sides if side["source"] == source), None)
    others = [side for side in sides if side["source"] != source]
    if right is None or not others:
        raise NotAllowed(f"“{source}” is none of the sides.")
    return right, others


def _field(exception: SyncException) -> tuple[Kind, Field]:
    kind = Kind(exception.context.get("row", {}).get("kind", Kind.WORK_ORDER))
    return kind, field_of(kind, exception.context["field"])


def _correct(exception: SyncException, right: Side, wrong: Side, reason: str, by: str) -> Correction:
    kind, field = _field(exception)
    loser = Source.objects.get(name=wrong["source"])
    name = {"source": loser, "external_key": wrong["external_key"], "field": field.name}
    value, original = _raw(right), _raw(wrong)
    if field.ref:
        value, original = _reference(loser, kind, field, value, right["value"]), wrong["value"]
    return put(name, value, original=original, reason=reason, by=by, exception=exception)


def _raw(side: Side) -> Any:
    """The value as records have it; what was told before values were kept has the status in words alone."""
    return side["raw"] if "raw" in side else WorkStatus(side["value"].replace(" ", "_")).value


def _reference(source: Source, kind: Kind, field: Field, canonical_id: int, label: str) -> dict[str, str]:
    """What a source calls a canonical row, as its own record would refer to it."""
    target: Any = CANONICAL[kind]._meta.get_field(field.name).related_model
    of = next(each for each, model in CANONICAL.items() if model is target)
    names = Identity.objects.filter(source=source, kind=of, canonical_id=canonical_id)
    key = names.exclude(external_key__startswith=KEYLESS).values_list("external_key", flat=True).first()
    if key is None:
        raise NotAllowed(
            f"{source.title} does not know the {NAMES[of]} “{label}”, so it cannot stand in its record. "
            "Let the other system decide on the field instead."
        )
    return {"kind": of.value, "key": key, "label": label}
