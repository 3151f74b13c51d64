"""Examples as they are printed: totals, minutes and hours, percent, lists. Each with its source."""

import json
from pathlib import Path
from typing import Any

import pytest

import kpis

FOUND: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "worked_examples/in_words.json").read_text()
)


@pytest.mark.parametrize("example", FOUND, ids=lambda each: f"{each['kpi']}: {each['source'][:30]}")
def test_a_printed_example_as_it_is_printed(example: dict[str, Any]) -> None:
    found = kpis.compute(example["kpi"], example["given"])
    assert found.value is not None
    assert found.value / example.get("unit", 1) == pytest.approx(example["value"], abs=example["near"])


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        (
            "OEE",
            {"availability": 90, "performance": 95, "quality": 99},
            r"give 0\.9, or availability_percent",
        ),
        ("availability", {"shift_min": 480, "breaks": 60, "downtime_min": 47}, "breaks has no unit"),
        ("performance", {"run_min": 60, "total_count": 9}, "ideal_cycle_s or ideal_rate_per_min"),
        ("availability", {"planned_min": 60}, "run_min, or downtime_min"),
        ("NEE", {"loading": 400, "downtime": 50, "PRI": 1, "PQ": 9, "GQ": 9}, "needs .*oee_setup_s"),
        ("labour_cost_share", {"maintenance_cost": 100}, "needs labour_cost"),
        ("OEE", {"planned_min": 9, "run_min": 9, "cycle_s": [1, 2], "total_count": [9]}, "as many counts"),
        ("yield", {"good_count": 9}, "needs quantity"),
        ("performance", {"run_min": 60, "ideal_rate_per_min": 0, "total_count": 9}, "is above 0"),
    ],
)
def test_what_is_left_unsaid_is_not_guessed(name: str, given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        kpis.compute(name, given)
