"""Declared sources on the command line."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from sync.connectors.declared.classes import shipped
from sync.connectors.rest.connector import RestConnector
from sync.models import Source
from tests.sync.connectors.rest import mes
from tests.sync.connectors.rest.lists import Api, serving


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MES_KEY", "key-1")


@pytest.fixture
def api(db: None) -> Api:
    return mes.stand_in()


@pytest.fixture
def url(api: Api) -> Iterator[str]:
    with serving(api.answer) as server:
        yield f"{server.url}/api"


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("source", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def add(*more: str) -> str:
    return told("add", "mes", "--connector", "rest", "--api-key-env", "MES_KEY", *more)


def test_a_shipped_declaration_is_added_by_name_and_checked(url: str, api: Api) -> None:
    api.lists["/api/stops"][3]["began"] = "yesterday"
    add("--declaration", "example", "--url", url)
    said = told("check", "mes")
    assert "Mes: Example MES" in said
    assert "machines: 5 rows visible" in said
    assert "first equipment: external_key machine/1; name Press 1; codes PR-01" in said
    assert "stops: 14 rows, 1 of them cannot be mapped" in said
    assert "began: wanted a time as %Y-%m-%d %H:%M:%S, found 'yesterday'" in said
    assert "yesterday" not in told("check", "mes", "--quick")


def test_a_system_with_one_address_needs_none(db: None) -> None:
    told("add", "mx", "--connector", "rest", "--declaration", "maintainx", "--api-key-env", "MES_KEY")
    assert Source.objects.get().url == "https://api.getmaintainx.com/v1"


def test_a_file_updates_the_source_and_keeps_the_rest(url: str, tmp_path: Path) -> None:
    add("--declaration", "example", "--url", url, "--options", '{"page_size": 7}')
    file = tmp_path / "own.yaml"
    file.write_text(shipped(RestConnector)["example"].replace("title: Stops", "title: Halts"))
    told("add", "mes", "--connector", "rest", "--declaration", str(file))
    source = Source.objects.get()
    assert (source.url, source.api_key, source.options["page_size"]) == (url, "key-1", 7)
    assert source.streams.get(name="stops").title == "Halts"
    assert "title: Halts" in source.options["declaration_yaml"]
    add("--options", '{"page_size": 8}')
    assert Source.objects.get().options["declaration"]["system"] == "Example MES"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("streams: {}", "system: is missing"),
        ("system: [", "line 1: "),
        ("system: x\nsystem: y", "line 2: “system” is there twice"),
        ("a: &a [1]\nb: *a", "Aliases"),
        ("just words", "Wanted names with values"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(db: None, tmp_path: Path, wrong: str, said: str) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(wrong)
    with pytest.raises(CommandError, match=said):
        add("--declaration", str(file), "--url", "http://mes.test")
    assert not Source.objects.exists()


def test_what_is_no_declaration_is_told(db: None) -> None:
    with pytest.raises(CommandError, match=r"neither a shipped declaration \(example, maintainx\)"):
        add("--declaration", "nothing.yaml", "--url", "http://mes.test")
    with pytest.raises(CommandError, match="atlas takes no declaration"):
        told("add", "a", "--connector", "atlas", "--declaration", "example", "--url", "http://a.test")
    with pytest.raises(CommandError, match="The source has none yet"):
        add("--url", "http://mes.test")


def test_an_open_api_asks_for_no_password(db: None, tmp_path: Path) -> None:
    file = tmp_path / "open.yaml"
    file.write_text(shipped(RestConnector)["example"].replace("auth: {type: bearer}", "auth: {type: none}"))
    told("add", "open", "--connector", "rest", "--declaration", str(file), "--url", "http://mes.test")
    assert Source.objects.get().password == ""
