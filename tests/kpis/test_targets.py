"""Which target holds where and when, and how values stand to it."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from kpis.definitions import CATALOGUE
from kpis.models import Equipment, Line, Plant, Target
from kpis.targets import ENTERPRISE, Spot, State, judge, load_targets, may_have_target, target_of

JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


def target(kpi: str = "oee", value: float = 0.65, valid_from: date = JAN, **fields: Any) -> Target:
    return Target.objects.create(kpi=kpi, value=value, valid_from=valid_from, **fields)


@pytest.fixture
def press(db: None) -> Equipment:
    plant = Plant.objects.create(name="Lyon")
    line = Line.objects.create(plant=plant, name="A")
    return Equipment.objects.create(plant=plant, line=line, name="Press")


def spot(press: Equipment) -> Spot:
    return Spot(press.plant_id, press.line_id, press.pk)


def value_on(press: Equipment, day: date) -> float | None:
    found = target_of("oee", spot(press), day)
    return found.value if found else None


def test_the_most_specific_place_wins(press: Equipment) -> None:
    target(value=0.5)
    assert value_on(press, JAN) == 0.5
    target(value=0.6, plant=press.plant)
    assert value_on(press, JAN) == 0.6
    target(value=0.7, plant=press.plant, line=press.line)
    assert value_on(press, JAN) == 0.7
    target(value=0.8, plant=press.plant, equipment=press)
    assert value_on(press, JAN) == 0.8
    found = target_of("oee", ENTERPRISE, JAN)
    assert found is not None
    assert found.value == 0.5


def test_the_latest_that_has_begun_wins(press: Equipment) -> None:
    target(value=0.6)
    target(value=0.7, valid_from=FEB)
    days = (date(2025, 12, 31), JAN, date(2026, 1, 31), FEB, MAR)
    assert [value_on(press, day) for day in days] == [None, 0.6, 0.6, 0.7, 0.7]


def test_a_later_target_of_a_wider_place_does_not_win(press: Equipment) -> None:
    target(value=0.8, plant=press.plant)
    target(value=0.6, valid_from=FEB)
    assert value_on(press, MAR) == 0.8


def test_an_ended_one_gives_way_to_the_wider_place_and_not_to_its_predecessor(press: Equipment) -> None:
    target(value=0.5)
    target(value=0.6, plant=press.plant)
    target(value=0.7, valid_from=FEB, plant=press.plant, ended_on=MAR)
    assert [value_on(press, day) for day in (JAN, FEB, MAR)] == [0.6, 0.7, 0.5]


def test_other_plants_and_kpis_have_their_own(press: Equipment) -> None:
    target(value=0.7, plant=Plant.objects.create(name="Pune"))
    target("availability", value=0.85)
    assert value_on(press, FEB) is None


def test_a_page_of_machines_takes_one_query(press: Equipment, django_assert_num_queries: Any) -> None:
    target(value=0.7, plant=press.plant, equipment=press)
    with django_assert_num_queries(1):
        found = load_targets(["oee", "mttr"], [press.plant_id], MAR)
        held = [found.of("oee", Spot(press.plant_id, None, pk), MAR) for pk in (press.pk, press.pk + 1)]
    assert [row and row.value for row in held] == [0.7, None]


def test_a_machine_of_a_breakdown_finds_its_lines_target(
    press: Equipment, django_assert_num_queries: Any
) -> None:
    target(value=0.7, plant=press.plant, line=press.line)
    with django_assert_num_queries(2):
        found = load_targets(["oee"], [press.plant_id], MAR)
        held = found.of("oee", Spot(press.plant_id, None, press.pk), MAR)
    assert held is not None


@pytest.mark.parametrize(
    ("kpi", "value", "state"),
    [
        ("oee", 0.7, State.ON),
        ("oee", 0.65, State.ON),
        ("oee", 0.1 + 0.2 + 0.35 - 1e-12, State.ON),
        ("oee", 0.649, State.WARNING),
        ("oee", 0.6, State.WARNING),
        ("oee", 0.599, State.OFF),
        ("oee", None, State.UNDEFINED),
        ("mttr", 0.6, State.ON),
        ("mttr", 0.7, State.WARNING),
        ("mttr", 0.71, State.OFF),
    ],
)
def test_the_catalogue_says_which_side_is_good(kpi: str, value: float | None, state: State) -> None:
    assert judge(value, Target(kpi=kpi, value=0.65, band=0.05)) == state


@given(st.floats(0, 2), st.floats(0, 1), st.lists(st.floats(0, 3), min_size=2, max_size=20))
def test_a_better_value_never_stands_worse(goal: float, band: float, values: list[float]) -> None:
    order = [State.OFF, State.WARNING, State.ON]
    for kpi, reverse in (("oee", False), ("mttr", True)):
        ranks = [
            order.index(judge(value, Target(kpi=kpi, value=goal, band=band)))
            for value in sorted(values, reverse=reverse)
        ]
        assert ranks == sorted(ranks)


def test_sums_have_no_target() -> None:
    assert may_have_target(CATALOGUE["oee"])
    assert not may_have_target(CATALOGUE["downtime"])


@pytest.mark.parametrize("wrong", ["two places", "no plant", "band"])
def test_the_database_refuses_what_makes_no_sense(press: Equipment, wrong: str) -> None:
    choices: dict[str, dict[str, Any]] = {
        "two places": {"plant": press.plant, "line": press.line, "equipment": press},
        "no plant": {"line": press.line},
        "band": {"band": -1},
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        target(**choices[wrong])
