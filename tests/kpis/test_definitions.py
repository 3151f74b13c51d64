import dataclasses

import pytest

from kpis.definitions import CATALOGUE, FAMILIES, TITLES, Component, Kpi, Product, Ratio, Unit
from kpis.definitions import components as c
from kpis.definitions.left_out import LEFT_OUT
from kpis.evaluation import CONTRADICTION, Cell, value_of
from kpis.families import families_for
from kpis.models import ReasonComponents, ShiftComponents, WorkComponents
from kpis.scope import Value
from tests.kpis.days import DAY

COLUMNS = {
    "shift": {field.name for field in ShiftComponents._meta.get_fields()},
    "work": {field.name for field in WorkComponents._meta.get_fields()},
}
COMPONENTS = [found for found in vars(c).values() if isinstance(found, Component)]


ZERO = {found.name: 0.0 for component in COMPONENTS for found in (component, *c.besides(component))}
STANDARDS = ("ISO 22400-2:2014 clause", "IEC 60050-192:2015 192-", "SMRP ", "EN 15341:20", "EN 13306:2017")
OWN = ("own definition", "Own definition", "Six big losses (Nakajima, TPM)")


def evaluated(name: str, **sums: float) -> Value:
    return value_of(CATALOGUE[name], Cell(first_day=DAY, last_day=DAY, sums=ZERO | sums), 0.9)


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.name)
def test_components_are_columns(component: Component) -> None:
    assert {found.column or found.name for found in (component, *c.besides(component))} <= COLUMNS[
        component.family
    ]


def test_names_are_those_of_the_catalogue() -> None:
    assert all(kpi.name == name for name, kpi in CATALOGUE.items())
    assert {"oee", "availability", "performance", "quality", "mtbf", "mttr", "failures", "downtime"} <= set(
        CATALOGUE
    )


@pytest.mark.parametrize("kpi", CATALOGUE.values(), ids=lambda kpi: kpi.name)
def test_every_kpi_says_what_it_is(kpi: Kpi) -> None:
    assert kpi.title
    assert kpi.formula
    assert any(known in kpi.standard for known in (*STANDARDS, *OWN))
    assert list(kpi.components)
    assert kpi.needs
    assert "no data in this period" in kpi.missing
    if isinstance(kpi, Ratio):
        assert kpi.undefined


@pytest.mark.parametrize(
    "kpi", [k for k in CATALOGUE.values() if isinstance(k, Product)], ids=lambda kpi: kpi.name
)
def test_products_close(kpi: Product) -> None:
    for before, after in zip(kpi.factors, kpi.factors[1:], strict=False):
        missing = {term.component for term in after.bottom.terms} - {c.RUN_WITHOUT_IDEAL}
        assert missing <= {term.component for term in before.top.terms}


def test_no_two_have_one_title() -> None:
    titles = [kpi.title for kpi in CATALOGUE.values()]
    assert len(set(titles)) == len(titles)
    assert set(TITLES) == set(FAMILIES)


def test_tables_hold_what_every_kpi_needs() -> None:
    for kpi in CATALOGUE.values():
        assert families_for([kpi], []).keys() == {found.family for found in kpi.components}


def test_the_losses_and_good_time_are_loading_time() -> None:
    sums = {"oee_run_s": 70.0, "oee_loading_s": 100.0, "ideal_s": 50.0, "ideal_good_s": 45.0}
    sums |= {"oee_breakdown_s": 14.0, "oee_setup_s": 8.0, "oee_external_s": 5.0, "oee_quality_s": 3.0}
    sums |= {"oee_micro_stop_s": 6.0, "run_without_ideal_s": 10.0}
    losses = [name for name in CATALOGUE if name.endswith("_loss_time")]
    lost = sum(evaluated(name, **sums).value or 0 for name in losses)
    assert lost + sums["ideal_good_s"] + sums["run_without_ideal_s"] == sums["oee_loading_s"]
    shares = [evaluated(name.removesuffix("_time"), **sums).value or 0 for name in losses]
    assert sum(shares) == pytest.approx(lost / 100)


def test_allocation_and_utilisation_make_availability() -> None:
    sums = {"oee_run_s": 70.0, "oee_loading_s": 100.0, "oee_external_s": 5.0}
    parts = [
        evaluated(name, **sums).value or 0 for name in ("allocation_efficiency", "utilisation_efficiency")
    ]
    assert parts[0] * parts[1] == pytest.approx(evaluated("availability", **sums).value)


def test_set_up_is_no_loss_of_nee() -> None:
    sums = {
        "oee_run_s": 70.0,
        "oee_setup_s": 10.0,
        "oee_loading_s": 100.0,
        "ideal_s": 63.0,
        "ideal_good_s": 56.0,
    }
    assert evaluated("nee", **sums).value == pytest.approx(0.8 * 0.9 * 56 / 63)


def test_rates_are_per_hour() -> None:
    assert evaluated("throughput_rate", quantity=100, oee_loading_s=7200).value == 50
    assert evaluated("maintenance_cost_per_operating_hour", labour_cost=90, operating_s=7200).value == 45


def test_money_is_that_of_the_plant_or_of_the_enterprise() -> None:
    sums = ZERO | {"labour_cost": 100.0, "labour_cost_base": 110.0, "without_base_rate": 1.0}
    here = Cell(first_day=DAY, last_day=DAY, sums=sums, currency="CHF")
    both = Cell(first_day=DAY, last_day=DAY, sums=sums, currency="EUR", in_base=True)
    cost = CATALOGUE["maintenance_cost"]
    assert (value_of(cost, here, 0.9).value, value_of(cost, here, 0.9).currency) == (100, "CHF")
    assert value_of(cost, both, 0.9).value is None
    assert value_of(cost, both, 0.9).undefined_reason == (
        "1 amounts without a rate into the enterprise's currency"
    )
    assert value_of(CATALOGUE["labour_cost_share"], here, 0.9).currency == "CHF"
    assert value_of(CATALOGUE["mttr"], here, 0.9).currency == ""


def test_what_is_not_in_a_value_is_said() -> None:
    value = evaluated("maintenance_cost", other_cost=1, labour_without_rate_s=5400, parts_without_cost=3)
    assert value.missing == "labour hours without a rate: 1.5; parts booked without a cost: 3"
    assert evaluated("mtta", responded=2, response_s=60).missing == ""
    assert evaluated("labour_cost", labour_without_rate_s=5400).undefined_reason == (
        "labour hours without a rate: 1.5"
    )
    assert evaluated("labour_cost").value == 0
    assert evaluated("downtime_cost").undefined_reason == "no unplanned stop that has a rate"
    assert evaluated("downtime_cost", down_s=3600, downtime_cost=80).value == 80
    nothing = value_of(CATALOGUE["mtta"], Cell(first_day=DAY, last_day=DAY, sums=None), 0.9)
    assert nothing.missing == CATALOGUE["mtta"].needs


def test_a_kpi_of_two_families_needs_both() -> None:
    half = Cell(first_day=DAY, last_day=DAY, sums=ZERO, families=frozenset({"shift"}))
    assert value_of(CATALOGUE["mtbm"], half, 0.9).undefined_reason == "no data in this period"


def test_what_is_left_out_says_why() -> None:
    assert all(found.standard and found.why for found in LEFT_OUT)


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
