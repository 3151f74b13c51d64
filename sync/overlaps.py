"""Stops of one machine that overlap within one source: nothing is lost by them, so they are only told."""

from collections.abc import Collection

from django.db import connection, transaction

from kpis.models import Equipment
from sync.models import Stream, SyncException
from sync.queue.writer import Problem, close_cause, fingerprint, raise_all

OVERLAPPING = """
    WITH stop AS (
        SELECT equipment_id, start, max(COALESCE("end", 'infinity')) OVER (
            PARTITION BY equipment_id ORDER BY start, id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS busy_until
        FROM kpis_downtime
        WHERE source = %s AND equipment_id = ANY(%s) AND deleted_at IS NULL AND NOT inherited
          AND start > now() - interval '400 days'
    )
    SELECT equipment_id, count(*) FROM stop WHERE start < busy_until GROUP BY equipment_id
"""


def check(stream: Stream, equipment_ids: Collection[int]) -> None:
    """Count overlapping stops of machines; raise, renew or close their exceptions."""
    if not equipment_ids:
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(OVERLAPPING, [stream.source.name, list(equipment_ids)])
            counts: dict[int, int] = dict(cursor.fetchall())
        quiet = {str(machine) for machine in equipment_ids if machine not in counts}
        close_cause("overlap", stream.source, quiet, "The stops do not overlap any more.")
        told = _told(stream, counts)
        machines = Equipment.objects.in_bulk(counts)
        raise_all(
            stream,
            [
                _problem(machines[machine], count)
                for machine, count in counts.items()
                if told.get(fingerprint("overlap", stream.source, str(machine))) != count
            ],
        )


def _told(stream: Stream, counts: Collection[int]) -> dict[str, int]:
    marks = [fingerprint("overlap", stream.source, str(machine)) for machine in counts]
    found = SyncException.objects.filter(fingerprint__in=marks).exclude(status=SyncException.Status.RESOLVED)
    return {exception.fingerprint: exception.context.get("overlaps", 0) for exception in found}


def _problem(machine: Equipment, count: int) -> Problem:
    stops = "1 stop starts" if count == 1 else f"{count} stops start"
    return Problem(
        kind="overlap",
        cause=str(machine.pk),
        title=f"Overlapping stops on {machine.name}",
        message=f"{stops} before another one of the same machine has ended. Each moment counts once.",
        context={"overlaps": count},
        plant_id=machine.plant_id,
        equipment_id=machine.pk,
    )
