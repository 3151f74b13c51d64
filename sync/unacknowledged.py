"""Corrective work orders that nobody has taken up: open too long without a sign of work."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from sync.acknowledging import allowed, least_allowed
from sync.checkpoints import when_due
from sync.clocks import local
from sync.freshness import is_late
from sync.models import Stream, SyncException
from sync.queue.telling import raise_each
from sync.queue.writer import RESOLVED, Problem, close, fingerprint
from sync.records import Kind, WorkStatus, WorkType
from sync.sources import reads

NAME = "late_acknowledgement"
EVERY = timedelta(minutes=1)
# What lies there for longer is a backlog, and no news.
NEWS = timedelta(days=14)
WAITING = """
    SELECT o.id, o.source, o.external_key, COALESCE(NULLIF(o.number, ''), o.external_key), o.title,
        o.priority, COALESCE(o.requested_at, o.created_at), o.equipment_id, p.id, COALESCE(p.timezone, '')
    FROM kpis_workorder o LEFT JOIN kpis_equipment e ON e.id = o.equipment_id
        LEFT JOIN kpis_plant p ON p.id = COALESCE(e.plant_id, o.plant_id)
    WHERE o.deleted_at IS NULL AND o.status = %s AND o.work_type = %s AND o.created_on IS NULL
        AND o.assigned_to_id IS NULL AND o.started_at IS NULL AND o.scheduled_at IS NULL
        AND COALESCE(o.requested_at, o.created_at) BETWEEN %s AND %s
        AND NOT EXISTS (SELECT FROM kpis_labour l WHERE l.work_order_id = o.id AND l.deleted_at IS NULL)
        AND NOT EXISTS (
            SELECT FROM kpis_statuschange c WHERE c.work_order_id = o.id AND c.status_from <> '')
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A work order nobody has taken up since ``since``."""

    order_id: int
    source: str
    external_key: str
    number: str
    title: str
    priority: str
    since: datetime
    equipment_id: int | None
    plant_id: int | None
    zone: str


@transaction.atomic
def check() -> None:
    """Tell what waits too long, in data read since; close what has been taken up."""
    now = timezone.now()
    streams = _streams(now)
    found = [each for each in _waiting(now) if each.source in streams]
    marks = {fingerprint(NAME, streams[each.source].source, str(each.order_id)): each for each in found}
    told = SyncException.objects.filter(kind=NAME).exclude(status=RESOLVED)
    close(told.exclude(fingerprint__in=marks), "It has been taken up, or it is no longer open.")
    known = set(told.values_list("fingerprint", flat=True))
    raise_each((streams[each.source], _problem(each)) for mark, each in marks.items() if mark not in known)


def check_when_due() -> None:
    """Look once a minute."""
    when_due(NAME, EVERY, check)


def _waiting(now: datetime) -> Iterator[Waiting]:
    kinds = [WorkStatus.OPEN.value, WorkType.CORRECTIVE.value]
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [*kinds, now - NEWS, now - least_allowed()])
        for row in cursor.fetchall():
            found = Waiting(*row)
            if found.since < now - allowed(found.priority):
                yield found


def _streams(now: datetime) -> dict[str, Stream]:
    """By source, the stream of its work orders: where it is late, nobody knows whether they were taken up."""
    rows = Stream.objects.filter(enabled=True).select_related("source")
    return {row.source.name: row for row in rows if reads(row, Kind.WORK_ORDER) and not is_late(row, now)}


def _problem(each: Waiting) -> Problem:
    hours = allowed(each.priority) / timedelta(hours=1)
    return Problem(
        kind=NAME,
        cause=str(each.order_id),
        title=f"Nobody has taken up work order {each.number}",
        message=f"“{each.title}” is open since {local(each.since, each.zone)} without a sign of work. "
        f"Within {hours:g} hour{'s' if hours != 1 else ''} somebody should have taken it up.",
        external_key=each.external_key,
        context={"work_order": each.order_id, "seen": each.since.isoformat()},
        plant_id=each.plant_id,
        equipment_id=each.equipment_id,
    )
