"""Merge two canonical rows that are one thing: names and facts move to the one that is kept. Undoable."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from kpis.models import Production, WorkOrder
from kpis.models.base import Master
from kpis.rollup import mark_equipment
from kpis.work import marks
from sync.exceptions.errors import AlreadyResolved, NotAllowed
from sync.exceptions.following import followers
from sync.exceptions.steps import RESOLVED, lock, need_reason
from sync.exceptions.tracing import replay_for, rows_naming
from sync.identities import CANONICAL
from sync.mapping import NAMES
from sync.models import Identity, Merge, Source, SyncException
from sync.pipeline import lock_masters
from sync.queue.kinds import Resolution
from sync.queue.writer import finish, record_event
from sync.records import Kind


@transaction.atomic
def merge(exception: SyncException, *, keep: int, reason: str, by: str) -> Merge:
    """Resolve a double: the other row's names and facts move to the one that is kept.

    Args:
        keep: id of one of the exception's two rows.
        reason: why, kept in the history.
        by: the person's user name.

    Raises:
        AlreadyResolved: it is not open any more.
        NotAllowed: another kind of exception, none of the two rows, or an empty reason.
    """
    mine = lock(exception, Resolution.MERGE)
    need_reason(reason)
    kind = Kind(mine.context["row"]["kind"])
    kept, dropped = _rows(kind, mine.context["rows"], keep)
    moved = _move(kind, dropped.pk, kept.pk)
    _mark(kind, kept, dropped, moved)
    _leave(dropped)
    done = Merge.objects.create(
        exception=mine,
        kind=kind.value,
        kept_id=kept.pk,
        dropped_id=dropped.pk,
        kept_name=str(kept),
        dropped_name=str(dropped),
        moved=moved,
        reason=reason,
        by=by,
    )
    finish(mine, RESOLVED, f"{dropped} was merged into {kept}. {reason}", by=by)
    return done


def _rows(kind: Kind, pair: list[int], keep: int) -> tuple[Master, Master]:
    model: Any = CANONICAL[kind]
    rows = model.objects.select_for_update(of=("self",)).order_by("id").in_bulk(pair)
    if keep not in rows or len(rows) != 2:
        raise NotAllowed(f"“{keep}” is none of the two {NAMES[kind]}s.")
    kept = rows.pop(keep)
    return kept, next(iter(rows.values()))


def _move(kind: Kind, from_id: int, to_id: int) -> dict[str, list[int]]:
    """Point all that names one row to the other; ids of what was moved, by ``model column``."""
    moved: dict[str, list[int]] = {}
    for each in followers(kind, from_id, to_id):
        rows = apps.get_model(each.label)._default_manager.filter(pk__in=each.follow)
        list(rows.select_for_update().order_by("pk").values_list("pk"))
        rows.update(**{each.column: to_id})
        moved[each.name] = each.follow
    return {name: ids for name, ids in moved.items() if ids}


def _mark(kind: Kind, one: Master, other: Master, moved: dict[str, list[int]]) -> None:
    """Have all that either row counts in computed again."""
    if kind is Kind.EQUIPMENT:
        mark_equipment([one.pk, other.pk])
        marks.mark_machines([one.pk, other.pk])
    if kind is Kind.PRODUCT:
        ids = moved.get("kpis.Production product_id", [])
        machines = Production.objects.filter(pk__in=ids).values_list("equipment_id", flat=True)
        mark_equipment(list(machines.distinct()))
    if kind is Kind.TECHNICIAN:
        marks.mark_technicians([one.pk, other.pk])
    if kind is Kind.PART:
        orders = WorkOrder.objects.filter(part_uses__in=moved.get("kpis.PartUse part_id", []))
        marks.mark_orders(list(orders.values_list("pk", flat=True).distinct()))


def _leave(row: Master) -> None:
    row.gone_at, row.active = timezone.now(), False
    row.save(update_fields=["gone_at", "active"])


@transaction.atomic
def undo_merge(merge_id: int, *, by: str) -> Merge:
    """Take a merge back: what was moved goes back, and what came since under the other's names.

    Raises:
        AlreadyResolved: somebody else has taken it back.
        NotAllowed: one of the rows is no more.
    """
    lock_masters()
    done = Merge.objects.select_for_update().get(pk=merge_id)
    if done.undone_at:
        raise AlreadyResolved(f"{done.undone_by} has taken it back already.")
    kind = Kind(done.kind)
    model: Any = CANONICAL[kind]
    rows = model.objects.select_for_update(of=("self",)).in_bulk([done.kept_id, done.dropped_id])
    if len(rows) != 2:
        raise NotAllowed("One of the two rows is no more.")
    for name, ids in done.moved.items():
        label, column = name.split(" ")
        its = _as_kept(column)
        back = apps.get_model(label)._default_manager.filter(pk__in=ids, **{its: done.kept_id})
        back.update(**{its: done.dropped_id})
    dropped = rows[done.dropped_id]
    dropped.gone_at, dropped.active = None, True
    dropped.save(update_fields=["gone_at", "active"])
    _mark(kind, rows[done.kept_id], dropped, done.moved)
    done.undone_at, done.undone_by = timezone.now(), by
    done.save(update_fields=["undone_at", "undone_by"])
    _replay_since(done, kind, by)
    return done


def _as_kept(column: str) -> str:
    """The column of an id; merges of long ago kept the names of foreign keys without it."""
    return column if column.endswith("_id") else f"{column}_id"


def kept_instead(kind: Kind, row_id: int) -> int | None:
    """Id of the row that stands for a dropped one; None where it was not merged, or is parted again."""
    now: int | None = row_id
    rows = Merge.objects.filter(kind=kind.value, undone_at=None).order_by("-at", "-id")
    seen = set[int]()
    while now is not None and now not in seen:
        seen.add(now)
        found, now = now, rows.filter(dropped_id=now).values_list("kept_id", flat=True).first()
    return None if found == row_id else found


def _replay_since(done: Merge, kind: Kind, by: str) -> None:
    if done.exception is None:
        return
    record_event(done.exception, "undone", f"{done.dropped_name} is a row of its own again.", by=by)
    for source in _sources(done):
        replay_for(done.exception, rows_naming(source, kind, done.kept_id), by=by)


def _sources(done: Merge) -> Iterator[Source]:
    """The sources whose names went back."""
    names = Identity.objects.filter(pk__in=done.moved.get("sync.Identity canonical_id", []))
    yield from Source.objects.filter(pk__in=names.values("source"))
