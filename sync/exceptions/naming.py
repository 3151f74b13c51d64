"""Say what an unknown key means: a row there is, or a new one."""

from django.db import transaction

from kpis.models import LossClass
from sync.exceptions.backlog import leave_to_worker
from sync.exceptions.errors import NotAllowed
from sync.exceptions.learning import doubted, learned, remember
from sync.exceptions.steps import INLINE, RESOLVED, lock, released, waiting
from sync.identities import CANONICAL, Suggestion, identity_key, map_to
from sync.load.masters import create_plain, create_reason
from sync.mapping import NAMES, ref_of
from sync.models import Source, SyncException
from sync.queue.kinds import KEY_KINDS, Resolution
from sync.queue.writer import finish
from sync.records import Kind, Ref
from sync.references import find, masters_of
from sync.replay import release, replay_rows
from sync.suggest import suggest
from sync.witness import witnesses

PLAIN = frozenset({Kind.PRODUCT, Kind.PART, Kind.TECHNICIAN})
REASON_CLASSES = (
    LossClass.PLANNED_STOP,
    LossClass.BREAKDOWN,
    LossClass.SETUP,
    LossClass.EXTERNAL,
    LossClass.QUALITY,
    LossClass.SPEED,
    LossClass.MICRO_STOP,
)
"""What a new reason may count as."""


def suggestions(exception: SyncException, *, limit: int = 5) -> list[Suggestion]:
    """What an unknown key might mean, best first; empty for other kinds."""
    if exception.kind not in KEY_KINDS:
        return []
    ref = ref_of(exception.context)
    return suggest(
        ref,
        plant_id=exception.plant_id,
        witnesses=[*witnesses(exception, ref), *learned(exception.source, ref)],
        doubted=doubted(exception.source, ref),
        limit=limit,
    )


@transaction.atomic
def map_key(exception: SyncException, *, canonical_id: int | None, by: str, loss_class: str = "") -> int:
    """Resolve an ``unmapped_key``: say which row the key means, or None to create a new row from it.

    Args:
        by: the person's user name.
        loss_class: of a new reason, one of ``REASON_CLASSES``.

    Returns:
        How many waiting rows wait no more; where many wait, a worker loads them from now on.

    Raises:
        AlreadyResolved: it is not open any more.
        NotAllowed: another kind, no such row, or nothing at hand to create a row from.
    """
    mine = lock(exception, Resolution.CREATE if canonical_id is None else Resolution.MAP)
    ref, rows = ref_of(mine.context), waiting(mine)
    remember(mine.source, ref, canonical_id, suggestions(mine), by=by)
    if canonical_id is None:
        finish(mine, RESOLVED, f"Created a new {NAMES[ref.kind]}.", by=by)
        _create(mine.source, ref, loss_class, by)
    else:
        finish(mine, RESOLVED, f"Mapped to {_row(ref, canonical_id)}.", by=by)
        map_to(mine.source, ref, canonical_id, by=by)
    _load(mine, ref, rows)
    return released(rows)


def _row(ref: Ref, canonical_id: int) -> object:
    row = CANONICAL[ref.kind]._default_manager.filter(pk=canonical_id).first()
    if row is None:
        raise NotAllowed(f"There is no {NAMES[ref.kind]} {canonical_id}.")
    return row


def _load(exception: SyncException, ref: Ref, rows: list[int]) -> None:
    own = _own_rows(exception.source, ref)
    if len(rows) > INLINE:
        leave_to_worker(exception)
        replay_rows(own, most=INLINE)
    else:
        replay_rows([*rows, *own], most=INLINE)
    release([ref.kind], most=INLINE)


def _own_rows(source: Source, ref: Ref) -> list[int]:
    """The key's own record, whose codes and calendar may be of use now."""
    found = masters_of(source, [ref.key]).get((ref.kind.value, ref.key)) if ref.key else None
    return [found[0]] if found else []


def _create(source: Source, ref: Ref, loss_class: str, by: str) -> None:
    if ref.kind == Kind.REASON:
        row = create_reason(source, identity_key(ref), _name(ref), _loss_class(loss_class))
        map_to(source, ref, row, by=by)
        return
    own = _own_rows(source, ref)
    if own:
        replay_rows(own, create=ref.key, by=by, most=INLINE)
        if ref not in find(source, [ref]).ids:
            what = NAMES[ref.kind]
            raise NotAllowed(f"What this {what} belongs to is not known yet: map its plant or machine first.")
        return
    if ref.kind not in PLAIN:
        raise NotAllowed(_why_not(ref))
    row = create_plain(ref.kind, source, identity_key(ref), next(iter(ref.codes), ""), ref.label)
    map_to(source, ref, row, by=by)


def _name(ref: Ref) -> str:
    return ref.label or next(iter(ref.codes), ref.key)


def _loss_class(given: str) -> LossClass:
    if given not in REASON_CLASSES:
        known = ", ".join(REASON_CLASSES)
        raise NotAllowed(f"Say what the new reason counts as in the loss tree, one of: {known}.")
    return LossClass(given)


def _why_not(ref: Ref) -> str:
    what = NAMES[ref.kind]
    if ref.kind == Kind.WORK_ORDER:
        return "A work order cannot be created here. Map it, or wait until its system has delivered it."
    return (
        f"The source gave no complete record of this {what} to create it from. Map it to an existing {what}."
    )
