"""Ideal cycles of operations, dated: production takes the one valid at its start.

Whatever changes them restates the production concerned and marks its days, in the same transaction.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from kpis.models import IdealCycle, Operation
from kpis.models.masters import EVER
from kpis.stale import mark_orders, mark_spans

RESTATED = """
    UPDATE kpis_production p SET ideal_cycle_s = v.seconds
    FROM (
        SELECT f.id, (
            SELECT c.seconds FROM kpis_idealcycle c
            WHERE c.operation_id = f.operation_id AND c.valid_from <= f.start
            ORDER BY c.valid_from DESC LIMIT 1
        ) AS seconds
        FROM unnest(%s::bigint[], %s::timestamptz[]) AS w(operation_id, since)
        JOIN kpis_production f ON f.operation_id = w.operation_id AND f.start >= w.since
    ) v
    WHERE p.id = v.id AND p.ideal_cycle_s IS DISTINCT FROM v.seconds
    RETURNING p.equipment_id, p.start, p."end", p.source, p.order_key
"""


@transaction.atomic
def begin(operations: Iterable[Operation]) -> None:
    """Date the cycles of operations that are new, and have no production yet: they hold since ever."""
    _write([_said(row, EVER) for row in operations if row.ideal_cycle_s is not None])


@transaction.atomic
def follow(operations: Iterable[Operation], since: datetime | None = None) -> None:
    """Date what the sources say of operations now; what is produced before keeps its cycle.

    Args:
        since: when it changed; None: when the source says that the operation was written, else now.
    """
    rows = list(operations)
    dated: defaultdict[int, list[IdealCycle]] = defaultdict(list)
    for cycle in IdealCycle.objects.filter(operation__in=rows).order_by("valid_from"):
        dated[cycle.operation_id].append(cycle)
    cycles = [cycle for row in rows for cycle in _changed(row, dated[row.pk], since, timezone.now())]
    _write(cycles)
    _restate({cycle.operation_id: cycle.valid_from for cycle in cycles})


@transaction.atomic
def state(
    operation: Operation, *, seconds: float | None, by: str, valid_from: datetime | None = None
) -> IdealCycle:
    """A person's word on a cycle from an instant on (None: ever), until the operation's next dated one.

    Args:
        seconds: per unit, above 0; None: no cycle is known from then on.
    """
    cycle, _ = IdealCycle.objects.update_or_create(
        operation=operation,
        valid_from=valid_from or EVER,
        defaults={"seconds": seconds, "by": by, "source": ""},
    )
    _restate({operation.pk: cycle.valid_from})
    return cycle


@transaction.atomic
def withdraw(cycle: IdealCycle) -> None:
    """Take a dated cycle back: the one before it goes on. The first one is corrected, not taken back."""
    if cycle.valid_from == EVER:
        raise ValueError("The first cycle of an operation cannot be taken back; correct it.")
    since = cycle.valid_from
    cycle.delete()
    _restate({cycle.operation_id: since})


def valid_at(operations: Collection[int]) -> Callable[[int | None, datetime], float | None]:
    """The ideal cycle of one of the operations at an instant, as they are dated now.

    Lock the operations before (``SHARE``): who dates a cycle meanwhile then waits, and finds what the caller
    wrote.
    """
    dated: defaultdict[int, tuple[list[datetime], list[float | None]]] = defaultdict(lambda: ([], []))
    rows = IdealCycle.objects.filter(operation__in=operations).order_by("valid_from")
    for operation, since, seconds in rows.values_list("operation_id", "valid_from", "seconds"):
        dated[operation][0].append(since)
        dated[operation][1].append(seconds)

    def at(operation: int | None, start: datetime) -> float | None:
        if operation is None or operation not in dated:
            return None
        since, seconds = dated[operation]
        valid = bisect_right(since, start)
        return seconds[valid - 1] if valid else None

    return at


def _changed(
    row: Operation, dated: Sequence[IdealCycle], since: datetime | None, now: datetime
) -> list[IdealCycle]:
    """The dated cycle that a change makes, if it is one."""
    past = [cycle for cycle in dated if cycle.valid_from <= now]
    if not any(cycle.seconds for cycle in dated):
        return [_said(row, EVER)] if row.ideal_cycle_s is not None else []
    last = past[-1] if past else None
    if last and last.seconds == row.ideal_cycle_s:
        return []
    if last and last.seconds is None and not last.by:
        return [_said(row, last.valid_from)]  # what its source had forgotten is known for all that time
    return [_said(row, _moment(since or row.source_updated_at, last, now))]


def _moment(said: datetime | None, last: IdealCycle | None, now: datetime) -> datetime:
    """A time before the last change, or in the future, tells nothing of when this one was made."""
    return said if said and (last is None or last.valid_from < said) and said <= now else now


def _said(row: Operation, valid_from: datetime) -> IdealCycle:
    return IdealCycle(
        operation=row,
        valid_from=valid_from,
        seconds=row.ideal_cycle_s,
        source=row.source,
        set_at=timezone.now(),
    )


def _write(cycles: Collection[IdealCycle]) -> None:
    """In bulk, which the audit trail of what people decide does not note."""
    IdealCycle.objects.bulk_create(
        cycles,
        update_conflicts=True,
        unique_fields=["operation", "valid_from"],
        update_fields=["seconds", "source", "by", "set_at"],
    )


def _restate(since: Mapping[int, datetime]) -> None:
    """Give production its valid cycle, by operation and first start, and mark the days of what changes."""
    if not since:
        return
    with connection.cursor() as cursor:
        cursor.execute(RESTATED, [list(since), list(since.values())])
        found = cursor.fetchall()
    now = timezone.now()
    mark_spans([row[:3] for row in found], now)
    mark_orders({row[3:] for row in found}, now)
