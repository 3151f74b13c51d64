"""Put a value in place of a source's: a corrected field, or the other system's status."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from sync.exceptions.errors import NotAllowed
from sync.exceptions.fields import check, fields_to_correct, rows_to_correct
from sync.exceptions.steps import INLINE, OPEN, RESOLVED, lock, need_reason, sign
from sync.models import Correction, RawRecord, Source, SyncException
from sync.queue.kinds import Resolution
from sync.queue.writer import record_event
from sync.records import WorkStatus
from sync.replay import replay_rows


@transaction.atomic
def correct(
    exception: SyncException, *, external_key: str, field: str, value: Any, reason: str, by: str
) -> Correction:
    """Put a value in place of the source's and replay the record. The correction survives later syncs.

    Args:
        external_key: the record's key in the exception's source.
        field: one of ``fields_to_correct``.
        value: JSON value; a time as an ISO 8601 text with its offset.
        reason: why, kept in the history.
        by: the person's user name.

    Raises:
        AlreadyResolved: it is not open any more.
        NotAllowed: no such field, an unreadable value, or an empty reason.
    """
    mine = lock(exception, Resolution.CORRECT)
    need_reason(reason)
    wanted = [
        row for row in fields_to_correct(mine) if (row["external_key"], row["field"]) == (external_key, field)
    ]
    if not wanted:
        raise NotAllowed(f"“{field}” of {external_key} cannot be corrected here.")
    check(wanted[0], value)
    rows = list(rows_to_correct(mine).values_list("id", flat=True))
    name = {"source": mine.source, "external_key": external_key, "field": field}
    correction = _put(name, value, original=wanted[0]["value"], reason=reason, by=by)
    record_event(mine, "corrected", f"{field}: {wanted[0]['value']} → {value}. {reason}", by=by)
    replay_rows(rows, most=INLINE)
    now = sign(mine, f"{field} corrected to {value}. {reason}", by)
    if now.status == OPEN and field in (now.context.get("field"), *now.context.get("fields", ())):
        raise NotAllowed(now.message)
    return correction


@transaction.atomic
def take(exception: SyncException, *, source: str, reason: str, by: str) -> Correction:
    """Resolve a ``status_mismatch``: one system is right, and its status replaces that of the other.

    Args:
        source: name of the system that is right, one of the exception's two sides.
        reason: why, kept in the history.
        by: the person's user name.

    Raises:
        AlreadyResolved: it is not open any more.
        NotAllowed: another kind, no such side, an empty reason, or the other record is not at hand.
    """
    mine = lock(exception, Resolution.TAKE)
    need_reason(reason)
    sides = mine.context.get("sides", [])
    right = next((side for side in sides if side["source"] == source), None)
    wrong = next((side for side in sides if side["source"] != source), None)
    if right is None or wrong is None:
        raise NotAllowed(f"“{source}” is none of the two sides.")
    loser = Source.objects.get(name=wrong["source"])
    name = {"source": loser, "external_key": wrong["external_key"], "field": mine.context["field"]}
    correction = _put(name, status_of(right), original=status_of(wrong), reason=reason, by=by)
    said = f"“{right['value']}” of {right['source_title']} taken for {wrong['source_title']} too. {reason}"
    record_event(mine, "corrected", said, by=by)
    rows = RawRecord.objects.filter(
        stream__source=loser, external_key=wrong["external_key"], gone_at=None
    )
    replay_rows(list(rows.values_list("id", flat=True)), most=INLINE)
    if sign(mine, said, by).status != RESOLVED:
        raise NotAllowed("The other record has changed meanwhile. Look at both sides again.")
    return correction


def status_of(side: dict[str, Any]) -> str:
    """The status of a side as records have it; a side shows it in words."""
    return WorkStatus(side["value"].replace(" ", "_")).value


def _put(name: dict[str, Any], value: Any, *, original: Any, reason: str, by: str) -> Correction:
    """Write the correction in the place of an earlier one of the same field."""
    earlier = Correction.objects.filter(**name, revoked_at=None)
    first = earlier.first()
    before = first.original if first else original
    earlier.update(revoked_at=timezone.now())
    return Correction.objects.create(**name, value=value, original=before, reason=reason, author=by)
