"""The stand-in answers as a real Odoo 19 server was recorded to answer."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from sync.sandbox import Sandbox

RECORDED = {
    path.stem: json.loads(path.read_text()) for path in (Path(__file__).parent / "recorded").glob("*.json")
}
ERRORS = sorted(name for name, each in RECORDED.items() if "error" in each["response"])
RESULTS = sorted(name for name, each in RECORDED.items() if "result" in each["response"])


def replay(sandbox: Sandbox, name: str) -> dict[str, Any]:
    """Sends the recorded request with the sandbox's uid and password in place of the recorded ones."""
    recorded = RECORDED[name]
    request = json.loads(json.dumps(recorded["request"]).replace('"mfgportal-pw"', '"mfgportal"'))
    args = request["params"].get("args") or []
    if request["params"].get("service") == "object":
        users = sandbox.factory.odoo["res.users"]
        args[1] = next(each for each in users.ids if users.get(each, "login") == "mfgportal")
    response = httpx.post(sandbox.odoo_url + recorded["path"], json=request)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    answer: dict[str, Any] = response.json()
    assert answer["id"] == recorded["request"]["id"]
    return answer


def shape(value: Any) -> Any:
    """Types only; an empty value may stand where another is filled, so False is no type of its own."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value[:1]]
    return type(value).__name__


@pytest.mark.parametrize("name", ERRORS)
def test_errors_have_odoos_name_message_and_keys(sandbox: Sandbox, name: str) -> None:
    real, ours = RECORDED[name]["response"]["error"], replay(sandbox, name)["error"]
    assert (ours["code"], ours["message"]) == (real["code"], real["message"]) == (0, "Odoo Server Error")
    assert set(ours["data"]) == {*real["data"], "debug"}
    assert ours["data"]["name"] == real["data"]["name"]
    assert ours["data"]["arguments"] == [ours["data"]["message"]]
    if name == "wrong_database":
        assert ours["data"]["message"].endswith('FATAL:  database "nodb" does not exist\n')
    elif name == "err_access_model":
        assert ours["data"]["message"].split("\n")[0] == real["data"]["message"].split("\n")[0]
    else:
        assert ours["data"]["message"] == real["data"]["message"]


@pytest.mark.parametrize(
    "name", ["wrong_password", "search_read_empty", "read_missing_id", "read_computed_missing_id"]
)
def test_same_empty_answers(sandbox: Sandbox, name: str) -> None:
    assert replay(sandbox, name)["result"] == RECORDED[name]["response"]["result"]


@pytest.mark.parametrize("name", ["connect_version_info", "fields_get_attrs"])
def test_same_answers(sandbox: Sandbox, name: str) -> None:
    real, ours = RECORDED[name]["response"]["result"], replay(sandbox, name)["result"]
    assert ours == real


@pytest.mark.parametrize("name", ["login", "context_get", "search_count"])
def test_same_shapes(sandbox: Sandbox, name: str) -> None:
    assert shape(replay(sandbox, name)["result"]) == shape(RECORDED[name]["response"]["result"])


@pytest.mark.parametrize("name", ["search_read", "search_read_with_context"])
def test_records_have_the_recorded_value_shapes(sandbox: Sandbox, name: str) -> None:
    real, ours = RECORDED[name]["response"]["result"], replay(sandbox, name)["result"]
    assert ours
    allowed = {key: {json.dumps(shape(row[key])) for row in real} | {'"bool"'} for key in real[0]}
    for row in ours:
        assert list(row) == list(real[0])
        assert all(json.dumps(shape(value)) in allowed[key] for key, value in row.items())


def test_every_recording_is_used() -> None:
    tested = {"wrong_password", "search_read_empty", "read_missing_id", "read_computed_missing_id", "login",
              "connect_version_info", "fields_get_attrs", "context_get", "search_count", "search_read",
              "search_read_with_context"}  # fmt: skip
    assert set(RESULTS) == tested
