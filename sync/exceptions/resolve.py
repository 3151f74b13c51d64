"""What a person does about an exception. Each works in one transaction and replays what waited for it.

``by`` is the person's user name; who may do what is checked by the caller.
"""

from typing import Any

from celery import current_app
from django.db import transaction
from django.utils import timezone

from sync.exceptions.errors import AlreadyResolved, NotAllowed
from sync.exceptions.fields import check, fields_to_correct, rows_to_correct
from sync.identities import CANONICAL, Suggestion, identity_key, map_to
from sync.load.masters import create_plain
from sync.mapping import NAMES, ref_of
from sync.models import Correction, HeldRecord, Stream, SyncException
from sync.pipeline import lock_masters
from sync.queue.kinds import KINDS, Resolution
from sync.queue.writer import close_empty, finish, record_event
from sync.records import Kind, Ref
from sync.references import find, masters_of
from sync.replay import release, replay_rows
from sync.suggest import suggest

OPEN, RESOLVED, DISMISSED = (
    SyncException.Status.OPEN,
    SyncException.Status.RESOLVED,
    SyncException.Status.DISMISSED,
)
PLAIN = frozenset({Kind.PRODUCT, Kind.PART, Kind.TECHNICIAN})


def suggestions(exception: SyncException, *, limit: int = 5) -> list[Suggestion]:
    """What an unmapped key might mean, best first; empty for other kinds."""
    if exception.kind != "unmapped_key":
        return []
    return suggest(ref_of(exception.context), limit=limit)


@transaction.atomic
def map_key(exception: SyncException, *, canonical_id: int | None, by: str) -> int:
    """Resolve an ``unmapped_key``: say which row the key means, or None to create a new row from it.

    Returns:
        How many waiting rows wait no more.

    Raises:
        AlreadyResolved: it is not open any more.
        NotAllowed: another kind, no such row, or nothing at hand to create a row from.
    """
    lock_masters()
    mine = _lock(exception, Resolution.CREATE if canonical_id is None else Resolution.MAP)
    ref = ref_of(mine.context)
    waiting = _waiting(mine)
    if canonical_id is None:
        _create(mine, ref, by)
        done = f"Created a new {NAMES[ref.kind]}."
    else:
        row = CANONICAL[ref.kind]._default_manager.filter(pk=canonical_id).first()
        if row is None:
            raise NotAllowed(f"There is no {NAMES[ref.kind]} {canonical_id}.")
        map_to(mine.source, ref, canonical_id, by=by)
        done = f"Mapped to {row}."
    finish(mine, RESOLVED, done, by=by)
    replay_rows([*waiting, *_own_rows(mine, ref)])
    release([ref.kind])
    return _released(waiting)


def _own_rows(exception: SyncException, ref: Ref) -> list[int]:
    """The key's own record, whose codes and calendar may be of use now."""
    found = masters_of(exception.source, [ref.key]).get((ref.kind.value, ref.key)) if ref.key else None
    return [found[0]] if found else []


def _create(exception: SyncException, ref: Ref, by: str) -> None:
    own = _own_rows(exception, ref)
    if own:
        replay_rows(own, create=ref.key, by=by)
        if ref not in find(exception.source, [ref]).ids:
            raise NotAllowed(_why_not(ref))
        return
    if ref.kind not in PLAIN:
        raise NotAllowed(_why_not(ref))
    code = next(iter(ref.codes), "")
    row = create_plain(ref.kind, exception.source, identity_key(ref), code, ref.label)
    map_to(exception.source, ref, row, by=by)


def _why_not(ref: Ref) -> str:
    what = NAMES[ref.kind]
    if ref.kind == Kind.REASON:
        return "A reason needs its place in the loss tree: map it to a standard reason."
    if ref.kind == Kind.WORK_ORDER:
        return "A work order cannot be created here. Map it, or wait until its system has delivered it."
    return (
        f"The source gave no complete record of this {what} to create it from. Map it to an existing {what}."
    )


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

    Raises:
        AlreadyResolved: it is not open any more.
        NotAllowed: no such field, an unreadable value, or an empty reason.
    """
    lock_masters()
    mine = _lock(exception, Resolution.CORRECT)
    _need_reason(reason)
    wanted = [
        row for row in fields_to_correct(mine) if (row["external_key"], row["field"]) == (external_key, field)
    ]
    if not wanted:
        raise NotAllowed(f"“{field}” of {external_key} cannot be corrected here.")
    check(wanted[0], value)
    rows = list(rows_to_correct(mine).values_list("id", flat=True))
    correction = _correct(mine, wanted[0], value, reason, by)
    record_event(mine, "corrected", f"{field}: {wanted[0]['value']} → {value}. {reason}", by=by)
    replay_rows(rows)
    now = _sign(mine, f"{field} corrected to {value}. {reason}", by)
    if now.status == OPEN and field in (now.context.get("field"), *now.context.get("fields", ())):
        raise NotAllowed(now.message)
    return correction


def _correct(exception: SyncException, field: dict[str, Any], value: Any, reason: str, by: str) -> Correction:
    name = {"source": exception.source, "external_key": field["external_key"], "field": field["field"]}
    earlier = Correction.objects.filter(**name, revoked_at=None).first()
    Correction.objects.filter(**name, revoked_at=None).update(revoked_at=timezone.now())
    original = earlier.original if earlier else field["value"]
    return Correction.objects.create(**name, value=value, original=original, reason=reason, author=by)


def _sign(exception: SyncException, why: str, by: str) -> SyncException:
    """Put the person's name under what the replay closed."""
    now = SyncException.objects.get(pk=exception.pk)
    if now.status == RESOLVED:
        now.resolution, now.resolved_by = why, by
        now.save(update_fields=["resolution", "resolved_by"])
    return now


@transaction.atomic
def dismiss(exception: SyncException, *, reason: str, by: str) -> None:
    """Close without a change. Rows it holds stay out of the numbers, and no longer count as missing.

    Raises:
        AlreadyResolved: it is not open any more.
        NotAllowed: an empty reason.
    """
    mine = _lock(exception, Resolution.DISMISS)
    _need_reason(reason)
    left_out = HeldRecord.objects.filter(exception=mine).count()
    note = f" {left_out} source records stay left out." if left_out else ""
    finish(mine, DISMISSED, f"{reason}{note}", by=by)


@transaction.atomic
def retry(exception: SyncException, *, by: str) -> int:
    """Try again now: replays the rows it holds, or makes its stream due at once.

    Returns:
        How many waiting rows wait no more; 0 when the stream was woken.

    Raises:
        AlreadyResolved: it is not open any more.
    """
    lock_masters()
    mine = _lock(exception, Resolution.RETRY)
    record_event(mine, "retried", "", by=by)
    if not KINDS[mine.kind].holds:
        _wake(mine, by)
        return 0
    waiting = _waiting(mine)
    replay_rows(waiting)
    close_empty([mine.pk])
    _sign(mine, "Tried again with success.", by)
    return _released(waiting)


def _wake(exception: SyncException, by: str) -> None:
    if exception.stream is None:
        return
    if exception.kind == "mass_deletion":
        arguments = {"stream_id": exception.stream_id, "by": by, "force": True}
        transaction.on_commit(lambda: current_app.send_task("sync.tasks.sweep_stream", kwargs=arguments))
        return
    names = exception.context.get("streams") or [exception.stream.name]
    streams = Stream.objects.filter(source=exception.source)
    if exception.kind in {"missing_ideal_cycle", "status_mismatch"}:
        streams.update(next_due=timezone.now())
    else:
        streams.filter(name__in=names).update(next_due=timezone.now())


def _lock(exception: SyncException, resolution: Resolution) -> SyncException:
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


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise NotAllowed("Say why, so that others can follow it later.")


def _released(raw_ids: list[int]) -> int:
    """How many of the rows wait no more."""
    return len(raw_ids) - HeldRecord.objects.filter(raw__in=raw_ids).values("raw").distinct().count()


def _waiting(exception: SyncException) -> list[int]:
    return list(HeldRecord.objects.filter(exception=exception).values_list("raw_id", flat=True))
