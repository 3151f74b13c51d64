"""Sums stay sums: of machines, of days, of months, of products, over a spring in which the clock moves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpis.definitions import CATALOGUE, Kpi
from kpis.engine import By, Grain, Scope, Value, evaluate, pareto, time_model
from kpis.families import SHIFT, breakdowns, families_for
from kpis.models import Equipment, Line, Product, Production
from kpis.reading import read_rows, sources
from kpis.rollup import rebuild
from tests.kpis.factory import make_machine, make_plant, produce, run, stop, utc

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 2, 20), date(2026, 5, 10)
REASONS = ("equipment-failure", "changeover", "material-availability", "cleaning")
seldom = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def near(value: Any) -> Any:
    return pytest.approx(value, rel=1e-9, abs=1e-6)


@pytest.fixture
def factory() -> None:
    """Three machines on a line, beside it, and without work; something happens every other day."""
    plant = make_plant([(6, 14), (14, 22)], [(10, 10.5)], timezone="Europe/Paris")
    line = Line.objects.create(plant=plant, name="Line 1")
    machines = [make_machine(plant, name=f"Press {n}", work_unit=n < 3) for n in (1, 2, 3)]
    machines[0].line, machines[0].equipment_class = line, "Press"
    machines[0].save()
    products = [Product.objects.create(name=name) for name in ("Bolt", "Nut")]
    random = Random(7)
    for n in range(0, (LAST - FIRST).days, 2):
        midnight = datetime.combine(FIRST + timedelta(days=n), datetime.min.time(), UTC)
        for machine in machines:
            start = midnight + timedelta(minutes=random.randrange(1440))
            stop(machine, start, start + timedelta(minutes=random.randrange(400)), random.choice(REASONS))
        for machine in machines[:2]:
            for product in random.sample([*products, None], 2):
                make(random, machine, midnight + timedelta(minutes=random.randrange(1440)), product)
    rebuild(utc(2026, 5, 20))


def make(random: Random, machine: Equipment, start: datetime, product: Product | None) -> None:
    """An order of a few hours, that may overlap another one; with a run log or without."""
    order = f"order/{random.random()}"
    end = start + timedelta(minutes=random.randrange(30, 600))
    if random.random() < 0.7:
        run(machine, start, end, order)
    ideal = random.choice([None, 20.0])
    made = produce(machine, start, end, random.randrange(500), ideal, scrap=3, order=order)
    Production.objects.filter(pk=made.pk).update(product=product)


@st.composite
def scopes(draw: st.DrawFn) -> Scope:
    days = sorted(FIRST + timedelta(days=draw(st.integers(-5, 85))) for _ in range(2))
    return Scope(first_day=days[0], last_day=days[1])


def splittable(by: By) -> list[str]:
    return [name for name, kpi in CATALOGUE.items() if by in breakdowns(kpi) and of_shifts(kpi)]


def of_shifts(kpi: Kpi) -> bool:
    return {component.family for component in kpi.components} == {"shift"}


def added(values: Sequence[Value], name: str) -> tuple[float, float]:
    found = [value for value in values if value.kpi == name]
    return sum(value.numerator for value in found), sum(value.denominator or 0 for value in found)


def assert_adds_up(names: Sequence[str], parts: Sequence[Value], whole: Sequence[Value]) -> None:
    for name in names:
        if not hasattr(CATALOGUE[name], "factors"):  # a product's top is what its factors make of it
            assert added(parts, name) == near(added(whole, name)), name


@seldom
@given(scopes(), st.sampled_from(["week", "month", "quarter", "year", "shift", None]))
def test_every_grain_is_the_sum_of_its_days(factory: None, scope: Scope, grain: Grain | None) -> None:
    names = splittable("equipment")
    days = evaluate(names, scope, grain="day")
    assert_adds_up(names, evaluate(names, scope, grain=grain), days)


@seldom
@given(scopes(), st.sampled_from(["plant", "line", "equipment", "equipment_class", "shift", "product"]))
def test_parts_add_up_to_the_whole(factory: None, scope: Scope, by: By) -> None:
    names = splittable(by)
    assert_adds_up(names, evaluate(names, scope, by=by), evaluate(names, scope))


@seldom
@given(scopes(), st.sampled_from(["equipment", "product"]))
def test_months_of_parts_are_the_sums_of_their_days(factory: None, scope: Scope, by: By) -> None:
    names = splittable(by)
    months = evaluate(names, scope, grain="month", by=by)
    for first, last in {(month.first_day, month.last_day) for month in months}:
        days = evaluate(names, replace(scope, first_day=first, last_day=last), grain="day", by=by)
        for month in (month for month in months if month.first_day == first):
            assert_adds_up([month.kpi], [day for day in days if day.key == month.key], [month])


@seldom
@given(scopes())
def test_months_spare_the_days_inside_them(factory: None, scope: Scope) -> None:
    wanted = list(CATALOGUE["downtime"].components)
    for grain in (None, "month", "quarter"):
        found = sources(scope, grain, SHIFT)
        days = {row["day"] for source in found if source.time == "day" for row in source.rows.values("day")}
        months = {
            row["month"] for source in found if source.time == "month" for row in source.rows.values("month")
        }
        assert not {day.replace(day=1) for day in days} & months
        slow = sum(
            row["sum_breakdown_s"]
            for row in read_rows(replace(SHIFT, months=None, of_plants=None), wanted, scope, None, ())
        )
        quick = sum(row["sum_breakdown_s"] for row in read_rows(SHIFT, wanted, scope, None, ()))
        assert quick == near(slow)


@seldom
@given(scopes())
def test_lost_time_and_the_time_model_are_those_of_the_days(factory: None, scope: Scope) -> None:
    one_day = [replace(scope, first_day=day, last_day=day) for day in scope.days]
    lost = sum(row.seconds for day in one_day for row in pareto(day))
    assert sum(row.seconds for row in pareto(scope)) == near(lost)
    for n, step in enumerate(time_model(scope)):
        if n % 6 == 0:
            assert step.seconds == near(sum(time_model(day)[n].seconds for day in one_day))


@seldom
@given(scopes(), st.integers(1, 40))
def test_a_rolling_window_is_the_period_that_ends_with_its_day(
    factory: None, scope: Scope, days: int
) -> None:
    rolling = replace(
        scope, first_day=max(scope.first_day, scope.last_day - timedelta(days=3)), rolling_days=days
    )
    for value in evaluate(["oee", "mtbf"], rolling, grain="rolling"):
        window = replace(scope, first_day=value.last_day - timedelta(days=days - 1), last_day=value.last_day)
        (alone,) = evaluate([value.kpi], window)
        assert (value.bucket, value.first_day) == (alone.last_day, alone.first_day)
        assert value.undefined_reason == alone.undefined_reason
        assert (value.value or 0, value.numerator) == near((alone.value or 0, alone.numerator))


def test_overlapping_orders_share_the_run_time(factory: None) -> None:
    scope = Scope(first_day=FIRST, last_day=LAST)
    names = {value.key.label for value in evaluate(["run_time"], scope, by="product")}
    assert names == {"Bolt", "Nut", "No product"}


def test_a_breakdown_that_is_not_there_names_those_that_are(factory: None) -> None:
    with pytest.raises(
        ValueError, match=r"OEE cannot be split by product\. Possible: plant, line, equipment"
    ):
        families_for([CATALOGUE["oee"]], ["product"])
