"""Failure histories agree with the components, and put failures on the clock of operating time."""

from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from kpis.engine import evaluate
from kpis.histories import MachineHistory, histories
from kpis.models import Equipment
from kpis.rollup import rebuild
from tests.kpis.factory import make_machine, make_plant, run, scope_of, stop, utc

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 6, 1), date(2026, 6, 3)
AS_OF = utc(2026, 6, 10)
MONDAY = utc(2026, 6, 1)


def found_of(machine: Equipment) -> MachineHistory:
    rebuild(AS_OF)
    (found,) = histories(scope_of(FIRST, LAST, machine), AS_OF)
    return found


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def test_failures_lie_at_their_operating_time() -> None:
    machine = make_machine(make_plant([(6, 14)]))
    for day in range(3):
        run(machine, MONDAY + hours(24 * day + 6), MONDAY + hours(24 * day + 14))
    stop(machine, MONDAY + hours(8), MONDAY + hours(9))
    stop(machine, MONDAY + hours(24 + 10), MONDAY + hours(24 + 10.5))
    found = found_of(machine)
    assert found.hours == pytest.approx([2, 7 + 4])
    assert found.operating_s == (24 - 1.5) * 3600


def test_breakdowns_that_touch_are_one_and_short_ones_are_none() -> None:
    machine = make_machine(make_plant([(6, 14)]))
    run(machine, MONDAY + hours(6), MONDAY + hours(14))
    first = stop(machine, MONDAY + hours(8), MONDAY + hours(9))
    stop(machine, MONDAY + hours(9), MONDAY + hours(10))
    stop(machine, MONDAY + hours(11), MONDAY + hours(11) + timedelta(seconds=120))
    stop(machine, MONDAY + hours(12), MONDAY + hours(13), "changeover")
    stop(machine, MONDAY + hours(7), MONDAY + hours(7.5), inherited=True)
    found = found_of(machine)
    assert [failure.start for failure in found.failures] == [MONDAY + hours(8)]
    assert found.failures[0].end == MONDAY + hours(10)
    assert found.failures[0].stop_id == first.pk


def test_an_open_failure_has_no_end_and_one_from_before_is_not_counted() -> None:
    machine = make_machine(make_plant())
    run(machine, MONDAY - hours(48), MONDAY + hours(50))
    stop(machine, MONDAY - hours(1), MONDAY + hours(1))
    stop(machine, MONDAY + hours(50), None)
    found = found_of(machine)
    assert [(failure.start, failure.end) for failure in found.failures] == [(MONDAY + hours(50), None)]
    assert found.hours == pytest.approx([49])


def test_they_are_as_many_as_the_kpi_counts_over_the_same_time() -> None:
    plant = make_plant([(6, 14), (14, 22)])
    machines = [make_machine(plant, name=f"m{n}") for n in range(3)]
    for n, machine in enumerate(machines):
        run(machine, MONDAY, MONDAY + hours(72))
        for k in range(n * 4):
            stop(machine, MONDAY + hours(6 + 5 * k), MONDAY + hours(6 + 5 * k + 0.5 + n))
    rebuild(AS_OF)
    scope = scope_of(FIRST, LAST, *machines)
    counts = {value.key.id: value.value for value in evaluate(["failures"], scope, by="equipment")}
    times = {value.key.id: value.value for value in evaluate(["operating_time"], scope, by="equipment")}
    for found in histories(scope, AS_OF):
        assert len(found.failures) == counts[found.equipment_id]
        assert found.operating_s == times[found.equipment_id]
        assert found.hours == sorted(found.hours)
        assert all(0 < hour <= found.operating_s / 3600 for hour in found.hours)


def test_queries_do_not_grow_with_machines(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    plant = make_plant([(6, 14)])
    for n in range(6):
        machine = make_machine(plant, name=f"m{n}")
        run(machine, MONDAY + hours(6), MONDAY + hours(14))
        stop(machine, MONDAY + hours(8), MONDAY + hours(9))
    rebuild(AS_OF)
    with django_assert_max_num_queries(12):
        assert len(histories(scope_of(FIRST, LAST), AS_OF)) == 6


def test_nobody_there() -> None:
    assert histories(scope_of(FIRST, LAST), AS_OF) == []
