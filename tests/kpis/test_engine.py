"""Questions to the engine: scopes, grains, breakdowns, and what it says where there is no number."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from kpis.definitions import CATALOGUE
from kpis.engine import (
    Grain,
    Scope,
    UnsupportedBreakdown,
    Value,
    View,
    evaluate,
    evaluate_views,
    pareto,
    time_model,
)
from kpis.families import breakdowns
from kpis.models import Equipment, Line
from kpis.rollup import rebuild
from tests.kpis.factory import make_machine, make_plant, produce, run, scope_of, stop, utc

pytestmark = pytest.mark.django_db

FIRST = date(2026, 3, 27)
LAST = date(2026, 4, 3)
HOUR = 3600.0
TILES = ("oee", "mttr", "failures")
OF_SHIFTS = [
    name for name, kpi in CATALOGUE.items() if {found.family for found in kpi.components} == {"shift"}
]
VIEWS = [
    View(TILES),
    View(("oee",), "day"),
    View(("run_time",), "day", "equipment"),
    View(TILES, by="line"),
    View(TILES, by="equipment"),
]


@pytest.fixture
def machines() -> list[Equipment]:
    """Two presses in Paris, early and late shift, over the week the clock moves; an order a day each."""
    plant = make_plant([(6, 14), (14, 22)], [(10, 10.5)], timezone="Europe/Paris")
    line = Line.objects.create(plant=plant, name="Line 1")
    found = [make_machine(plant, name=name) for name in ("Press 1", "Press 2")]
    Equipment.objects.filter(pk=found[0].pk).update(line=line)
    for n, machine in enumerate(found):
        for day in (FIRST + timedelta(days=k) for k in range(7)):
            work_day(machine, datetime(day.year, day.month, day.day, tzinfo=UTC), slower=n)
    rebuild(utc(2026, 4, 10))
    return found


def work_day(machine: Equipment, midnight: datetime, slower: int) -> None:
    order = f"{machine.pk}/{midnight.day}"
    start, end = midnight + timedelta(hours=6), midnight + timedelta(hours=18)
    run(machine, start, end, order)
    stop(machine, start + timedelta(hours=1), start + timedelta(hours=2 + slower))
    stop(machine, start + timedelta(hours=6), start + timedelta(hours=6, minutes=3), "material-availability")
    stop(machine, start + timedelta(hours=8), start + timedelta(hours=8, minutes=20), "changeover")
    produce(machine, start, end, 300 - 50 * slower, 120, scrap=6, order=order)


def one(name: str, scope: Scope) -> Value:
    (value,) = evaluate([name], scope)
    return value


@pytest.mark.usefixtures("machines")
@pytest.mark.parametrize("name", ["oee", "availability", "mtbf", "downtime", "quality"])
def test_a_plant_is_the_sum_of_its_machines_not_their_mean(name: str) -> None:
    whole = one(name, scope_of(FIRST, LAST))
    parts = evaluate([name], scope_of(FIRST, LAST), by="equipment")
    assert [part.key.label for part in parts] == ["Press 1", "Press 2"]
    if whole.denominator is None:
        assert whole.value == pytest.approx(sum(part.value or 0 for part in parts))
    else:
        assert whole.numerator == pytest.approx(sum(part.numerator for part in parts))
        assert whole.denominator == pytest.approx(sum(part.denominator or 0 for part in parts))
        assert whole.value == pytest.approx(whole.numerator / whole.denominator)


@pytest.mark.usefixtures("machines")
@pytest.mark.parametrize("grain", ["shift", "day", "week", "month"])
@pytest.mark.parametrize("name", ["oee", "mttr", "downtime"])
def test_buckets_add_up_to_the_period_across_the_clock_change(name: str, grain: str) -> None:
    whole = one(name, scope_of(FIRST, LAST))
    parts = evaluate([name], scope_of(FIRST, LAST), grain=grain)  # type: ignore[arg-type]
    assert sum(part.numerator for part in parts) == pytest.approx(whole.numerator)
    assert sum(part.denominator or 0 for part in parts) == pytest.approx(whole.denominator or 0)


@pytest.mark.usefixtures("machines")
def test_oee_is_the_product_of_its_factors() -> None:
    found = {
        value.kpi: value.value or 0
        for value in evaluate(["oee", "availability", "performance", "quality"], scope_of(FIRST, LAST))
    }
    assert found["oee"] == pytest.approx(found["availability"] * found["performance"] * found["quality"])


@pytest.mark.usefixtures("machines")
def test_oee_is_ideal_good_time_over_loading_time() -> None:
    value = one("oee", scope_of(FIRST, LAST))
    assert value.numerator == pytest.approx(7 * (294 + 244) * 120)
    assert value.sample_size > 0


@pytest.mark.usefixtures("machines")
def test_buckets_without_rows_are_there_and_undefined() -> None:
    days = evaluate(["oee"], scope_of(FIRST - timedelta(days=2), FIRST), grain="day")
    assert [value.bucket for value in days] == [FIRST - timedelta(days=2), FIRST - timedelta(days=1), FIRST]
    assert [value.undefined_reason for value in days] == ["no data in this period"] * 2 + [""]


@pytest.mark.usefixtures("machines")
def test_weeks_and_months_are_cut_to_the_period() -> None:
    weeks = evaluate(["downtime"], scope_of(FIRST, LAST), grain="week")
    assert [(week.bucket, week.first_day, week.last_day) for week in weeks] == [
        (date(2026, 3, 23), FIRST, date(2026, 3, 29)),
        (date(2026, 3, 30), date(2026, 3, 30), LAST),
    ]
    months = evaluate(["downtime"], scope_of(FIRST, LAST), grain="month")
    assert [(month.bucket, month.last_day) for month in months] == [
        (date(2026, 3, 1), date(2026, 3, 31)),
        (date(2026, 4, 1), LAST),
    ]


@pytest.mark.usefixtures("machines")
def test_shifts_come_in_their_order_and_the_time_off_shift_last() -> None:
    shifts = evaluate(["run_time"], scope_of(FIRST, LAST), by="shift")
    assert [value.key.label for value in shifts] == ["Shift 1", "Shift 2", "Off shift"]
    by_shift = evaluate(["run_time"], scope_of(FIRST, FIRST), grain="shift")
    assert [(value.bucket, value.shift) for value in by_shift] == [
        (FIRST, label.key.label) for label in shifts
    ]


@pytest.mark.usefixtures("machines")
def test_places_break_down_by_plant_and_line() -> None:
    assert [value.key.label for value in evaluate(["oee"], scope_of(FIRST, LAST), by="plant")] == ["plant"]
    lines = evaluate(["oee"], scope_of(FIRST, LAST), by="line")
    assert [(value.key.label, value.key.id is None) for value in lines] == [
        ("Line 1", False),
        ("No line", True),
    ]


@pytest.mark.usefixtures("machines")
def test_down_time_breaks_down_by_reason_and_loss_class() -> None:
    whole = one("downtime", scope_of(FIRST, LAST))
    by_reason = evaluate(["downtime"], scope_of(FIRST, LAST), by="reason")
    assert [value.key.label for value in by_reason] == ["Changeover", "Equipment failure"]
    assert sum(value.value or 0 for value in by_reason) == whole.value
    by_class = evaluate(["downtime"], scope_of(FIRST, LAST), by="loss_class", grain="day")
    assert {value.key.label for value in by_class} == {"Breakdown", "Set-up and adjustment"}
    assert sum(value.value or 0 for value in by_class) == whole.value


@pytest.mark.usefixtures("machines")
@pytest.mark.parametrize("name", ["oee", "mtbf", "failures", "run_time"])
def test_what_has_no_reason_cannot_be_split_by_it(name: str) -> None:
    with pytest.raises(UnsupportedBreakdown, match="cannot be split by reason"):
        evaluate([name], scope_of(FIRST, LAST), by="reason")


def same(value: Value) -> Value:
    """With its numbers rounded: sums of floats depend on their order."""
    return replace(
        value,
        value=None if value.value is None else round(value.value, 9),
        numerator=round(value.numerator, 6),
        denominator=None if value.denominator is None else round(value.denominator, 6),
        lower=value.lower and round(value.lower, 3),
        upper=value.upper and round(value.upper, 3),
        unknown_share=value.unknown_share and round(value.unknown_share, 9),
    )


@pytest.mark.usefixtures("machines")
@pytest.mark.parametrize("grain", ["shift", "day", "week", "month"])
def test_views_read_together_say_what_each_says_alone(grain: Grain) -> None:
    views = [replace(view, grain=view.grain and grain) for view in VIEWS]
    scope = scope_of(FIRST, LAST)
    for view, found in zip(views, evaluate_views(views, scope), strict=True):
        alone = evaluate(view.names, scope, view.grain, view.by)
        assert [same(value) for value in found] == [same(value) for value in alone]


@pytest.mark.parametrize(
    "views",
    [
        [View(TILES, "day"), View(TILES, "week")],
        [View(("downtime",), by="reason"), View(("downtime",), by="line")],
    ],
)
def test_views_that_do_not_add_up_to_each_other_are_refused(views: list[View]) -> None:
    with pytest.raises(ValueError, match=r"different grains|together with other parts"):
        evaluate_views(views, scope_of(FIRST, LAST))


def test_an_unknown_kpi_is_an_error() -> None:
    with pytest.raises(KeyError):
        evaluate(["oeee"], scope_of(FIRST))


@pytest.mark.usefixtures("machines")
@pytest.mark.parametrize(
    "nothing",
    [
        replace(scope_of(FIRST, LAST), plant_ids=()),
        replace(scope_of(FIRST, LAST), line_ids=()),
        replace(scope_of(FIRST, LAST), equipment_ids=()),
    ],
)
def test_an_empty_limit_is_nothing_not_everything(nothing: Scope) -> None:
    value = one("oee", nothing)
    assert (value.value, value.undefined_reason) == (None, "no data in this period")


def test_scopes_are_joined_by_and(machines: list[Equipment]) -> None:
    limited = Scope(
        first_day=FIRST, last_day=LAST, plant_ids=(machines[0].plant_id,), equipment_ids=(machines[1].pk,)
    )
    assert [value.key.id for value in evaluate(["oee"], limited, by="equipment")] == [machines[1].pk]


@pytest.mark.usefixtures("machines")
@pytest.mark.parametrize(
    "ask",
    [
        lambda scope: evaluate(["oee", "mtbf", "mttr"], scope, grain="day", by="equipment"),
        lambda scope: evaluate(["downtime"], scope, by="reason"),
        lambda scope: evaluate_views(VIEWS, scope),
        pareto,
        time_model,
    ],
)
def test_one_query_per_question(
    ask: Callable[[Scope], object], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        ask(scope_of(FIRST, LAST))


@pytest.mark.usefixtures("machines")
def test_one_query_per_family(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    names = [name for name, kpi in CATALOGUE.items() if "equipment" in breakdowns(kpi)]
    with django_assert_num_queries(4):
        evaluate(names, scope_of(FIRST, LAST), grain="day", by="equipment")


@pytest.mark.usefixtures("machines")
def test_pareto_is_sorted_and_cumulative() -> None:
    rows = pareto(scope_of(FIRST, LAST))
    assert [(row.code, row.loss_class) for row in rows] == [
        ("equipment-failure", "breakdown"),
        ("changeover", "setup"),
        ("material-availability", "micro_stop"),
    ]
    assert [row.events for row in rows] == [14, 14, 14]
    assert rows[-1].seconds == 14 * 180
    assert rows[-1].cumulative == pytest.approx(1)
    assert sum(row.share for row in rows) == pytest.approx(1)


@pytest.mark.usefixtures("machines")
def test_the_time_model_goes_down_from_calendar_to_good_time() -> None:
    steps = time_model(scope_of(FIRST, LAST))
    left = steps[0].seconds
    assert left == 2 * 8 * 24 * HOUR - 2 * HOUR  # two machines, eight days from 6:00, one hour that never was
    for step in steps[1:]:
        left = left - step.seconds if step.kind == "loss" else left
        if step.kind == "level":
            assert step.seconds == pytest.approx(left)
    assert steps[-1].seconds == pytest.approx(one("oee", scope_of(FIRST, LAST)).numerator)


def test_values_say_when_an_event_goes_on_and_what_is_not_known() -> None:
    machine = make_machine(make_plant([(6, 14)]))
    run(machine, utc(2026, 3, 27, 6), utc(2026, 3, 27, 10))
    stop(machine, utc(2026, 3, 27, 10), None)
    rebuild(utc(2026, 3, 27, 12))
    value = one("availability", scope_of(FIRST))
    assert value.open_events
    assert value.unknown_share == 0
    assert value.without_ideal_share == 1
    assert value.value == pytest.approx(4 / 6)


def test_shares_count_work_units_only() -> None:
    plant = make_plant([(6, 14)])
    machine = make_machine(plant)
    make_machine(plant, work_unit=False)
    run(machine, utc(2026, 3, 27, 6), utc(2026, 3, 27, 8))
    rebuild(utc(2026, 3, 30))
    value = one("unknown_share", scope_of(FIRST))
    assert value.value == value.unknown_share == pytest.approx(6 / 8)
    assert one("teep", scope_of(FIRST)).denominator == 24 * HOUR


def test_nothing_known_of_a_failure_free_machine_but_a_lower_bound() -> None:
    make_machine(make_plant(), work_unit=False, name="quiet")
    noisy = make_machine(make_plant(), work_unit=False)
    stop(noisy, utc(2026, 3, 27, 6), utc(2026, 3, 27, 7))
    other = Equipment.objects.get(name="quiet")
    Equipment.objects.filter(pk=other.pk).update(plant=noisy.plant)
    rebuild(utc(2026, 3, 28))
    value = one("mtbf", scope_of(FIRST, FIRST, other))
    assert value.value is None
    assert value.undefined_reason == "no failure in this period"
    assert (value.sample_size, value.upper, value.confidence) == (0, None, 0.9)
    assert value.lower == pytest.approx(24 * HOUR / 2.302585, rel=1e-6)
