"""One act on many exceptions: what it would do, doing it in the background, and undoing it for a time.

PostgreSQL holds the work: a batch with its items. A lost message delays it until the next tick.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from auditlog.context import disable_auditlog
from django.db import transaction
from django.db.models import Count, F, QuerySet, Sum
from django.utils import timezone
from kombu.exceptions import OperationalError

from mfgportal.accounts.access import Right, exceptions_of, may
from mfgportal.accounts.audit import acting
from mfgportal.accounts.models import User
from mfgportal.workbench.bulk_acts import ACTS, Act
from mfgportal.workbench.models import Batch, BatchItem
from sync.exceptions import AlreadyResolved, NotAllowed
from sync.locks import only_one, retried
from sync.models import SyncException

BATCH_LOCK = 0x62756C6B
MOST = 5000
"""As many exceptions are taken at once."""
UNDO_FOR = timedelta(hours=1)
FORGOTTEN = timedelta(days=1)
"""A preview that nobody started is gone by then."""
State = BatchItem.State


@dataclass(frozen=True, slots=True)
class Preview:
    """What a batch is about. ``will``: exceptions it takes; ``held``: source records these hold, ``minutes``
    of machines' time; ``skipped``: reason → how many; ``done``, ``left``: of those it takes."""

    will: int
    held: int
    minutes: float
    skipped: Mapping[str, int]
    done: int
    undone: int
    kept: Mapping[str, int]

    @property
    def total(self) -> int:
        return self.will + sum(self.skipped.values())


def prepare(user: User, act: str, given: Mapping[str, Any], rows: QuerySet[SyncException]) -> Batch:
    """Look what an act would do to exceptions, of which those the person may see count; nothing is done.

    Raises:
        NotAllowed: there is no such act, an argument makes no sense, or there are too many.
    """
    if act not in ACTS:
        raise NotAllowed(f"There is no “{act}” for many; there are: {', '.join(ACTS)}.")
    found = list(rows.filter(pk__in=exceptions_of(user)).select_related("source", "care")[: MOST + 1])
    if not 0 < len(found) <= MOST:
        raise NotAllowed(f"Choose up to {MOST:,} exceptions." if found else "Choose an exception first.")
    doing = ACTS[act](user, given, found)
    with transaction.atomic():
        forget(Batch.objects.filter(state=Batch.State.PREVIEW, at__lt=timezone.now() - FORGOTTEN))
        batch = Batch.objects.create(user=user, act=act, given=dict(doing.given))
        BatchItem.objects.bulk_create(_items(batch, doing, found), batch_size=1000)
    return batch


def forget(rows: QuerySet[Batch]) -> int:
    """Remove batches that nobody needs any more; how many rows went. That is no decision of a person's."""
    with disable_auditlog():
        return rows.delete()[0]


def _items(batch: Batch, act: Act, found: Iterable[SyncException]) -> list[BatchItem]:
    notes = ((exception, act.why_not(exception)) for exception in found)
    return [
        BatchItem(batch=batch, exception=exception, note=note, state=State.SKIPPED if note else State.WAITING)
        for exception, note in notes
    ]


def preview(batch: Batch) -> Preview:
    """How a batch stands. Three queries."""
    rows = batch.items.order_by()
    counts = dict(rows.values_list("state").annotate(rows=Count("pk")))
    taken = rows.exclude(state=State.SKIPPED)
    sums = taken.aggregate(held=Sum("exception__held_rows"), minutes=Sum("exception__kpi_minutes"))
    notes = rows.exclude(note="").values_list("state", "note").annotate(rows=Count("pk")).order_by("-rows")
    reasons = list(notes)
    return Preview(
        will=sum(counts.values()) - counts.get(State.SKIPPED, 0),
        held=sums["held"] or 0,
        minutes=sums["minutes"] or 0.0,
        skipped={note: count for state, note, count in reasons if state == State.SKIPPED},
        done=sum(counts.get(each, 0) for each in (State.DONE, State.UNDONE, State.KEPT)),
        undone=counts.get(State.UNDONE, 0),
        kept={note: count for state, note, count in reasons if state == State.KEPT},
    )


def start(batch: Batch) -> bool:
    """Have it done; False where it was started already."""
    return _handed_on(Batch.objects.filter(pk=batch.pk, state=Batch.State.PREVIEW), Batch.State.QUEUED)


def undo(batch: Batch) -> bool:
    """Have it undone; False where it is too late, not through yet, or cannot be."""
    rows = Batch.objects.filter(pk=batch.pk, state=Batch.State.DONE, undo_until__gt=timezone.now())
    return _handed_on(rows, Batch.State.UNDOING)


@transaction.atomic
def _handed_on(rows: QuerySet[Batch], state: str) -> bool:
    """Saved row by row: who starts a batch, or has it undone, is in the audit trail."""
    batch = rows.select_for_update().first()
    if batch is None:
        return False
    batch.state = state
    batch.save(update_fields=["state"])
    _wake(batch.pk)
    return True


def _wake(batch_id: int) -> None:
    from mfgportal.workbench.tasks import work_batch

    def send() -> None:
        try:
            work_batch.delay(batch_id)
        except OperationalError:  # the next tick finds it
            return

    transaction.on_commit(send)


def left() -> list[int]:
    """Batches that a worker has to see to."""
    states = [Batch.State.QUEUED, Batch.State.UNDOING]
    return list(Batch.objects.filter(state__in=states).order_by("pk").values_list("pk", flat=True))


def work(batch_id: int) -> None:
    """Do or undo a batch, one exception after the other, each a transaction. One worker at a time."""
    with only_one(BATCH_LOCK, batch_id) as mine:
        batch = Batch.objects.select_related("user").filter(pk=batch_id).first() if mine else None
        if batch is None:
            return
        with acting(batch.user):
            _work(batch)


def _work(batch: Batch) -> None:
    if batch.state == Batch.State.QUEUED:
        _each(batch, State.WAITING, _do)
        until = timezone.now() + UNDO_FOR if ACTS[batch.act].undoable else None
        _ended(batch, state=Batch.State.DONE, done_at=timezone.now(), undo_until=until)
    elif batch.state == Batch.State.UNDOING:
        _each(batch, State.DONE, _undo)
        _ended(batch, state=Batch.State.UNDONE)


def _ended(batch: Batch, **values: Any) -> None:
    Batch.objects.filter(pk=batch.pk).update(**values)


Step = Callable[[Act, SyncException, BatchItem], None]


def _each(batch: Batch, state: str, step: Step) -> None:
    act = ACTS[batch.act](batch.user, batch.given, ())
    allowed = batch.user.is_active and may(batch.user, Right.RESOLVE_EXCEPTIONS)
    for item in batch.items.filter(state=state).order_by("pk"):
        rows = exceptions_of(batch.user).select_related("source", "stream")
        exception = rows.filter(pk=item.exception_id).first() if allowed else None
        _one(act, exception, item, step)


def _one(act: Act, exception: SyncException | None, item: BatchItem, step: Step) -> None:
    refused = State.KEPT if item.state == State.DONE else State.SKIPPED
    if exception is None:
        _settle(item, refused, "It is not yours to see any more.")
        return
    try:
        retried(lambda: step(act, exception, item))
    except (AlreadyResolved, NotAllowed) as why:
        _settle(item, refused, str(why))
    except OperationalError:  # kept by then; what it would have woken comes with the next tick
        item.refresh_from_db()


def _do(act: Act, exception: SyncException, item: BatchItem) -> None:
    item.before = act.do(exception)
    _settle(item, State.DONE)


def _undo(act: Act, exception: SyncException, item: BatchItem) -> None:
    act.undo(exception, item.before)
    _settle(item, State.UNDONE)


def _settle(item: BatchItem, state: str, note: str = "") -> None:
    BatchItem.objects.filter(pk=item.pk).update(state=state, note=note[:300], before=item.before)


def batches_of(user: User) -> QuerySet[Batch]:
    """The person's batches that were started, latest first; what others do is not theirs to undo."""
    return Batch.objects.filter(user=user).order_by(F("at").desc())
