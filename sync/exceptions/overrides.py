"""The values people put in place of a source's: listed, and taken back."""

from django.db import transaction
from django.utils import timezone

from sync.corrections import IN_PAYLOAD
from sync.exceptions.errors import AlreadyResolved
from sync.exceptions.steps import INLINE, lock_rows
from sync.exceptions.tracing import rows_of, take_back
from sync.models import Correction, HeldRecord
from sync.pipeline import lock_masters
from sync.queue.writer import record_event
from sync.replay import replay_rows


@transaction.atomic
def revoke(correction_id: int, *, by: str) -> Correction:
    """Take a correction back: the source's value counts again, judged as if it came now.

    What is wrong with that value is told again; see the exception's history.

    Raises:
        AlreadyResolved: somebody else has revoked it.
    """
    found = Correction.objects.select_related("source").get(pk=correction_id)
    rows = _rows(found)
    lock_rows(rows)
    lock_masters()
    mine = (
        Correction.objects.select_for_update(of=("self",))
        .select_related("exception", "source")
        .get(pk=correction_id)
    )
    if mine.revoked_at:
        raise AlreadyResolved(f"{mine.revoked_by or mine.author} has revoked it already.")
    mine.revoked_at, mine.revoked_by = timezone.now(), by
    mine.save(update_fields=["revoked_at", "revoked_by"])
    if mine.exception:
        said = f"{mine.field} of {mine.external_key} counts as {mine.source.title} has it again."
        record_event(mine.exception, "revoked", said, by=by)
    if mine.field.startswith(IN_PAYLOAD):
        take_back(mine.source, rows)
    replay_rows(rows, most=INLINE)
    return mine


def _rows(correction: Correction) -> list[int]:
    """The rows that give the record: in the landing by its key, behind its fact, or waiting for it."""
    waiting = HeldRecord.objects.filter(
        exception__source=correction.source, exception__context__record_key=correction.external_key
    )
    mine = HeldRecord.objects.filter(exception=correction.exception_id) if correction.exception_id else ()
    named = {row.raw_id for row in mine if row.raw_id}
    found = rows_of(correction.source, correction.external_key)
    return sorted({*found, *waiting.values_list("raw_id", flat=True), *(named if not found else ())})
