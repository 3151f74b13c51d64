"""Worked examples in the words of their sources: names of standards, minutes, totals, values of factors."""

import pytest

import kpis
from kpis.definitions import CATALOGUE
from kpis.definitions.names import ALSO, kpi_named

EXAMPLES = [
    # A, P and Q of a plant of "world class" (Nakajima).
    ("OEE", {"availability": 0.9, "performance": 0.95, "quality": 0.999}, 0.854145),
    ("TEEP", {"utilization": 0.6, "oee": 0.747}, 0.4482),
    ("oee", {"PBT": 25200, "APT": 22380, "PRI": 1.0, "PQ": 19271, "GQ": 18848}, 0.74793651),
    (
        "oee",
        {"loading_min": 420, "run_min": 373, "ideal_cycle_s": 1, "quantity": 19271, "scrap": 423},
        0.747937,
    ),
    ("oee", {"loading_s": 28800, "ideal_cycle_s": 1, "good": 9000}, 0.3125),
    ("effectiveness", {"run_min": 60, "ideal_cycle_s": 10, "quantity": 396}, 1.1),
    ("OOE", {"APT": 300, "PBT": 400, "POT": 480, "PRI": 1, "PQ": 250, "GQ": 240}, 0.5),
    ("NEE index", {"AUPT": 330, "PBT": 400, "APT": 300, "PRI": 1, "PQ": 250, "GQ": 240}, 0.66),
    ("Quality ratio", {"GQ": 95, "PQ": 100}, 0.95),
    ("Scrap ratio", {"SQ": 5, "PQ": 100}, 0.05),
    ("Allocation efficiency", {"AUBT": 300, "PBT": 400}, 0.75),
    ("Utilization efficiency", {"APT": 300, "AUBT": 400}, 0.75),
    ("Technical efficiency", {"APT": 300, "ADET": 100}, 0.75),
    ("Setup ratio", {"AUST": 30, "AUPT": 300}, 0.1),
    ("Throughput rate", {"PQ": 300, "AOET": 7200}, 150),
    ("Corrective maintenance ratio", {"CMT": 30, "PMT": 90}, 0.25),
    ("Mean time to restoration", {"TTR": 300, "FE": 3}, 100),
    ("Mean operating time between failures", {"operating_h": 700, "failures": 2}, 350 * 3600),
    ("mtbf_scheduled_up", {"planned_h": 352, "breakdown_h": 12, "failures": 4}, 85 * 3600),
    ("Inherent availability", {"mtbf": 300, "mttr": 60}, 300 / 360),
    ("Operational availability", {"mtbm": 300, "mdt": 60}, 300 / 360),
    ("Mean downtime", {"downtime": 3600, "stops": 3}, 1200),
    ("yield", {"good": 95, "quantity": 100}, 0.95),
    (
        "maintenance_cost_of_replacement_value",
        {"maintenance_cost": 250_000, "replacement_value": 10_000_000},
        0.025,
    ),
    ("Maintenance unit cost", {"maintenance_cost": 250_000, "PQ": 1_000_000}, 0.25),
    ("PMP", {"labour_planned_h": 175, "labour_h": 200}, 0.875),
    ("Backlog in weeks", {"backlog_h": 800, "capacity_s_per_week": 400 * 3600}, 2),
]


@pytest.mark.parametrize(
    ("name", "given", "wanted"), EXAMPLES, ids=lambda found: found if isinstance(found, str) else ""
)
def test_an_example_in_the_words_of_its_source(name: str, given: dict[str, float], wanted: float) -> None:
    assert kpis.compute(name, given).value == pytest.approx(wanted, rel=1e-6)


def test_components_go_before_values_of_kpis() -> None:
    found = kpis.compute("availability", {"availability": 0.1, "oee_run_s": 1, "oee_loading_s": 2})
    assert found.value == 0.5


def test_nothing_is_assumed_of_what_is_asked_for() -> None:
    with pytest.raises(ValueError, match="needs planned_stop_s"):
        kpis.compute("planned_downtime", {})
    with pytest.raises(ValueError, match="needs run_without_ideal_s"):
        kpis.compute("without_ideal_share", {"oee_run_s": 10})


def test_numbers_of_no_use_are_left_out() -> None:
    assert kpis.compute("yield", {"quantity": 10, "scrap": 1, "failures": 3}).value == 0.9


def test_every_name_and_title_is_known() -> None:
    for kpi in CATALOGUE.values():
        assert kpi_named(kpi.name) == kpi_named(kpi.name.upper()) == kpi.name
        assert kpi_named(kpi.title) == kpi.name
    assert {kpi_named(name) for name in ALSO} <= CATALOGUE.keys()
