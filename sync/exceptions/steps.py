"""What all resolutions share: be the one who resolves it, sign it, count what it released."""

from collections.abc import Collection

from sync.exceptions.errors import AlreadyResolved, NotAllowed
from sync.models import HeldRecord, RawRecord, SyncException
from sync.pipeline import lock_masters
from sync.queue.kinds import KINDS, Resolution

OPEN, RESOLVED, DISMISSED = (
    SyncException.Status.OPEN,
    SyncException.Status.RESOLVED,
    SyncException.Status.DISMISSED,
)
INLINE = 200
"""As many rows are replayed while a person waits; more are left to a worker."""


def lock(exception: SyncException, resolution: Resolution) -> SyncException:
    """The exception as it is now, locked, with its rows and the masters, in the order a sync locks them.

    Raises:
        AlreadyResolved: it is not open any more.
        NotAllowed: another kind of exception.
    """
    lock_rows(waiting(exception)[: INLINE + 1])
    lock_masters()
    mine = (
        SyncException.objects.select_for_update(of=("self",))
        .select_related("source", "stream")
        .get(pk=exception.pk)
    )
    if mine.status != OPEN:
        who = f" by {mine.resolved_by}" if mine.resolved_by else ""
        raise AlreadyResolved(f"It was {mine.status}{who} meanwhile.")
    if resolution not in KINDS[mine.kind].resolutions:
        raise NotAllowed(f"“{KINDS[mine.kind].title}” cannot be resolved that way.")
    return mine


def lock_rows(raw_ids: Collection[int]) -> None:
    """Lock landed rows, so that a sync of the same rows waits for us, or we for it."""
    list(RawRecord.objects.select_for_update().filter(id__in=raw_ids).order_by("id").values_list("id"))


def need_reason(reason: str) -> None:
    """Raise ``NotAllowed`` where a person gave no reason."""
    if not reason.strip():
        raise NotAllowed("Say why, so that others can follow it later.")


def sign(exception: SyncException, why: str, by: str) -> SyncException:
    """Put the person's name under what the replay closed; return the exception as it is now."""
    now = SyncException.objects.get(pk=exception.pk)
    if now.status == RESOLVED:
        now.resolution, now.resolved_by = why, by
        now.save(update_fields=["resolution", "resolved_by"])
    return now


def waiting(exception: SyncException) -> list[int]:
    """Landed rows that wait for it."""
    rows = HeldRecord.objects.filter(exception=exception).order_by("raw_id")
    return list(rows.values_list("raw_id", flat=True))


def released(raw_ids: Collection[int]) -> int:
    """How many of the rows wait no more."""
    return len(raw_ids) - HeldRecord.objects.filter(raw__in=raw_ids).values("raw").distinct().count()
