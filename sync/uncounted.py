"""Figures that cannot be: machines that ran for hours, and of which nothing was counted."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from kpis.models import Equipment
from sync import checkpoints
from sync.figure_streams import tell_of_machines
from sync.models import SyncException
from sync.queue.writer import RESOLVED, Problem, close

NAME = "running_without_production"
EVERY = timedelta(minutes=1)
DAYS = 30
LEAST_S = 2 * 3600
# Counts of an order may come when it ends. Where none was counted for weeks, none are: no anomaly.
IDLE = """
    SELECT c.equipment_id, c.day, c.shift_name, c.oee_run_s / 60
    FROM kpis_shiftcomponents c
    WHERE c.equipment_id = ANY(%(machines)s) AND c.day >= %(first)s AND c.shift > 0 AND c."end" <= %(now)s
        AND NOT c.provisional AND c.oee_run_s >= %(least)s AND c.quantity = 0
        AND NOT EXISTS (
            SELECT FROM kpis_production p WHERE p.equipment_id = c.equipment_id AND p.deleted_at IS NULL
            AND p.start < c."end" AND (p."end" IS NULL OR p."end" > %(now)s)
        )
        AND EXISTS (
            SELECT FROM kpis_shiftcomponents o WHERE o.equipment_id = c.equipment_id
            AND o.day >= %(first)s AND o.quantity > 0
        )
    ORDER BY c.equipment_id, c.day, c.start
"""
COMPUTED = """
    SELECT DISTINCT equipment_id FROM kpis_shiftcomponents
    WHERE day >= %s AND computed_at >= %s AND NOT provisional AND oee_run_s >= %s AND quantity = 0
"""
Shifts = Sequence[tuple[date, str, float]]
"""Day, name of the shift, minutes run."""


@transaction.atomic
def check() -> None:
    """Look at the machines computed since the last look, and at those that were told; tell, renew, close."""
    now = timezone.now()
    first = (now - timedelta(days=DAYS)).date()
    last = checkpoints.last(NAME)
    told = SyncException.objects.filter(kind=NAME).exclude(status=RESOLVED)
    machines = {pk for pk in told.values_list("equipment_id", flat=True) if pk}
    machines |= _computed(first, last or now - timedelta(days=DAYS))
    idle = _idle(machines, first, now)
    over = told.filter(equipment__in=machines - idle.keys())
    close(over, f"In the last {DAYS} days there is no shift that ran for hours without counts.")
    tell_of_machines(idle, dict(told.values_list("equipment_id", "context")), _context, _problem)
    checkpoints.note(NAME, now)


def check_when_due() -> None:
    """Look once a minute."""
    if checkpoints.is_due(NAME, EVERY):
        check()


def _computed(first: date, since: datetime) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(COMPUTED, [first, since, LEAST_S])
        return {row[0] for row in cursor.fetchall()}


def _idle(machines: set[int], first: date, now: datetime) -> dict[int, Shifts]:
    found: dict[int, list[tuple[date, str, float]]] = defaultdict(list)
    given: dict[str, Any] = {"machines": list(machines), "first": first, "now": now, "least": LEAST_S}
    with connection.cursor() as cursor:
        cursor.execute(IDLE, given)
        for machine, day, shift, minutes in cursor.fetchall():
            found[machine].append((day, shift, minutes))
    return dict(found)


def _context(shifts: Shifts) -> dict[str, Any]:
    rows = [
        {"day": day.isoformat(), "shift": name, "minutes": round(minutes, 1)} for day, name, minutes in shifts
    ]
    return {"shifts": rows, "minutes": round(sum(minutes for *_, minutes in shifts), 1)}


def _problem(machine: Equipment, shifts: Shifts) -> Problem:
    day, name, minutes = shifts[-1]
    more = f", and in {len(shifts) - 1} more shifts of the last {DAYS} days" if len(shifts) > 1 else ""
    return Problem(
        kind=NAME,
        cause=str(machine.pk),
        title=f"Running without production: {machine.name}",
        message=f"On {day:%d %b %Y} (“{name}”) {machine.name} ran for {minutes / 60:.1f} h and nothing was "
        f"counted{more}. Are counts missing, or did it not run?",
        context=_context(shifts),
        plant_id=machine.plant_id,
        equipment_id=machine.pk,
    )
