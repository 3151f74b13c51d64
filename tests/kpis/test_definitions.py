import dataclasses

import pytest

from kpis.definitions import CATALOGUE, Component, Kpi, Product, Ratio, Unit
from kpis.definitions import components as c
from kpis.evaluation import CONTRADICTION, Cell, value_of
from kpis.models import ReasonComponents, ShiftComponents
from kpis.scope import Value
from tests.kpis.days import DAY

COLUMNS = {field.name for field in ShiftComponents._meta.get_fields()}
COMPONENTS = [found for found in vars(c).values() if isinstance(found, Component)]


def evaluated(name: str, **sums: float) -> Value:
    zero = {component.name: 0.0 for component in COMPONENTS}
    return value_of(CATALOGUE[name], Cell(first_day=DAY, last_day=DAY, sums=zero | sums), 0.9)


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.name)
def test_components_are_columns(component: Component) -> None:
    assert (component.column or component.name) in COLUMNS


def test_names_are_those_of_the_catalogue() -> None:
    assert all(kpi.name == name for name, kpi in CATALOGUE.items())
    assert {"oee", "availability", "performance", "quality", "mtbf", "mttr", "failures", "downtime"} <= set(
        CATALOGUE
    )


@pytest.mark.parametrize("kpi", CATALOGUE.values(), ids=lambda kpi: kpi.name)
def test_every_kpi_says_what_it_is(kpi: Kpi) -> None:
    assert kpi.title
    assert kpi.formula
    assert kpi.standard
    assert list(kpi.components)
    if isinstance(kpi, Ratio):
        assert kpi.undefined


@pytest.mark.parametrize(
    "kpi", [k for k in CATALOGUE.values() if isinstance(k, Product)], ids=lambda kpi: kpi.name
)
def test_products_close(kpi: Product) -> None:
    for before, after in zip(kpi.factors, kpi.factors[1:], strict=False):
        missing = {term.component for term in after.bottom.terms} - {c.RUN_WITHOUT_IDEAL}
        assert missing <= {term.component for term in before.top.terms}


def test_formulas_read_well() -> None:
    assert CATALOGUE["oee"].formula == "Availability × Performance × Quality"
    assert CATALOGUE["mtbf_calendar"].formula == "(Calendar time − Down time of failures) ÷ Failures"


def test_loss_classes_of_components_are_those_of_reasons() -> None:
    assert ReasonComponents._meta.get_field("loss_class")
    assert {found.loss_class for found in COMPONENTS if found.loss_class} == {
        "planned_stop",
        "breakdown",
        "setup",
        "external",
        "quality",
        "micro_stop",
    }


def test_a_kpi_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        CATALOGUE["oee"].name = "x"  # type: ignore[misc]


def test_oee_of_a_day_without_running_is_zero_though_nothing_was_made() -> None:
    value = evaluated("oee", oee_loading_s=100)
    assert (value.value, value.denominator) == (0, 100)


def test_oee_without_an_ideal_cycle_is_undefined() -> None:
    value = evaluated("oee", oee_loading_s=100, oee_run_s=50, run_without_ideal_s=50)
    assert value.value is None
    assert value.undefined_reason == "no running time with reported counts and a known ideal cycle"


def test_oee_without_loading_time_is_undefined() -> None:
    assert evaluated("oee").undefined_reason == "no planned time with known state"


def test_units_without_running_time_contradict() -> None:
    value = evaluated("oee", oee_loading_s=100, ideal_s=50, ideal_good_s=50)
    assert (value.value, value.undefined_reason) == (None, CONTRADICTION)


def test_performance_leaves_out_what_has_no_ideal_cycle() -> None:
    value = evaluated("performance", oee_run_s=100, run_without_ideal_s=60, ideal_s=30)
    assert value.value == 0.75
    assert value.without_ideal_share == 0.6


def test_mtbf_without_operating_time_is_not_zero() -> None:
    value = evaluated("mtbf", failures=2)
    assert (value.value, value.undefined_reason, value.lower) == (None, "no operating time recorded", None)


def test_units_are_plain() -> None:
    assert {kpi.unit for kpi in CATALOGUE.values()} == set(Unit)
