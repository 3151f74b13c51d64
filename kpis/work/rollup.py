"""Keeps the rows of work true: stale months → rows, always equal to a rebuild from scratch."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from django.db import connection, transaction

from kpis.models import Equipment, Plant
from kpis.work.facts import Rules
from kpis.work.loading import Subject, Wanted, load_books, load_rules, month_span
from kpis.work.plants import months_of, replace_all, replace_months
from kpis.work.tally import Rows, tally
from kpis.work.writing import replace

BATCH = 1000
SUBJECTS_AT_ONCE = 100
LOCK = 0x776F726B
"""Of the one writer of these rows: the work of a plant is done in moments."""


def refresh(limit: int | None = None) -> int:
    """Computes stale months, about ``limit`` at most; returns how many.

    Marks go in the transaction that writes their rows; one made meanwhile stays for the next.
    """
    done = 0
    while limit is None or done < limit:
        count = _refresh_batch(BATCH if limit is None else min(BATCH, limit - done))
        if not count:
            break
        done += count
    return done


def rebuild(plant_ids: Collection[int] | None = None) -> int:
    """Computes all work of plants (None: of all) from scratch; returns of how many machines."""
    plants = Plant.objects.all() if plant_ids is None else Plant.objects.filter(pk__in=plant_ids)
    machines = Equipment.objects.filter(plant__in=plants).order_by("plant_id", "pk")
    subjects = [
        *(Subject(pk, None) for pk in plants.values_list("pk", flat=True)),
        *(Subject(*row) for row in machines.values_list("plant_id", "pk")),
    ]
    for first in range(0, len(subjects), SUBJECTS_AT_ONCE):
        _rebuild(subjects[first : first + SUBJECTS_AT_ONCE])
    _rebuild_plants({one.plant_id for one in subjects})
    return len(subjects)


@transaction.atomic
def _rebuild(subjects: Sequence[Subject]) -> None:
    _only_writer()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM kpis_stalework s USING unnest(%s::bigint[], %s::bigint[]) AS w (plant, machine)"
            " WHERE s.plant_id = w.plant AND s.equipment_id IS NOT DISTINCT FROM w.machine",
            [[one.plant_id for one in subjects], [one.equipment_id for one in subjects]],
        )
    rules = load_rules({one.plant_id for one in subjects})
    replace(dict.fromkeys(subjects), _computed([Wanted(one) for one in subjects], rules))


@transaction.atomic
def _rebuild_plants(plant_ids: Collection[int]) -> None:
    _only_writer()
    replace_all(plant_ids)


@transaction.atomic
def _refresh_batch(size: int) -> int:
    _only_writer()
    months = _moved(_take(size))
    if not months:
        return 0
    rules = load_rules({subject.plant_id for subject in months})
    wanted = [_wanted(subject, some, rules) for subject, some in months.items()]
    of_plants = months_of(months)
    replace(months, _computed(wanted, rules))
    replace_months(of_plants)
    return sum(len(some) for some in months.values())


def _computed(wanted: Sequence[Wanted], rules: Mapping[int, Rules]) -> Iterator[tuple[Subject, Rows]]:
    return ((subject, tally(book)) for subject, book in load_books(wanted, rules))


def _wanted(subject: Subject, months: Collection[date], rules: Mapping[int, Rules]) -> Wanted:
    zone = rules[subject.plant_id].zone
    return Wanted(subject, month_span(min(months), zone)[0], month_span(max(months), zone)[1])


def _only_writer() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _take(size: int) -> dict[Subject, set[date]]:
    """Takes the oldest marks, and those of the same months."""
    months: defaultdict[Subject, set[date]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH oldest AS (SELECT DISTINCT plant_id, equipment_id, month FROM"
            " (SELECT * FROM kpis_stalework ORDER BY id LIMIT %s) first)"
            " DELETE FROM kpis_stalework s USING oldest o WHERE s.plant_id = o.plant_id AND s.month = o.month"
            " AND s.equipment_id IS NOT DISTINCT FROM o.equipment_id"
            " RETURNING s.plant_id, s.equipment_id, s.month",
            [size],
        )
        for plant, machine, month in cursor.fetchall():
            months[Subject(plant, machine)].add(month)
    return dict(months)


def _moved(months: Mapping[Subject, set[date]]) -> dict[Subject, set[date]]:
    """Marks of a machine count where it is now."""
    machines = [subject.equipment_id for subject in months if subject.equipment_id is not None]
    plants = dict(Equipment.objects.filter(pk__in=machines).values_list("pk", "plant_id"))
    found: defaultdict[Subject, set[date]] = defaultdict(set)
    for subject, some in months.items():
        machine = subject.equipment_id
        plant = subject.plant_id if machine is None else plants.get(machine, subject.plant_id)
        found[Subject(plant, machine)] |= some
    return dict(found)
