"""Times to first failure: of machines seen from their first day on, those that still run censored."""

from datetime import date, timedelta

import pytest

from kpis.first_failures import FirstFailures, first_failures
from kpis.models import Equipment, Plant
from kpis.rollup import rebuild
from tests.kpis.factory import make_machine, make_plant, run, stop, utc

MONDAY = utc(2026, 6, 1)
DAY = timedelta(days=1)


def machine_since(plant: Plant, name: str, day: int | None, fails: int | None) -> Equipment:
    """In service since a day of the month; runs for ten; ``fails``: the day of its failure."""
    machine = make_machine(plant, name=name)
    machine.in_service_on = None if day is None else date(2026, 6, day)
    machine.equipment_class = "Press"
    machine.save()
    run(machine, MONDAY, MONDAY + 10 * DAY)
    if fails is not None:
        at = MONDAY + (fails - 1) * DAY + timedelta(hours=8)
        stop(machine, at, at + timedelta(hours=1))
    return machine


@pytest.mark.django_db
def test_lives_are_counted_in_days_from_the_day_in_service() -> None:
    plant = make_plant()
    machines = [machine_since(plant, f"m{n}", 2, fails) for n, fails in enumerate((3, 5, 9, None))]
    machines.append(machine_since(plant, "undated", None, 4))
    older = machine_since(plant, "older", 2, 4)
    older.in_service_on = date(2020, 1, 1)
    older.save()
    rebuild(MONDAY + 10 * DAY)
    found = first_failures([*(machine.pk for machine in machines), older.pk])["Press"]
    assert found.failed == (1.5, 3.5, 7.5)
    assert found.running == (9.0,)
    assert (found.undated, found.unseen) == (1, 1)
    law = found.weibull(0.9)
    assert law is not None
    assert (law.failures, law.censored) == (3, 1)
    assert law.shape_bounds.lower < law.shape < (law.shape_bounds.upper or 0)
    assert [step.at_risk for step in found.survival(0.9)] == [4, 3, 2]


@pytest.mark.django_db
def test_nothing_is_known_of_no_machine() -> None:
    assert first_failures([]) == {}


def test_too_few_say_why() -> None:
    found = FirstFailures((1.5, 2.5), (9.0,), 4, 2)
    assert found.weibull(0.9) is None
    assert found.survival(0.9) == []
    assert "Here: 2 failed and 1 running" in found.why_not
    assert FirstFailures((1.5, 2.5, 3.5), (), 0, 0).why_not == ""
