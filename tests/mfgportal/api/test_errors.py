"""Every refusal is a problem document, RFC 9457."""

from typing import Any

import pytest
from django.core.cache.backends.locmem import LocMemCache
from django.core.management import call_command
from django.test import Client
from rest_framework.throttling import UserRateThrottle

from tests.mfgportal.queue import LogIn, World


def test_without_a_log_in_the_answer_is_401_with_a_challenge(world: World) -> None:
    answer = Client().get("/api/v1/plants")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["title"] == "Unauthorized"


def test_a_token_stands_for_its_person(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("api_token", "lead")
    token = capsys.readouterr().out.strip()
    answer = Client(headers={"Authorization": f"Token {token}"}).get("/api/v1/plants")
    assert [row["name"] for row in answer.json()["results"]] == ["Lyon"]


def test_a_token_needs_no_csrf_but_a_session_does(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("api_token", "lead")
    token = capsys.readouterr().out.strip()
    address = f"/api/v1/exceptions/{world.theirs.pk}/retry"
    by_token = Client(enforce_csrf_checks=True, headers={"Authorization": f"Token {token}"})
    assert by_token.post(address).status_code == 404
    by_session = Client(enforce_csrf_checks=True)
    by_session.force_login(world.lead)
    assert by_session.post(address).status_code == 403


def test_a_wrong_token_is_refused(world: World) -> None:
    answer = Client(headers={"Authorization": "Token mfg_nonsense"}).get("/api/v1/plants")
    assert (answer.status_code, answer.json()["status"]) == (401, 401)


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("plants?plnt=3", "plnt"),
        ("plants?page=2", "page"),
        ("plants?page_size=0", "page_size"),
        ("plants?page_size=all", "page_size"),
        ("plants?cursor=luck", "cursor"),
        ("equipment?plant=seven", "plant"),
        ("exceptions?kind=boredom", "kind"),
        ("exceptions?sort=luck", "sort"),
        ("sync/runs?status=asleep", "status"),
        ("kpis?kpi=oee,luck", "kpi"),
        ("kpis?period=sometime", "period"),
        ("kpis?period=custom&from=2026-03-01", "to"),
        ("kpis?from=2026-03-09&to=2026-03-01", "to"),
        ("kpis?from=2026-13-01&to=2026-03-01", "from"),
        ("kpis?grain=minute", "grain"),
        ("kpis?by=colour", "by"),
        ("kpis?kpi=oee&by=reason", "by"),
    ],
)
def test_a_bad_parameter_is_named(world: World, as_user: LogIn, address: str, parameter: str) -> None:
    answer = as_user(world.admin).get(f"/api/v1/{address}")
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert [error["parameter"] for error in problem["errors"]] == [parameter]
    assert problem["detail"].startswith(f"{parameter}: ")


def test_other_methods_and_unknown_pages_are_problems_too(world: World, as_user: LogIn) -> None:
    client = as_user(world.admin)
    assert client.post("/api/v1/plants").json()["title"] == "Method Not Allowed"
    assert client.get("/api/v1/equipment/0").json()["status"] == 404


def test_a_body_that_is_no_json_is_a_problem(world: World, as_user: LogIn) -> None:
    address = f"/api/v1/exceptions/{world.mine.pk}/dismiss"
    answer = as_user(world.lead).post(address, "{", content_type="application/json")
    assert (answer.status_code, answer.json()["title"]) == (400, "Bad Request")


def test_who_asks_too_often_is_told_when_to_come_back(
    world: World, as_user: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "2/min"})
    monkeypatch.setattr(UserRateThrottle, "cache", LocMemCache("throttle", {}))
    client = as_user(world.lead)
    answers = [client.get("/api/v1/plants") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1]["Content-Type"] == "application/problem+json"
    assert 0 < int(answers[-1]["Retry-After"]) <= 60


def test_an_unknown_address_of_the_api_is_a_problem_and_elsewhere_a_page(
    world: World, as_user: LogIn
) -> None:
    client = as_user(world.admin)
    for address in ("/api/v1/luck", "/api/v1/equipment/abc"):
        answer = client.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
        assert answer.json()["instance"] == address
    assert client.get("/luck/")["Content-Type"].startswith("text/html")


def test_what_the_client_cannot_read_or_we_cannot_is_a_problem(world: World, as_user: LogIn) -> None:
    client = as_user(world.admin)
    unreadable = client.get("/api/v1/plants", headers={"Accept": "text/html"})
    assert (unreadable.status_code, unreadable.json()["title"]) == (406, "Not Acceptable")
    strange = client.post("/api/v1/kpis/compute", "kpi: oee", content_type="application/yaml")
    assert (strange.status_code, strange.json()["title"]) == (415, "Unsupported Media Type")


def test_a_body_beyond_the_limit_is_refused(
    world: World, as_user: LogIn, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    call_command("api_token", "lead")
    by_token = Client(headers={"Authorization": f"Token {capsys.readouterr().out.strip()}"})
    body = {"kpi": "oee", "components": {f"component_{number}": 1 for number in range(20)}}
    for client in (as_user(world.admin), by_token):
        answer = client.post("/api/v1/kpis/compute", body, content_type="application/json")
        assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")


def test_a_fault_of_ours_is_a_problem_that_tells_nothing_of_the_inside(
    world: World, as_user: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("mfgportal.api.sync.streams_now", break_down)
    client = as_user(world.admin)
    client.raise_request_exception = False
    answer = client.get("/api/v1/sync/streams")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "secret" not in answer.content.decode()


def test_a_request_that_django_refuses_is_a_problem(world: World, as_user: LogIn) -> None:
    answer = as_user(world.admin).get("/api/v1/plants", headers={"Host": "evil.example"})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
