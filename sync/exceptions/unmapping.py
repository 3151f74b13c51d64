"""Take back what a person said a key means."""

from django.db import transaction

from sync.exceptions.errors import NotAllowed
from sync.exceptions.learning import terms
from sync.exceptions.steps import RESOLVED, lock_rows
from sync.exceptions.tracing import replay_for, rows_naming, rows_of
from sync.identities import identity_key
from sync.mapping import ref_of
from sync.models import Identity, SyncException, Verdict
from sync.pipeline import lock_masters
from sync.queue.kinds import KEY_KINDS
from sync.queue.writer import open_again
from sync.records import Ref


@transaction.atomic
def unmap(exception: SyncException, *, canonical_id: int, by: str) -> int:
    """Take a mapping back: the exception is open again, and what names the key waits for it as before.

    Returns:
        0: it releases nothing.

    Raises:
        NotAllowed: it was not mapped to that row by a person, or is open again.
    """
    if exception.kind not in KEY_KINDS:
        raise NotAllowed("Only what a key means can be taken back.")
    ref = ref_of(exception.context)
    rows = sorted({*rows_naming(exception.source, ref.kind, canonical_id), *_own(exception, ref)})
    lock_rows(rows)
    lock_masters()
    mine = SyncException.objects.select_for_update(of=("self",)).select_related("source").get(pk=exception.pk)
    names = Identity.objects.filter(
        source=mine.source,
        kind=ref.kind,
        external_key=identity_key(ref),
        canonical_id=canonical_id,
        method=Identity.Method.MANUAL,
    )
    if mine.status != RESOLVED or not names.exists():
        raise NotAllowed("It was changed since.")
    names.delete()
    verdicts = Verdict.objects.filter(source=mine.source, kind=ref.kind, term__in=terms(ref), by=by)
    verdicts.filter(canonical_id=canonical_id).delete()
    open_again(mine, f"{by} has taken the mapping back.", by=by)
    replay_for(mine, rows, by=by)
    return 0


def _own(exception: SyncException, ref: Ref) -> list[int]:
    return rows_of(exception.source, ref.key) if ref.key else []
