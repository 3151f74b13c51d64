"""The description of the API: valid OpenAPI, complete, readable offline under the strict content policy."""

import re
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from kpis.definitions import CATALOGUE
from tests.mfgportal.queue import LogIn, World, a_run
from tests.mfgportal.reconciled import a_comparison, a_line


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> str:
    file: Path = tmp_path_factory.mktemp("schema") / "openapi.yaml"
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(file))
    return file.read_text()


def test_it_is_valid_without_a_warning_and_says_its_version(schema: str) -> None:
    assert schema.startswith("openapi: 3.1.1")


def test_every_address_of_the_api_is_described(schema: str) -> None:
    described = set(yaml.safe_load(schema)["paths"])
    routes = [str(route.pattern) for route in get_resolver("mfgportal.api.urls").url_patterns]
    shown = (re.sub(r"<\w+:(\w+)>", r"{\1}", route).replace("{pk}", "{id}") for route in routes)
    wanted = {f"/api/{route}" for route in shown if route.startswith("v1/")}
    assert described == wanted


def test_it_explains_every_kpi_with_its_formula(schema: str) -> None:
    described = yaml.safe_load(schema)["paths"]["/api/v1/kpis"]["get"]["description"]
    for kpi in CATALOGUE.values():
        assert f"`{kpi.name}` **{kpi.title}**" in described
        assert kpi.formula in described


def test_it_is_served_to_people_who_are_logged_in_only(world: World, as_user: LogIn) -> None:
    assert Client().get("/api/schema/").status_code == 401
    assert as_user(world.lead).get("/api/schema/").status_code == 200
    assert Client().get("/api/docs/").status_code == 302


def test_the_docs_page_has_nothing_inline_and_nothing_from_elsewhere(world: World, as_user: LogIn) -> None:
    answer = as_user(world.lead).get("/api/docs/")
    page = answer.content.decode()
    assert "<style" not in page
    assert "<script>" not in page
    assert 'src="http' not in page
    assert "unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    "address",
    [
        "kpis?kpi=oee,mtbf,failures&by=equipment",
        "kpis?kpi=oee&grain=day",
        "kpis/catalogue",
        "plants",
        "lines",
        "equipment",
        "equipment/{id}",
        "exceptions",
        "exceptions/{mine}",
        "sync/streams",
        "sync/runs",
        "reconciliation",
        "reconciliation/downtime",
        "reconciliation/lines/{line}",
        "exceptions?kind=boredom",
        "equipment/0",
    ],
)
def test_what_comes_is_what_is_described(schema: str, world: World, as_user: LogIn, address: str) -> None:
    a_run(world.stream)
    line = a_line(a_comparison(), world.stream, plant=world.lyon)
    ids = {"id": world.press.pk, "mine": world.mine.pk, "line": line.pk}
    answer = as_user(world.lead).get(f"/api/v1/{address.format(**ids)}")
    described = yaml.safe_load(schema)
    path = "/api/v1/" + address.partition("?")[0].replace("{mine}", "{id}").replace("/0", "/{id}")
    path = path.replace("/downtime", "/{rule}").replace("{line}", "{id}")
    responses = described["paths"][path]["get"]["responses"]
    content = responses.get(str(answer.status_code), responses["default"])["content"]
    wanted = content[answer["Content-Type"]]["schema"] | {"components": described["components"]}
    Draft202012Validator(wanted).validate(answer.json())
