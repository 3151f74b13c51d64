"""What a change of the masters marks, and that two workers never compute one machine at once."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from kpis.models import CalendarLeave, Equipment, Reason, ShiftComponents, StaleDay
from kpis.rollup import (
    LOCK,
    mark_calendars,
    mark_equipment,
    mark_plants,
    mark_reasons,
    mark_spans,
    production_day_start,
    rebuild,
    refresh,
)
from kpis.setups import load_setups
from tests.kpis.factory import make_machine, make_plant, stop, utc

pytestmark = pytest.mark.django_db

NOW = utc(2026, 3, 31, 9)


@pytest.fixture
def machine() -> Equipment:
    """A machine with three days of history and nothing stale."""
    found = make_machine(make_plant([(6, 14), (14, 22)]))
    stop(found, utc(2026, 3, 29, 7), utc(2026, 3, 29, 9))
    rebuild(NOW)
    return found


def marked() -> set[tuple[int, date]]:
    return set(StaleDay.objects.values_list("equipment_id", "day"))


def test_the_production_day_starts_with_the_plants_first_shift(machine: Equipment) -> None:
    assert production_day_start(machine.plant) == timedelta(hours=6)


def test_a_span_marks_its_days_with_that_of_its_end(machine: Equipment) -> None:
    mark_spans([(machine.pk, utc(2026, 3, 29, 23), utc(2026, 3, 30, 6))], NOW)
    assert marked() == {(machine.pk, date(2026, 3, 29)), (machine.pk, date(2026, 3, 30))}


def test_an_open_span_marks_up_to_today_and_a_future_one_nothing(machine: Equipment) -> None:
    mark_spans([(machine.pk, utc(2026, 4, 1), None)], NOW)
    assert marked() == set()
    mark_spans([(machine.pk, utc(2026, 3, 30, 7), None)], NOW)
    assert marked() == {(machine.pk, date(2026, 3, 30)), (machine.pk, date(2026, 3, 31))}


@pytest.mark.parametrize("master", ["equipment", "plant", "calendar"])
def test_masters_mark_the_whole_history(machine: Equipment, master: str) -> None:
    if master == "equipment":
        mark_equipment([machine.pk])
    elif master == "plant":
        mark_plants([machine.plant_id])
    else:
        mark_calendars([machine.plant.calendar_id or 0])
    assert marked() == {(machine.pk, date(2026, 3, day)) for day in (29, 30, 31)}


def test_a_reason_marks_the_days_of_its_stops(machine: Equipment) -> None:
    reason = Reason.objects.get(code="equipment-failure")
    Reason.objects.filter(pk=reason.pk).update(loss_class="setup")
    mark_reasons([reason.pk], NOW)
    assert marked() == {(machine.pk, date(2026, 3, 29))}
    refresh(NOW)
    assert ShiftComponents.objects.get(day=date(2026, 3, 29), shift=1).setup_s == 2 * 3600


def test_a_holiday_takes_planned_time(machine: Equipment) -> None:
    calendar = machine.plant.calendar
    assert calendar is not None
    CalendarLeave.objects.create(calendar=calendar, start=utc(2026, 3, 29), end=utc(2026, 3, 30))
    mark_calendars([calendar.pk])
    refresh(NOW)
    days = ShiftComponents.objects.filter(day=date(2026, 3, 29)).order_by("shift")
    assert [row.planned_s for row in days] == [0, 0, 0]
    assert sum(row.calendar_s for row in days) == 24 * 3600


@pytest.fixture
def busy(machine: Equipment) -> Iterator[Equipment]:
    """A machine that another worker is computing."""
    found = make_machine(machine.plant)
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK, found.pk])
        yield found
    other.close()


def test_machines_of_another_worker_are_left_to_it_and_stay_stale(
    machine: Equipment, busy: Equipment
) -> None:
    mark_equipment([machine.pk, busy.pk])
    assert refresh(NOW) == 3
    assert {pk for pk, _ in marked()} == {busy.pk}


def test_setups_take_the_same_queries_for_any_number_of_machines(
    machine: Equipment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ids = [machine.pk, *(make_machine(make_plant([(6, 14)])).pk for _ in range(5))]
    for some in (ids[:1], ids):
        with django_assert_num_queries(5):
            assert set(load_setups(some)) == set(some)
