"""Reliability through the API: the figures of the pages, for what the caller may see."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kpis.models import Equipment
from kpis.rollup import mark_spans, refresh
from tests.factories import make_machine, run, stop
from tests.mfgportal.queue import LogIn, World

MONDAY = datetime.fromisoformat("2026-03-02T06:00Z")
WEEK = "from=2026-03-02&to=2026-03-08"


def ran(machine: Equipment, failures: list[float]) -> None:
    """Eighty hours from Monday on, round the clock, broken for half an hour at each of the hours."""
    run(machine, MONDAY, 80 * 60)
    for hour in failures:
        stop(machine, MONDAY + timedelta(hours=hour), 30)
    now = timezone.now()
    mark_spans([(machine.pk, MONDAY, MONDAY + timedelta(hours=80))], now)
    refresh(now)


@pytest.fixture
def client(world: World, as_user: LogIn) -> Client:
    """The lead of Lyon."""
    ran(world.press, [10, 40, 60, 66, 70, 73, 75, 77, 78])
    ran(make_machine(world.lyon, "Press 2"), [])
    ran(world.lathe, [5])
    return as_user(world.lead)


def asked(client: Client, url: str) -> Any:
    answer = client.get(url)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_machines_come_with_their_standing_worst_first(world: World, client: Client) -> None:
    worst, best = asked(client, f"/api/v1/reliability?{WEEK}")
    assert worst["equipment"] == world.press.pk
    assert (worst["failures"], best["failures"]) == (9, 0)
    assert (worst["standing"]["rank"], best["standing"]["rank"]) == (1, 2)
    assert worst["standing"]["worse"] > 0.9
    assert worst["down_s"] == 9 * 1800
    assert worst["hours"] == pytest.approx(80 - 4.5)
    assert worst["mtbf"] == pytest.approx(75.5 / 9)
    assert worst["mtbf_bounds"]["lower"] < worst["mtbf"] < worst["mtbf_bounds"]["upper"]


def test_without_a_failure_there_is_a_lower_bound_alone(world: World, client: Client) -> None:
    _, best = asked(client, f"/api/v1/reliability?{WEEK}&plant={world.lyon.pk}")
    assert (best["mtbf"], best["trend"], best["growth"]) == (None, None, None)
    assert best["mtbf_bounds"] == {"lower": pytest.approx(80 / 2.302585), "upper": None}
    assert "Too few failures" in best["verdict"]


def test_one_machine_has_its_trend_and_its_failures(world: World, client: Client) -> None:
    found = asked(client, f"/api/v1/reliability/{world.press.pk}?{WEEK}")
    assert found["rises"]
    assert found["trend"]["verdict"] == "rising"
    assert found["growth"]["beta"] > 1
    assert found["forecast"]["basis"] == "power law"
    assert [event["hours"] for event in found["events"]][:3] == pytest.approx([10, 39.5, 59])
    assert found["events"][0]["start"] == "2026-03-02T16:00:00Z"
    assert found["events"][0]["downtime"] is not None
    assert found["repairs"] == {"count": 9, "open": 0, "mean": 1800, "median": 1800, "p90": 1800}


def test_alone_in_a_class_nothing_is_compared(world: World, client: Client, as_user: LogIn) -> None:
    rows = asked(as_user(world.admin), f"/api/v1/reliability?{WEEK}&plant={world.lathe.plant_id}")
    assert [row["standing"]["shrunk"] for row in rows] == [None]


def test_other_plants_are_not_there(world: World, client: Client) -> None:
    for url in (f"/{world.lathe.pk}?{WEEK}", f"?{WEEK}&plant={world.lathe.plant_id}"):
        assert client.get(f"/api/v1/reliability{url}").status_code == 404


def test_nothing_known_is_not_found(world: World, client: Client) -> None:
    answer = client.get(f"/api/v1/reliability/{world.press.pk}?from=2026-01-05&to=2026-01-06")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "query", ["period=moon", "from=2026-03-08&to=2026-03-02", "grain=day", "to=2026-03-02"]
)
def test_a_wrong_question_is_refused(query: str, client: Client) -> None:
    answer = client.get(f"/api/v1/reliability?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
