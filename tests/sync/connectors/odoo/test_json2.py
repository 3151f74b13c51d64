"""JSON-2: chosen where it is offered, reads what JSON-RPC reads; errors as a real Odoo 19 sent them."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sync.connectors.base import SourceConfig
from sync.connectors.odoo import faults
from sync.connectors.odoo.connector import OdooConnector, transport_for
from sync.connectors.odoo.json2 import Json2Transport
from sync.connectors.odoo.transport import JsonRpcTransport
from sync.errors import LoginRefused, SchemaDrift, SourceRefused, SourceUnavailable, SyncError
from sync.sandbox import Sandbox
from sync.sandbox.odoo_json2 import API_KEY

RECORDED = Path(__file__).parent.parent / "recorded" / "odoo_json2_errors.json"
ERRORS: dict[str, dict[str, Any]] = json.loads(RECORDED.read_text())
VERSION_PATH = "/web/version"


@pytest.fixture
def config(sandbox: Sandbox) -> SourceConfig:
    return SourceConfig(url=sandbox.odoo_url, username="mfgportal", api_key=API_KEY, database="mfg")


@pytest.mark.parametrize("stream", OdooConnector.streams)
def test_both_ways_read_the_same_rows(config: SourceConfig, stream: str) -> None:
    by_key = OdooConnector(config)
    by_password = OdooConnector(replace(config, api_key="", password="mfgportal"))
    with closing(by_key), closing(by_password):
        assert list(by_key.read(stream, {})) == list(by_password.read(stream, {}))
        assert by_key.check() == by_password.check()


def test_json_2_is_taken_where_it_is_offered_and_there_is_a_key(config: SourceConfig) -> None:
    for changed, kind in (
        (config, Json2Transport),
        (replace(config, options={"transport": "json-rpc"}), JsonRpcTransport),
        (replace(config, api_key="", password=API_KEY), JsonRpcTransport),
    ):
        transport = transport_for(changed)
        assert isinstance(transport, kind)
        assert transport.version.startswith("19.0")
        transport.close()


def test_json_2_without_a_key_says_what_is_missing(config: SourceConfig) -> None:
    with pytest.raises(SourceRefused, match=r"API key.*Sources page"):
        transport_for(replace(config, api_key="", password="x", options={"transport": "json-2"}))


@pytest.mark.parametrize("version", ["saas~19.1", "20.0"])
def test_newer_versions_speak_json_2(httpserver: HTTPServer, version: str) -> None:
    httpserver.expect_request(VERSION_PATH).respond_with_json({"version": version, "version_info": []})
    httpserver.expect_request("/json/2/res.users/context_get", method="POST").respond_with_json({})
    with closing(transport_for(SourceConfig(url=httpserver.url_for("/web"), api_key="k"))) as transport:
        assert isinstance(transport, Json2Transport)
        assert transport.version == version


@pytest.mark.parametrize(
    "answer",
    [Response("no such page", 404), Response('{"version": "18.0"}'), Response("<html>"), Response("[]")],
)
def test_older_versions_are_asked_by_json_rpc(httpserver: HTTPServer, answer: Response) -> None:
    httpserver.expect_request(VERSION_PATH).respond_with_response(answer)
    asked: list[str] = []

    def other(request: Request) -> Response:
        asked.append(request.path)
        return Response(status=503)

    httpserver.expect_request("/web/webclient/version_info").respond_with_handler(other)
    with pytest.raises(SourceUnavailable):
        transport_for(SourceConfig(url=httpserver.url_for("/"), api_key="k", username="u", database="d"))
    assert asked == ["/web/webclient/version_info"]


@pytest.mark.parametrize(
    ("recorded", "kind", "says"),
    [
        ("err_bad_key", LoginRefused, "check the password or API key on the Sources page"),
        ("err_no_auth", LoginRefused, "check the password or API key on the Sources page"),
        ("err_access", SourceRefused, "read access to maintenance.request"),
        ("err_unknown_model", SourceRefused, "install the app"),
        ("err_unknown_method", SourceRefused, "does not understand"),
        ("err_private_method", SourceRefused, "Private methods"),
        ("err_unknown_field", SchemaDrift, "nope: expected, found no such field"),
        ("err_bad_kwarg", SourceRefused, "does not understand"),
        ("err_missing", faults.RowsGone, "does not exist"),
        ("err_validation", SourceRefused, "End date cannot be earlier"),
        ("err_malformed_json", SourceUnavailable, "could not parse"),
        ("wrong_db_header", LoginRefused, "has no database 'mfg'"),
    ],
)
def test_recorded_errors(open_transport: "Open", recorded: str, kind: type[SyncError], says: str) -> None:
    error = ERRORS[recorded]
    transport = open_transport(Response(error["body"], error["status"], content_type=error["content_type"]))
    with pytest.raises(kind, match=says) as found:
        transport.call("maintenance.request", "read", [1], fields=["name"])
    assert type(found.value) is kind


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (Response("busy", 503, headers={"Retry-After": "7"}), SourceUnavailable, "out of order"),
        (Response("bad gateway", 502), SourceUnavailable, "out of order"),
        (
            Response("", 302, headers={"Location": "https://other.example.com"}),
            SourceRefused,
            "other.example",
        ),
        (Response("denied", 403), SourceRefused, "proxy"),
        (Response("nothing", 404), SourceRefused, "no Odoo at"),
        (Response("<html>back soon</html>"), SourceUnavailable, "not Odoo's JSON"),
        (Response("x" * (2 << 20)), SourceUnavailable, "more than"),
    ],
)
def test_what_stands_between(
    open_transport: "Open", answer: Response, kind: type[SyncError], says: str
) -> None:
    transport = open_transport(answer)
    with pytest.raises(kind, match=says) as found:
        transport.call("maintenance.request", "search", [], order="id", limit=10)
    if answer.headers.get("Retry-After"):
        assert isinstance(found.value, SourceUnavailable)
        assert found.value.retry_after == 7


def test_only_named_arguments_go_over_the_wire(httpserver: HTTPServer, open_transport: "Open") -> None:
    transport = open_transport(Response("[]"))
    transport.call("maintenance.request", "search", [["id", ">", 3]], order="id", limit=10)
    request, _ = httpserver.log[-1]
    sent = request.get_json()
    assert sent.pop("context")["active_test"] is False
    assert sent == {"domain": [["id", ">", 3]], "order": "id", "limit": 10}
    assert request.headers["Authorization"] == "bearer k"
    assert request.headers["X-Odoo-Database"] == "mfg"


Open = Callable[[Response], Json2Transport]


@pytest.fixture
def open_transport(httpserver: HTTPServer) -> Iterator[Open]:
    """A transport that is logged in, and gets the answer given for everything else."""
    opened: list[Json2Transport] = []

    def transport(answer: Response) -> Json2Transport:
        httpserver.expect_request("/json/2/res.users/context_get").respond_with_json({})
        httpserver.expect_request("/json/2/maintenance.request/read").respond_with_response(answer)
        httpserver.expect_request("/json/2/maintenance.request/search").respond_with_response(answer)
        config = SourceConfig(
            url=httpserver.url_for("/"),
            username="mfgportal",
            api_key="k",
            database="mfg",
            options={"max_answer_mb": 1},
        )
        opened.append(Json2Transport(config, "19.0"))
        return opened[-1]

    yield transport
    for each in opened:
        each.close()
