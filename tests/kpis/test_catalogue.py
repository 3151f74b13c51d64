"""Every KPI on a factory of random facts: a value, or the reason why there is none."""

from datetime import date, timedelta
from math import isfinite
from random import Random

import pytest

from kpis.definitions import CATALOGUE
from kpis.engine import By, Grain, Value, evaluate
from kpis.families import breakdowns
from kpis.models import CostEntry, Equipment, Labour, Part, PartUse, PlantRate, WorkOrder
from kpis.rollup import rebuild
from kpis.work.rollup import rebuild as rebuild_work
from tests.kpis.factory import KEYS, SOURCE, make_machine, make_plant, produce, run, scope_of, stop, utc

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 5, 25), date(2026, 6, 7)
NAMES = list(CATALOGUE)
REASONS = ("equipment-failure", "changeover", "material-availability", "cleaning", "process-defect")
TYPES = ("preventive", "corrective", "inspection")


@pytest.fixture
def machines(request: pytest.FixtureRequest) -> list[Equipment]:
    """Two of a plant without rates and one of another currency that has them, over two weeks."""
    dice = Random(getattr(request, "param", 0))
    here, there = make_plant([(6, 14)]), make_plant()
    type(there).objects.filter(pk=there.pk).update(currency="CHF")
    PlantRate.objects.create(plant=here, valid_from=FIRST, per_hour=80)
    found = [make_machine(here), make_machine(here, work_unit=False), make_machine(there)]
    for machine in found:
        for day in range(14):
            _a_day(dice, machine, day)
    rebuild(utc(2026, 6, 10))
    rebuild_work()
    return found


def _a_day(dice: Random, machine: Equipment, day: int) -> None:
    start = utc(2026, 5, 25, 6) + timedelta(days=day)
    order = f"o{next(KEYS)}"
    run(machine, start, start + timedelta(hours=dice.uniform(1, 8)), order, slow=dice.random() < 0.2)
    for _ in range(dice.randrange(4)):
        begin = start + timedelta(hours=dice.uniform(0, 8))
        stop(machine, begin, begin + timedelta(minutes=dice.expovariate(1 / 20)), dice.choice(REASONS))
    made = dice.randrange(500)
    cycle = dice.choice([None, 30.0])
    produce(machine, start, start + timedelta(hours=8), made, cycle, scrap=made // 20, order=order)
    if dice.random() < 0.6:
        _an_order(dice, machine, day)


def _an_order(dice: Random, machine: Equipment, day: int) -> None:
    start = utc(2026, 5, 25, 9) + timedelta(days=day)
    done = start + timedelta(hours=dice.uniform(1, 60)) if dice.random() < 0.8 else None
    key = f"order/{next(KEYS)}"
    order = WorkOrder.objects.create(
        source=SOURCE,
        external_key=key,
        number=key,
        title=key,
        equipment=machine,
        work_type=dice.choice(TYPES),
        status="completed" if done else "open",
        created_at=start,
        due_at=start + timedelta(days=1),
        completed_at=done,
        estimated_s=dice.choice([None, 3600.0]),
    )
    about = {"source": SOURCE, "work_order": order}
    Labour.objects.create(
        **about, external_key=f"labour/{key}", start=start, seconds=5400, hourly_rate=dice.choice([None, 50])
    )
    part = Part.objects.create(name=key, code=key)
    PartUse.objects.create(
        **about,
        external_key=f"part/{key}",
        part=part,
        quantity=2,
        unit_cost=dice.choice([None, 7]),
        used_at=start,
    )
    CostEntry.objects.create(**about, external_key=f"cost/{key}", category="contractor", amount=120, at=start)


def check(value: Value) -> None:
    assert (value.value is None) == bool(value.undefined_reason), value
    assert value.value is None or isfinite(value.value), value
    if value.undefined_reason == "no data in this period":
        assert value.missing == CATALOGUE[value.kpi].needs


@pytest.mark.parametrize("machines", range(3), indirect=True)
def test_every_kpi_has_a_value_or_a_reason(machines: list[Equipment]) -> None:
    grains: tuple[Grain | None, ...] = (None, "day", "week", "month", "rolling")
    for grain in grains:
        for value in evaluate(NAMES, scope_of(FIRST, LAST), grain=grain):
            check(value)


@pytest.mark.usefixtures("machines")
def test_every_kpi_can_be_split_as_it_says() -> None:
    by_breakdown: dict[By, list[str]] = {}
    for name, kpi in CATALOGUE.items():
        for by in breakdowns(kpi):
            by_breakdown.setdefault(by, []).append(name)
    for by, names in by_breakdown.items():
        for value in evaluate(names, scope_of(FIRST, LAST), by=by):
            check(value)


def test_a_plant_says_its_own_money_and_both_none_without_a_rate(machines: list[Equipment]) -> None:
    scope = scope_of(FIRST, LAST)
    each = {found.currency: found for found in evaluate(["maintenance_cost"], scope, by="plant")}
    assert {"EUR", "CHF"} == set(each)
    assert all((found.value or 0) > 0 for found in each.values())
    (both,) = evaluate(["maintenance_cost"], scope)
    assert both.value is None
    assert "without a rate into the enterprise's currency" in both.undefined_reason


def test_stops_are_priced_where_there_is_a_rate(machines: list[Equipment]) -> None:
    here, _, there = machines
    (cost,) = evaluate(["downtime_cost"], scope_of(FIRST, LAST, here))
    (lost,) = evaluate(["downtime"], scope_of(FIRST, LAST, here))
    assert cost.value == pytest.approx((lost.value or 0) / 3600 * 80)
    (unknown,) = evaluate(["downtime_cost"], scope_of(FIRST, LAST, there))
    assert unknown.undefined_reason == "no unplanned stop that has a rate"
