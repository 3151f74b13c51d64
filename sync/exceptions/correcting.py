"""Put a value in place of a source's."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from sync.exceptions.errors import NotAllowed
from sync.exceptions.fields import check, fields_to_correct, rows_to_correct
from sync.exceptions.steps import INLINE, OPEN, lock, need_reason, sign
from sync.models import Correction, SyncException
from sync.queue.kinds import Resolution
from sync.queue.writer import record_event
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
    correction = put(name, value, original=wanted[0]["value"], reason=reason, by=by, exception=mine)
    record_event(mine, "corrected", f"{field}: {wanted[0]['value']} → {value}. {reason}", by=by)
    replay_rows(rows, most=INLINE)
    now = sign(mine, f"{field} corrected to {value}. {reason}", by)
    if now.status == OPEN and field in (now.context.get("field"), *now.context.get("fields", ())):
        raise NotAllowed(now.message)
    return correction


def put(
    name: dict[str, Any], value: Any, *, original: Any, reason: str, by: str, exception: SyncException
) -> Correction:
    """Write the correction in the place of an earlier one of the same field."""
    earlier = Correction.objects.filter(**name, revoked_at=None)
    first = earlier.first()
    before = first.original if first else original
    earlier.update(revoked_at=timezone.now(), revoked_by=by)
    return Correction.objects.create(
        **name, value=value, original=before, reason=reason, author=by, exception=exception
    )
