"""KPIs and reliability statistics of numbers at hand, by JSON: published examples to their digits."""

from typing import Any

import pytest
from django.test import Client

from mfgportal.api.statistics import EXAMPLES
from tests.kpis.reliability.vectors import check, given
from tests.mfgportal.queue import LogIn, World


@pytest.fixture
def client(world: World, as_user: LogIn) -> Client:
    return as_user(world.lead)


def ask(client: Client, address: str, status: int = 200, **body: Any) -> Any:
    answer = client.post(f"/api/v1/{address}", body, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_kpi_is_computed_from_its_components(client: Client) -> None:
    found = ask(client, "kpis/compute", **EXAMPLES["compute"])
    assert found["value"] == pytest.approx(373 / 420)
    assert (found["numerator"], found["denominator"], found["unit"]) == (22380, 25200, "1")
    bound = ask(
        client,
        "kpis/compute",
        kpi="mtbf",
        components={"operating_s": 3.6e6, "failures": 0},
        confidence=0.95,
    )
    assert (bound["value"], bound["undefined_reason"]) == (None, "no failure in this period")
    assert bound["lower"] / 3600 == pytest.approx(333.8, abs=0.05)


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({"kpi": "luck", "components": {}}, "kpi"),
        ({"kpi": "oee", "components": {}}, "components"),
        (
            {"kpi": "availability", "components": {"oee_run_s": 1, "oee_loading_s": 2, "x": 3}},
            "components",
        ),
        ({"kpi": "mtbf", "components": {}, "confidence": 1}, "confidence"),
        ({"components": {}}, "kpi"),
    ],
)
def test_what_is_wrong_with_a_computation_is_said(
    client: Client, body: dict[str, Any], parameter: str
) -> None:
    found = ask(client, "kpis/compute", 400, **body)
    assert [error["parameter"] for error in found["errors"]] == [parameter]


def test_infinity_is_no_number(client: Client) -> None:
    for text in ("1e999", "NaN"):
        body = f'{{"kpi": "availability", "components": {{"oee_run_s": {text}, "oee_loading_s": 2}}}}'
        answer = client.post("/api/v1/kpis/compute", body, content_type="application/json")
        assert answer.status_code == 400


def test_bounds_without_a_failure_are_one_sided(client: Client) -> None:
    found = ask(client, "reliability/bounds", **EXAMPLES["bounds"])
    assert (found["mtbf"], found["mtbf_bounds"]["upper"]) == (None, None)
    assert found["mtbf_bounds"]["lower"] == pytest.approx(333.8, abs=0.05)


def test_growth_is_that_of_the_nist_handbook(client: Client) -> None:
    """To the digits of its example."""
    example = given("NHPP-01")
    asked = {name: example[name] for name in ("times", "end", "confidence")}
    law = ask(client, "reliability/growth", **asked, unbiased=True)["power_law"]
    check(
        "NHPP-01",
        growth_slope=law["growth"],
        b=law["beta"],
        a=law["scale"],
        mtbf_end=law["mtbf"],
        lower80=law["mtbf_bounds"]["lower"],
        upper80=law["mtbf_bounds"]["upper"],
    )


def test_growth_is_of_one_system_of_several_or_of_counts(client: Client) -> None:
    one = ask(client, "reliability/growth", **EXAMPLES["growth"])
    assert one["trend"]["failures"] == 10
    several = ask(client, "reliability/growth", systems=[EXAMPLES["growth"]])
    assert several["power_law"]["beta"] == pytest.approx(one["power_law"]["beta"])
    assert ask(client, "reliability/growth", ends=[500, 1000, 1500], counts=[5, 3, 2])["trend"] is None


def test_growth_to_a_target_of_an_observation_that_ended_with_a_failure(client: Client) -> None:
    example = given("NHPP-02")
    asked = {"times": example["times"], "failure_terminated": True, "target_mtbf": example["target_mtbf"]}
    law = ask(client, "reliability/growth", **asked)["power_law"]
    assert law["time_to_target"] == pytest.approx(1087.18769, abs=0.006)
    assert law["end"] == 620


def test_the_order_of_gaps_tells_a_trend(client: Client) -> None:
    """NIST e-Handbook 8.2.3.4: 33 reverse arrangements of 10 failures."""
    found = ask(client, "reliability/growth", **EXAMPLES["growth"])["trend"]["reverse_arrangements"]
    assert (found["count"], found["expected"]) == (33, 22.5)
    assert found["falling"] < 0.05 < found["rising"]


def test_a_bound_may_hold_by_itself(client: Client) -> None:
    """The one-sided 95 % bound is that of a two-sided interval of 90 %."""
    one = ask(client, "reliability/bounds", time=800, failures=2, confidence=0.95, sides=1)
    two = ask(client, "reliability/bounds", time=800, failures=2, confidence=0.9)
    assert one["mtbf_bounds"] == pytest.approx(two["mtbf_bounds"])


def test_lives_are_fitted_with_and_without_a_distribution(client: Client) -> None:
    """NIST e-Handbook 8.2.1.5 for the steps."""
    failures, censored = [31, 45, 79, 115, 139, 185], [51, 87, 160, 220]
    steps = ask(client, "reliability/kaplan-meier", failures=failures, censored=censored)
    assert [round(step["share"], 3) for step in steps[:3]] == [0.9, 0.8, 0.686]
    fit = ask(client, "reliability/weibull", failures=failures, censored=censored, shares=[0.632121])
    assert fit["quantiles"][0]["time"] == pytest.approx(fit["scale"], rel=1e-4)
    assert fit["shape_bounds"]["lower"] < fit["shape"] < fit["shape_bounds"]["upper"]


def test_groups_are_ranked_and_averaged(client: Client) -> None:
    assert ask(client, "reliability/ranking", **EXAMPLES["ranking"])[0]["id"] == 1
    steps = ask(client, "reliability/mean-cumulative", **EXAMPLES["mean_cumulative"])
    assert [step["mean"] for step in steps] == [0.5, 1.0]
    costs = ask(client, "reliability/mean-cumulative", **EXAMPLES["mean_cumulative"], costs=[[10, 30], []])
    assert costs[-1]["mean"] == 20
    ahead = ask(client, "reliability/forecast", **EXAMPLES["forecast"])
    assert ahead["lower"] <= ahead["expected"] <= ahead["upper"]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("bounds", {"time": 0, "failures": 1}),
        ("bounds", {"time": 9, "failures": -1}),
        ("weibull", {"failures": [1, 2]}),
        ("weibull", {"failures": [1, 2, -3]}),
        ("weibull", {"failures": [1, 2, 3], "shares": [1]}),
        ("kaplan-meier", {"failures": "many"}),
        ("growth", {"times": [1, 2], "end": 3}),
        ("growth", {"times": [1, 2, 9], "end": 3}),
        ("growth", {}),
        ("growth", {"ends": [3, 2, 1], "counts": [1, 1, 1]}),
        ("growth", {"ends": [1, 2], "counts": [1]}),
        ("mean-cumulative", {"systems": []}),
        ("mean-cumulative", {"systems": [{"times": [9], "end": 3}]}),
        ("mean-cumulative", {"systems": [{"times": [1], "end": 3}], "costs": [[]]}),
        ("forecast", {"times": [1], "end": 3, "horizon": 0}),
        ("ranking", {"actors": [{"id": 1, "failures": 2}]}),
    ],
)
def test_what_cannot_be_computed_is_a_problem(client: Client, name: str, body: dict[str, Any]) -> None:
    found = ask(client, f"reliability/{name}", 400, **body)
    assert found["detail"]
    assert found["instance"] == f"/api/v1/reliability/{name}"
