"""Figures that cannot be: machines that made more on a day than their ideal cycle time allows."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from kpis.models import Equipment
from sync import checkpoints
from sync.figure_streams import tell_of_machines
from sync.models import SyncException
from sync.queue.writer import RESOLVED, Problem, close

NAME = "performance_above_100"
DAYS = 30
EVER = datetime(1970, 1, 1, tzinfo=UTC)
# Rounding of cycle times and times alone makes no anomaly.
TOLERANCE = 1.001
RECOMPUTED = """
    SELECT DISTINCT equipment_id FROM (
        SELECT equipment_id FROM kpis_shiftcomponents WHERE day >= %s AND computed_at >= %s
        GROUP BY equipment_id, day HAVING max("end") <= %s AND NOT bool_or(provisional)
    ) completed
"""
ABOVE = """
    SELECT equipment_id, day, ideal_s / run_s FROM (
        SELECT equipment_id, day, sum(ideal_s) AS ideal_s, sum(oee_run_s - run_without_ideal_s) AS run_s
        FROM kpis_shiftcomponents WHERE day >= %s AND equipment_id = ANY(%s)
        GROUP BY equipment_id, day HAVING max("end") <= %s AND NOT bool_or(provisional)
    ) completed
    WHERE run_s > 0 AND ideal_s > run_s * %s ORDER BY equipment_id, day
"""
Shares = Sequence[tuple[date, float]]


@transaction.atomic
def check() -> None:
    """Look at the machines of which a completed day was computed since the last look; tell, renew, close.

    Called by whoever computes components, after it: what is computed later has a later time.
    """
    now = timezone.now()
    first = (now - timedelta(days=DAYS)).date()
    last = checkpoints.last(NAME)
    told = SyncException.objects.filter(kind=NAME).exclude(status=RESOLVED)
    # What was told is looked at each time: a day may also leave the last 30 while nothing is computed.
    machines = set(told.values_list("equipment_id", flat=True)) - {None}
    machines |= _recomputed(now, first, last)
    above = _above(now, first, machines)
    close(told.filter(equipment__in=machines - above.keys()), f"No day of the last {DAYS} is above 100 %.")
    tell_of_machines(above, dict(told.values_list("equipment_id", "context")), _context, _problem)
    checkpoints.note(NAME, now)


def _recomputed(now: datetime, first: date, since: datetime | None) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(RECOMPUTED, [first, since or EVER, now])
        return {row[0] for row in cursor.fetchall()}


def _above(now: datetime, first: date, machines: Collection[int]) -> dict[int, Shares]:
    """Days above 100 % and their performance, by machine."""
    found: dict[int, list[tuple[date, float]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(ABOVE, [first, list(machines), now, TOLERANCE])
        for machine, day, share in cursor.fetchall():
            found[machine].append((day, share))
    return dict(found)


def _context(days: Shares) -> dict[str, Any]:
    return {"days": [{"day": day.isoformat(), "performance": round(share, 4)} for day, share in days]}


def _problem(machine: Equipment, days: Shares) -> Problem:
    worst, share = max(days, key=lambda found: found[1])
    return Problem(
        kind=NAME,
        cause=str(machine.pk),
        title=f"Performance above 100 %: {machine.name}",
        message=f"On {len(days)} of the last {DAYS} days it made more than its ideal cycle time allows, most "
        f"on {worst.day} {worst:%b %Y} with {share * 100:.1f} %. The ideal cycle time is probably too slow.",
        context=_context(days),
        plant_id=machine.plant_id,
        equipment_id=machine.pk,
    )
