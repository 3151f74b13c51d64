"""A production system's own figures beside ours: they follow other rules, and this says which.

Nothing here is a fault, so nothing is raised.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection

from kpis.engine import Scope, evaluate
from kpis.models import Equipment
from sync.models import Identity, Source, Stream
from sync.reconcile.base import (
    ROWS_KEPT,
    Explanation,
    Measure,
    NotReady,
    Row,
    Rule,
    Subject,
    Tolerance,
    Window,
    label,
)
from sync.reconcile.readiness import need_ready, production_systems, streams_of
from sync.records import Kind
from sync.sources import connect, spec_of

DURATION = "duration"
MINUTES = "min"
WHY_DURATION = (
    "The source counts a stop's time by the machine's working calendar when the stop is written, so breaks, "
    "nights and holidays are not in it; here a stop lasts as long as the clock says, and planned time is "
    "taken from the calendar when it is computed. Stops that are still open have no duration there."
)
WHY_OEE = (
    "The source's figure is time spent producing over all time written, of the last month: what was made and "
    "what was scrapped are not in it. Here it is availability × performance × quality over planned time."
)
STOPS = """
WITH stops AS (
    SELECT t.id, t.equipment_id, t.external_key, t.start, t."end", (r.payload->>'duration')::float8 AS native,
        EXTRACT(EPOCH FROM COALESCE(t."end", %(now)s) - t.start)::float8 / 60 AS clock
    FROM kpis_downtime t
    JOIN sync_rawrecord r ON r.stream_id = %(stream)s AND r.external_key = t.external_key
    WHERE t.source = %(source)s AND t.deleted_at IS NULL AND t.start >= %(first)s AND t.start < %(last)s
        AND jsonb_typeof(r.payload->'duration') = 'number'
)
"""
BY_MACHINE = f"{STOPS} SELECT equipment_id, sum(native), sum(clock) FROM stops GROUP BY equipment_id"  # noqa: S608 constants
OF_MACHINE = f"""{STOPS}
SELECT id, external_key, start, "end", native, clock, count(*) OVER () FROM stops
WHERE equipment_id = %(machine)s AND abs(native - clock) > 1
ORDER BY abs(native - clock) DESC, id LIMIT %(most)s
"""  # noqa: S608 constants


def measure(window: Window) -> Iterator[Measure]:
    streams = [
        stream
        for stream in streams_of(production_systems(), Kind.DOWNTIME)
        if (spec := spec_of(stream)) and DURATION in spec.summed
    ]
    if not streams:
        raise NotReady("No system that computes figures of its own is connected.")
    need_ready(streams, window.now)
    machines = Equipment.objects.in_bulk()
    for stream in streams:
        yield from _stops(stream, machines, window)
        yield from _oee(stream, machines, window)


def _stops(stream: Stream, machines: Mapping[int, Equipment], window: Window) -> Iterator[Measure]:
    for month in window.months:
        first, last = window.edges(month)
        given: dict[str, Any] = {
            "now": window.now,
            "stream": stream.pk,
            "source": stream.source.name,
            "first": first,
            "last": last,
        }
        with connection.cursor() as cursor:
            cursor.execute(BY_MACHINE, given)
            found = cursor.fetchall()
        for machine, native, clock in found:
            yield Measure(
                subject=_subject(machines[machine], stream, "stops"),
                period=label(month),
                unit=MINUTES,
                sides={"native": round(native, 1), "here": round(clock, 1)},
                note=WHY_DURATION,
                explain=partial(_explain_stops, stream.source, given | {"machine": machine}),
            )


def _subject(machine: Equipment, stream: Stream, what: str) -> Subject:
    return Subject(
        key=f"{machine.pk}:{what}",
        title=f"{machine.name}: {what}",
        stream=stream,
        plant_id=machine.plant_id,
        equipment_id=machine.pk,
    )


def _explain_stops(source: Source, given: Mapping[str, Any]) -> Explanation:
    with connection.cursor() as cursor:
        cursor.execute(OF_MACHINE, {**given, "most": ROWS_KEPT})
        found = cursor.fetchall()
    rows = [
        Row(
            where="both",
            text=f"{native:g} min there, {clock:.1f} by the clock",
            value=round(clock - native, 1),
            source=source.name,
            external_key=key,
            start=start.isoformat(),
            end=end.isoformat() if end else "",
            event=f"downtime/{pk}",
        )
        for pk, key, start, end, native, clock, _ in found
    ]
    return Explanation(note=WHY_DURATION, rows=rows, total=found[0][-1] if found else 0)


def _oee(stream: Stream, machines: Mapping[int, Equipment], window: Window) -> Iterator[Measure]:
    """As of now, which is all the source tells."""
    named = Identity.objects.filter(source=stream.source, kind=Kind.EQUIPMENT)
    by_key = dict(named.values_list("external_key", "canonical_id"))
    with closing(connect(stream.source)) as connector:
        figures = list(connector.figures("oee") or ())
    ours = _ours(window)
    for figure in figures:
        machine = machines.get(by_key.get(figure.external_key, 0))
        if machine is not None and machine.pk in ours:
            yield Measure(
                subject=_subject(machine, stream, "OEE"),
                unit="%",
                sides={"native": figure.value, "here": round(ours[machine.pk] * 100, 2)},
                note=WHY_OEE,
                explain=partial(Explanation, note=WHY_OEE),
            )


def _ours(window: Window) -> dict[int, float]:
    today = window.now.date()
    scope = Scope(first_day=today - timedelta(days=29), last_day=today, work_units_only=True)
    values = evaluate(["oee"], scope, by="equipment")
    return {int(value.key.id): value.value for value in values if value.key.id and value.value is not None}


RULE = Rule(
    key="native",
    title="The source's own figures",
    meaning="Odoo computes stop times and an OEE itself. They answer other questions than ours do; this "
    "shows both and says why they differ.",
    subject="machine",
    sides={"native": "The source's own", "here": "Here"},
    tolerance=Tolerance(absolute=0.1, relative=0.001),
    measure=measure,
    raises=False,
)
