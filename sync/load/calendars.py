"""The weekly pattern and the leaves of a calendar, replaced as a whole when they differ."""

from typing import Any

from kpis.models import CalendarAttendance, CalendarLeave
from sync.load.fields import Ids
from sync.load.specs import leave_refs
from sync.records import CalendarRecord


def write(calendar_id: int, record: CalendarRecord, ids: Ids) -> bool:
    """Bring pattern and leaves in line with the record; tell whether anything changed.

    A leave of a machine we do not know yet is left out; the record waits for it in the queue.
    """
    pattern = _replace_pattern(calendar_id, record)
    leaves = _replace_leaves(calendar_id, record, ids)
    return pattern or leaves


def _replace_pattern(calendar_id: int, record: CalendarRecord) -> bool:
    names = ("weekday", "hour_from", "hour_to", "is_break", "name", "week")
    wanted = [
        (row.weekday, row.hour_from, row.hour_to, row.is_break, row.name[:120], row.week)
        for row in record.attendances
    ]
    rows = CalendarAttendance.objects.filter(calendar=calendar_id)
    if _same(wanted, list(rows.values_list(*names))):
        return False
    rows.delete()
    CalendarAttendance.objects.bulk_create(
        CalendarAttendance(calendar_id=calendar_id, **dict(zip(names, row, strict=True))) for row in wanted
    )
    return True


def _replace_leaves(calendar_id: int, record: CalendarRecord, ids: Ids) -> bool:
    names = ("equipment_id", "start", "end", "name")
    machines = {key: ids.get(ref) for key, ref in leave_refs(record).items()}
    wanted = [
        (machines.get(leave.resource), leave.start, leave.end, leave.name[:200])
        for leave in record.leaves
        if not leave.resource or machines[leave.resource] is not None
    ]
    rows = CalendarLeave.objects.filter(calendar=calendar_id)
    if _same(wanted, list(rows.values_list(*names))):
        return False
    rows.delete()
    CalendarLeave.objects.bulk_create(
        CalendarLeave(calendar_id=calendar_id, **dict(zip(names, row, strict=True))) for row in wanted
    )
    return True


def _same(wanted: list[tuple[Any, ...]], have: list[tuple[Any, ...]]) -> bool:
    return sorted(wanted, key=repr) == sorted(have, key=repr)
