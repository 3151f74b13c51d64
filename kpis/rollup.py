"""Keeps the component rows true: stale (equipment, day) → rows, always equal to a rebuild from scratch."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db import connection, transaction

from kpis.kernel import compute_day
from kpis.loading import Window, load_facts, per_day
from kpis.models import Equipment
from kpis.months import plants_of, sum_plants
from kpis.plans import DayPlan, plan_days
from kpis.setups import Setup, load_setups, production_day_start
from kpis.stale import (
    extend_history,
    mark_calendars,
    mark_equipment,
    mark_open_events,
    mark_orders,
    mark_plants,
    mark_reasons,
    mark_spans,
)
from kpis.work.marks import mark_stops, mark_stops_of
from kpis.writing import Computed, replace_days, replace_machines

__all__ = [
    "in_batches",
    "mark_calendars",
    "mark_equipment",
    "mark_open_events",
    "mark_orders",
    "mark_plants",
    "mark_reasons",
    "mark_spans",
    "production_day_start",
    "rebuild",
    "rebuild_machines",
    "refresh",
]

BATCH = 1000
"""Marks per transaction: about a second of work, so that a worker that dies loses little."""

LOCK = 0x6B706973
"""Class of the advisory locks by equipment id: two workers never compute one machine at the same time."""

MACHINES_AT_ONCE = 8
DAYS_AT_ONCE = timedelta(days=62)


def refresh(as_of: datetime, limit: int | None = None) -> int:
    """Computes stale days as known at ``as_of``, about ``limit`` at most; returns how many.

    Marks go in the transaction that writes their rows; one made meanwhile stays for the next batch. Machines
    that another worker is computing are left to it.
    """
    done = 0
    while limit is None or done < limit:
        count = _refresh_batch(as_of, BATCH if limit is None else min(BATCH, limit - done))
        if not count:
            break
        done += count
    return done


def rebuild(as_of: datetime, equipment_ids: Collection[int] | None = None) -> int:
    """Computes all days of the machines (None: of all) from scratch; returns how many."""
    extend_history(as_of)
    batches = in_batches(equipment_ids)
    plants = {plant_id for machines in batches for _, plant_id in plants_of(machines)}
    done = sum(rebuild_machines(machines, as_of) for machines in batches)
    sum_plants(plants)
    return done


def in_batches(equipment_ids: Collection[int] | None = None) -> list[list[int]]:
    """The machines (None: all) as many together as are rebuilt at once."""
    wanted = sorted(
        equipment_ids if equipment_ids is not None else Equipment.objects.values_list("pk", flat=True)
    )
    return [wanted[n : n + MACHINES_AT_ONCE] for n in range(0, len(wanted), MACHINES_AT_ONCE)]


@transaction.atomic
def _refresh_batch(as_of: datetime, size: int) -> int:
    days = _take(size)
    setups = load_setups(days.keys())
    ranges = [
        (setups[machine], first, last)
        for machine, marked in days.items()
        if machine in setups
        for first, last in _runs_of_days(marked)
    ]
    replace_days(days, _computed(ranges, as_of), as_of)
    pairs = [(machine, day) for machine, marked in days.items() for day in marked]
    mark_stops([machine for machine, _ in pairs], [day for _, day in pairs])
    return sum(len(marked) for marked in days.values())


@transaction.atomic
def rebuild_machines(equipment_ids: Sequence[int], as_of: datetime) -> int:
    """Computes a few machines from scratch, over the history their plants have; returns their days.

    Their plants are to be summed afterwards, with ``sum_plants``: once, and not for each few machines.
    """
    setups = load_setups(equipment_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, id) FROM unnest(%s::int[]) id", [LOCK, sorted(setups)]
        )
        cursor.execute("DELETE FROM kpis_staleday WHERE equipment_id = ANY(%s)", [list(setups)])
    ranges = [(setup, first, last) for setup in setups.values() for first, last in _history(setup, as_of)]
    replace_machines(list(setups), _chunked(ranges, as_of), as_of)
    mark_stops_of(list(setups))
    return sum((last - first).days + 1 for _, first, last in ranges)


Range = tuple[Setup, date, date]


def _chunked(ranges: Iterable[Range], as_of: datetime) -> Iterator[list[Computed]]:
    """By a few months of a few machines."""
    by_first_day = sorted(ranges, key=lambda found: found[1])
    for _, some in groupby(by_first_day, key=lambda found: found[1]):
        yield list(_computed(list(some), as_of))


def _computed(ranges: Sequence[Range], as_of: datetime) -> Iterator[Computed]:
    now = as_of.timestamp()
    planned = [(setup, _plans(setup, first, last, now)) for setup, first, last in ranges]
    planned = [(setup, plans) for setup, plans in planned if plans]
    windows = [Window(setup.machine.id, plans[0].start, plans[-1].end) for setup, plans in planned]
    for (setup, plans), facts in zip(planned, load_facts(windows), strict=True):
        for plan, day in per_day(facts, plans):
            if plan.start < setup.until or any(day):
                yield setup.machine.id, plan.day, compute_day(plan, day, setup.machine, now)


def _plans(setup: Setup, first: date, last: date, as_of: float) -> Sequence[DayPlan]:
    """Plans of the days within the machine's history that have begun."""
    if setup.history_from is None:
        return ()
    first = max(first, setup.history_from)
    last = min(last, setup.schedule.clock.day_of(as_of))
    return plan_days(setup.schedule, first, last, as_of)


def _history(setup: Setup, as_of: datetime) -> Iterator[tuple[date, date]]:
    if setup.history_from is None:
        return
    last = setup.schedule.clock.day_of(as_of.timestamp())
    first = setup.history_from
    while first <= last:
        yield first, min(last, first + DAYS_AT_ONCE)
        first += DAYS_AT_ONCE + timedelta(days=1)


def _take(size: int) -> dict[int, list[date]]:
    """Takes the oldest marks of machines nobody else computes: sorted days by equipment id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT equipment_id FROM (SELECT * FROM kpis_staleday ORDER BY id LIMIT %s) oldest",
            [size],
        )
        candidates = sorted(row[0] for row in cursor.fetchall())
        cursor.execute(
            "SELECT id FROM unnest(%s::int[]) id WHERE pg_try_advisory_xact_lock(%s, id)", [candidates, LOCK]
        )
        free = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            """
            DELETE FROM kpis_staleday WHERE id IN (
                SELECT id FROM kpis_staleday WHERE equipment_id = ANY(%s) ORDER BY id LIMIT %s
                FOR UPDATE SKIP LOCKED
            ) RETURNING equipment_id, day
            """,
            [free, size],
        )
        days: defaultdict[int, set[date]] = defaultdict(set)
        for equipment_id, day in cursor.fetchall():
            days[equipment_id].add(day)
    return {equipment_id: sorted(marked) for equipment_id, marked in days.items()}


def _runs_of_days(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Consecutive days as (first, last)."""
    for _, run in groupby(enumerate(days), key=lambda pair: pair[1].toordinal() - pair[0]):
        group = [day for _, day in run]
        yield group[0], group[-1]
