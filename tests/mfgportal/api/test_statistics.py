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


def test_examples_may_be_given_in_the_words_of_their_source(client: Client) -> None:
    shift = {"shift_min": 480, "breaks_min": [15, 15, 30], "downtime_min": 47, "ideal_cycle_s": 1}
    counts = {"total_count": 19271, "reject_count": 423}
    assert ask(client, "kpis/compute", kpi="OEE", components={**shift, **counts})["value"] == pytest.approx(
        0.7479, abs=6e-5
    )
    example = given("WB-01")
    asked = {name: example[name] for name in ("failures", "right_censored")}
    many = {"failures": example["failures"], "censored": [500], "censored_counts": [10]}
    for body in (asked, many):
        fit = ask(client, "reliability/weibull", **body)
        check("WB-01", eta=fit["scale"], beta=fit["shape"])
    grouped = {name: given("NHPP-08")[name] for name in ("interval_ends", "cumulative_failures")}
    check("NHPP-08", beta=ask(client, "reliability/growth", **grouped)["power_law"]["beta"])


ROCOF = [104, 131, 1597, 59, 4, 503, 157, 6, 118, 173, 114, 62, 101, 216, 106, 140, 1, 102, 3, 393]
ROCOF += [96, 232, 89, 61, 37, 293, 7, 165, 87, 99]


def test_times_between_failures_are_taken_as_they_are(client: Client) -> None:
    """Modarres, example 5.11, as the package reliability prints it."""
    found = ask(client, "reliability/growth", times_between_failures=ROCOF, failure_terminated=True)
    law = found["power_law"]
    assert (found["trend"]["laplace"], found["trend"]["verdict"]) == (
        pytest.approx(2.409, abs=5e-4),
        "rising",
    )
    assert (law["beta"], law["scale"]) == (pytest.approx(1.588, abs=5e-4), pytest.approx(3.703e-5, rel=2e-4))


def test_plain_bounds_of_a_survival_curve(client: Client) -> None:
    """Meeker and Escobar's shock absorbers, as the package reliability prints them."""
    failures = [5248, 7454, 16890, 17200, 38700, 45000, 49390, 69040, 72280, 131900]
    censored = [3961, 4007, 4734, 6054, 7298, 10190, 23060, 27160, 28690, 37100, 40060, 45670, 53000, 67000]
    censored += [69630, 77350, 78470, 91680, 105700, 106300, 150400]
    body: dict[str, Any] = {"failures": failures, "right_censored": censored, "bounds": "plain"}
    steps = ask(client, "reliability/kaplan-meier", **body, confidence=0.95)
    named = [(step["share"], step["lower"], step["upper"]) for step in (steps[0], steps[5], steps[-1])]
    wanted = [(0.964286, 0.895548, 1), (0.742465, 0.560893, 0.924037), (0.269858, 0, 0.662446)]
    for one, other in zip(named, wanted, strict=True):
        assert one == pytest.approx(other, abs=1e-6)


def test_what_is_not_understood_is_refused(client: Client) -> None:
    """Else suspensions under a wrong name would be left out without a word."""
    found = ask(client, "reliability/weibull", 400, failures=[1, 2, 3], right_censor=[4])
    (error,) = found["errors"]
    assert error["parameter"] == "right_censor"
    assert "right_censored" in error["detail"]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("weibull", {"failures": [1, 2, 3], "failure_counts": [1]}),
        ("weibull", {"failures": [1, 2, 3], "censored": [4], "right_censored": [5]}),
        ("growth", {"times": [1, 2, 3], "gaps": [1, 1, 1], "end": 4}),
        ("growth", {"ends": [1, 2], "cumulative": [3, 2]}),
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
