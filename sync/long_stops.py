"""Figures that cannot be: stops longer than the shift they began in, which somebody forgot to end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from kpis.models import LossClass
from sync import checkpoints
from sync.clocks import local
from sync.figure_streams import streams_of
from sync.models import SyncException
from sync.queue.telling import raise_each
from sync.queue.writer import RESOLVED, Problem, close
from sync.records import Kind

NAME = "stop_longer_than_shift"
EVERY = timedelta(minutes=1)
NEWS = timedelta(days=30)
UNPLANNED = [LossClass.BREAKDOWN, LossClass.SETUP, LossClass.EXTERNAL, LossClass.QUALITY]
# A stop that is longer than its shift goes beyond its end: of each shift few do.
LONGER = """
    SELECT d.id, d.source, d.external_key, d.trace_id, d.equipment_id, e.plant_id, e.name, r.name,
        c.shift_name, p.timezone, d.start, d."end", (extract(epoch FROM c."end" - c.start) / 60)::float8
    FROM kpis_shiftcomponents c
    JOIN kpis_downtime d ON d.equipment_id = c.equipment_id AND d.start >= c.start AND d.start < c."end"
    JOIN kpis_reason r ON r.id = d.reason_id
    JOIN kpis_equipment e ON e.id = d.equipment_id
    JOIN kpis_plant p ON p.id = e.plant_id
    WHERE c.shift > 0 AND d.deleted_at IS NULL AND NOT d.inherited AND r.loss_class = ANY(%(unplanned)s)
        AND COALESCE(d."end", %(now)s) - d.start > c."end" - c.start AND {which}
"""
COMPUTED = """
    c.day >= %(first)s AND c.computed_at >= %(since)s
    AND c.breakdown_s + c.setup_s + c.external_s + c.quality_s > 0
"""
TOLD = """
    d.id = ANY(%(told)s) AND c.day BETWEEN d.start::date - 2 AND d.start::date + 1
"""


@dataclass(frozen=True, slots=True)
class LongStop:
    """A stop and its shift; ``end`` None: it goes on."""

    id: int
    source: str
    external_key: str
    trace_id: UUID | None
    equipment_id: int
    plant_id: int
    machine: str
    reason: str
    shift: str
    zone: str
    start: datetime
    end: datetime | None
    shift_minutes: float

    def minutes(self, now: datetime) -> float:
        return ((self.end or now) - self.start).total_seconds() / 60


@transaction.atomic
def check() -> None:
    """Look at the shifts computed since the last look, and at what was told; tell and close."""
    now = timezone.now()
    last = checkpoints.last(NAME)
    told = SyncException.objects.filter(kind=NAME).exclude(status=RESOLVED)
    known = {row.context["stop"]: row for row in told}
    still = _longer(TOLD, now, told=list(known)) if known else {}
    close(
        told.filter(pk__in=[row.pk for stop, row in known.items() if stop not in still]),
        "It is not so any more.",
    )
    found = _longer(COMPUTED, now, since=last or now - NEWS, first=(now - NEWS).date())
    _tell([stop for pk, stop in found.items() if pk not in known], now)
    checkpoints.note(NAME, now)


def check_when_due() -> None:
    """Look once a minute."""
    if checkpoints.is_due(NAME, EVERY):
        check()


def _longer(which: str, now: datetime, **values: Any) -> dict[int, LongStop]:
    with connection.cursor() as cursor:
        cursor.execute(LONGER.format(which=which), {**values, "now": now, "unplanned": UNPLANNED})
        return {row[0]: LongStop(*row) for row in cursor.fetchall()}


def _tell(stops: list[LongStop], now: datetime) -> None:
    streams = streams_of({stop.source for stop in stops}, Kind.DOWNTIME)
    raise_each((streams[stop.source], _problem(stop, now)) for stop in stops if stop.source in streams)


def _problem(stop: LongStop, now: datetime) -> Problem:
    hours = _hours(stop.minutes(now))
    lasts = f"lasts for {hours} already" if stop.end is None else f"lasted {hours}"
    return Problem(
        kind=NAME,
        cause=str(stop.id),
        title=f"Stop longer than its shift: {stop.machine}",
        message=f"“{stop.reason}” of {stop.machine}, from {local(stop.start, stop.zone)}, {lasts}. Its "
        f"shift “{stop.shift}” has {_hours(stop.shift_minutes)}. Was its end forgotten?",
        external_key=stop.external_key,
        trace_id=stop.trace_id,
        context={"stop": stop.id, "minutes": round(stop.minutes(now) - stop.shift_minutes, 1)},
        plant_id=stop.plant_id,
        equipment_id=stop.equipment_id,
    )


def _hours(minutes: float) -> str:
    return f"{minutes / 60:,.1f} h"
