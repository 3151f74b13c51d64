"""Failures from components alone: as many as the exact histories have, near them in time, in few queries."""

from datetime import date, datetime, timedelta
from random import Random

import pytest
from pytest_django import DjangoAssertNumQueries

from kpis.health import health
from kpis.histories import histories
from kpis.models import Equipment
from kpis.observations import observations
from kpis.rollup import rebuild
from tests.kpis.factory import make_machine, make_plant, run, scope_of, stop, utc

pytestmark = pytest.mark.django_db

MONDAY = utc(2026, 6, 1)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def broken(machine: Equipment, days: int, dice: Random, failures: int) -> None:
    """Two shifts a day from Monday to Friday, with failures at random."""
    for day in range(days):
        start = MONDAY + day * DAY
        if start.weekday() < 5:
            run(machine, start + 6 * HOUR, start + 22 * HOUR)
    for _ in range(failures):
        at = MONDAY + dice.randrange(days) * DAY + dice.uniform(6, 21) * HOUR
        stop(machine, at, at + dice.uniform(0.1, 1.5) * HOUR)


def floor(days: int, as_of: datetime) -> list[Equipment]:
    plant = make_plant([(6, 14), (14, 22)], weekdays=range(5))
    machines = [make_machine(plant, name=f"m{n}") for n in range(4)]
    for n, machine in enumerate(machines):
        broken(machine, days, Random(n), 5 * n)
    rebuild(as_of)
    return machines


@pytest.mark.parametrize(("most", "worst_h"), [(10_000, 16.0), (0, 48.0)], ids=["by day", "by month"])
def test_they_agree_with_the_exact_histories(
    most: int, worst_h: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Equal in number, operating and down time; within a day of them, or what weekends make of a month."""
    monkeypatch.setattr("kpis.observations.BY_DAY", most)
    days = 75
    as_of = MONDAY + days * DAY
    machines = floor(days, as_of)
    scope = scope_of(MONDAY.date(), (as_of - DAY).date(), *machines)
    exact, near = histories(scope, as_of), observations(scope)
    assert [each.equipment_id for each in near] == [each.equipment_id for each in exact]
    for precise, found in zip(exact, near, strict=True):
        assert len(found.hours) == len(precise.hours)
        assert found.operating_s == pytest.approx(precise.operating_s)
        assert found.hours == sorted(found.hours)
        assert all(0 < hour <= found.operating_s / 3600 for hour in found.hours)
        for one, other in zip(found.hours, precise.hours, strict=True):
            assert one == pytest.approx(other, abs=worst_h)


def test_failures_of_one_day_are_spread_over_it() -> None:
    machine = make_machine(make_plant([(6, 14)]))
    for day in range(2):
        run(machine, MONDAY + day * DAY + 6 * HOUR, MONDAY + day * DAY + 14 * HOUR)
    for hour in (7, 9):
        stop(machine, MONDAY + DAY + hour * HOUR, MONDAY + DAY + (hour + 1) * HOUR)
    rebuild(MONDAY + 5 * DAY)
    (found,) = observations(scope_of(date(2026, 6, 1), date(2026, 6, 2)))
    assert found.hours == pytest.approx([8 + 6 * 0.25, 8 + 6 * 0.75])
    assert found.down_s == 2 * 3600


def test_health_of_one_machine_is_exact_and_that_of_several_is_near() -> None:
    as_of = MONDAY + 14 * DAY
    machines = floor(14, as_of)
    first, last = MONDAY.date(), (as_of - DAY).date()
    (alone,) = health(scope_of(first, last, machines[3]), as_of)
    among = next(
        each for each in health(scope_of(first, last), as_of) if each.machine.equipment_id == machines[3].pk
    )
    assert alone.failures == among.failures
    assert alone.bounds == among.bounds
    assert alone.machine.hours == histories(scope_of(first, last, machines[3]), as_of)[0].hours


def test_four_queries_whatever_there_is(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    floor(14, MONDAY + 14 * DAY)
    with django_assert_num_queries(4):
        assert len(observations(scope_of(date(2026, 6, 1), date(2026, 6, 14)))) == 4


def test_nobody_there() -> None:
    assert observations(scope_of(date(2026, 6, 1), date(2026, 6, 14))) == []
