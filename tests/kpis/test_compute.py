"""KPIs from component sums at hand, without a database."""

import doctest

import pytest

import kpis
from kpis.definitions import CATALOGUE
from tests.kpis.reliability.vectors import check, given


def test_the_examples_of_the_package_are_true() -> None:
    assert doctest.testmod(kpis).failed == 0


def test_oee_of_a_shift() -> None:
    example = given("OEE-01")
    loading = 60 * (example["shift_min"] - sum(example["short_breaks"]) - example["meal_break"])
    run = loading - 60 * example["downtime_min"]
    good = example["total_count"] - example["reject_count"]
    components = {
        "oee_loading_s": loading,
        "oee_run_s": run,
        "run_without_ideal_s": 0,
        "ideal_s": example["total_count"] * example["ideal_cycle_s"],
        "ideal_good_s": good * example["ideal_cycle_s"],
    }
    found = {
        name: kpis.compute(
            name,
            {
                each.name: components[each.name]
                for each in CATALOGUE[name].components
                if each.name in components
            },
        ).value
        for name in ("availability", "performance", "quality", "oee")
    }
    check("OEE-01", good=kpis.compute("good", {"quantity": 19271, "scrap": 423}).value, **found)


def test_availability_from_mtbf_and_mttr() -> None:
    found = kpis.compute("inherent_availability", {"operating_s": 300, "failure_down_s": 60})
    assert found.value == pytest.approx(300 / 360)


def test_what_is_missing_or_foreign_is_named() -> None:
    with pytest.raises(ValueError, match="needs oee_loading_s"):
        kpis.compute("availability", {"oee_run_s": 1})
    with pytest.raises(ValueError, match="needs failures"):
        kpis.compute("mtbf", {"operating_s": 1})
    with pytest.raises(ValueError, match=r"no component “oe_run_s”\. Is oee_run_s"):
        kpis.compute("availability", {"oe_run_s": 1, "oee_loading_s": 2})
    with pytest.raises(ValueError, match="scrap would be below 0"):
        kpis.compute("yield", {"PQ": 10, "GQ": 11})
    with pytest.raises(KeyError, match="Known: "):
        kpis.compute("luck", {})
    with pytest.raises(KeyError, match="left out: energy meters"):
        kpis.compute("energy consumption", {})


def test_unknown_names_of_the_package() -> None:
    with pytest.raises(AttributeError, match="no attribute 'luck'"):
        kpis.luck  # noqa: B018
