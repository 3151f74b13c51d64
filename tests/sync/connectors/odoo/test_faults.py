"""Every way a real Odoo says no is classed, and its message names the cure."""

import http.client
import json
import ssl
from contextlib import closing
from dataclasses import replace
from email.message import Message
from typing import Any
from urllib.error import HTTPError, URLError

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sync.connectors.base import SourceConfig
from sync.connectors.odoo import faults
from sync.connectors.odoo.api import OdooApi
from sync.connectors.odoo.connector import OdooConnector
from sync.errors import LoginRefused, SchemaDrift, SourceRefused, SourceUnavailable, SyncError
from tests.sync.connectors.odoo.recorded import CALL, RecordedOdoo, recorded_errors

ERRORS = recorded_errors()


@pytest.mark.parametrize(
    ("recorded", "kind", "says"),
    [
        ("err_access_model", SourceRefused, "read access to mrp.workcenter"),
        ("err_access_rule", SourceRefused, "may not read"),
        ("err_access_field", SourceRefused, "birthday"),
        ("err_private_method", SourceRefused, "Private methods"),
        ("err_unknown_method", SourceRefused, "does not understand"),
        ("err_unknown_model", SourceRefused, "install the app"),
        ("err_unknown_field_read", SchemaDrift, "nope_field: expected, found no such field"),
        ("err_unknown_field_domain", SchemaDrift, "nope_field: expected, found no such field"),
        ("err_bad_order", SchemaDrift, "nope: expected, found no such field"),
        ("err_bad_domain", SourceRefused, "does not understand"),
        ("err_bad_kwarg", SourceRefused, "does not understand"),
        ("wrong_database", LoginRefused, "has no database 'mfg'"),
        (
            "err_password_changed_after_login",
            LoginRefused,
            "check the password or API key on the Sources page",
        ),
        ("err_missing_write", faults.RowsGone, "does not exist"),
        ("err_validation_required", SourceRefused, "Missing required value"),
        ("err_usererror", SourceRefused, "equipment category"),
    ],
)
def test_recorded_errors(recorded: str, kind: type[SyncError], says: str) -> None:
    found = faults.from_answer(ERRORS[recorded], CALL)
    assert type(found) is kind
    assert says in str(found)


def test_a_missing_app_is_named() -> None:
    data = {"name": "odoo.exceptions.UserError", "message": "Object maintenance.request doesn't exist"}
    assert "install the app Maintenance" in str(faults.from_answer({"data": data}, CALL))


@pytest.mark.parametrize(
    ("info", "kind"),
    [
        (False, SourceRefused),
        ({"data": {"name": "builtins.KeyError", "message": "'mfg'"}}, SourceRefused),
        ({"data": {"name": "psycopg2.OperationalError", "message": "too many clients"}}, SourceUnavailable),
        ({"data": {"name": "psycopg2.errors.SerializationFailure", "message": ""}}, SourceUnavailable),
        ({"message": "Odoo Session Expired"}, SourceUnavailable),
        ("nonsense", SourceUnavailable),
    ],
)
def test_other_answers(info: Any, kind: type[SyncError]) -> None:
    assert isinstance(faults.from_answer(info, CALL), kind)


def status(code: int, **headers: str) -> HTTPError:
    message = Message()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return HTTPError(CALL.url, code, "", message, None)


def untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError("certificate verify failed")
    error.verify_message = "self-signed certificate"
    return error


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        (URLError(ConnectionRefusedError(111, "Connection refused")), SourceUnavailable, "cannot be reached"),
        (URLError("unknown url type"), SourceUnavailable, "cannot be reached"),
        (URLError(TimeoutError("timed out")), SourceUnavailable, "in time"),
        (TimeoutError("timed out"), SourceUnavailable, "in time"),
        (URLError(untrusted()), SourceRefused, "self-signed certificate"),
        (URLError(ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]")), SourceRefused, "does not speak https"),
        (ssl.SSLEOFError(8, "EOF"), SourceUnavailable, "secure connection"),
        (json.JSONDecodeError("Expecting value", "<html>", 0), SourceUnavailable, "not Odoo's JSON"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), SourceUnavailable, "not Odoo's JSON"),
        (KeyError("result"), SourceUnavailable, "not Odoo's JSON"),
        (http.client.RemoteDisconnected("closed"), SourceUnavailable, "cannot be reached"),
        (http.client.IncompleteRead(b"", 9), SourceUnavailable, "broke off"),
        (ConnectionResetError(104, "reset"), SourceUnavailable, "cannot be reached"),
        (status(502), SourceUnavailable, "502"),
        (status(403), SourceRefused, "proxy"),
        (status(404), SourceRefused, "no Odoo at"),
        (status(301, Location="https://erp.example.com"), SourceRefused, "https://erp.example.com"),
    ],
)
def test_network_errors(error: Exception, kind: type[SyncError], says: str) -> None:
    found = faults.from_network(error, CALL)
    assert type(found) is kind
    assert says in str(found)


def test_the_wait_that_was_asked_for_is_kept() -> None:
    found = faults.from_network(status(503, Retry_After="17"), CALL)
    assert isinstance(found, SourceUnavailable)
    assert found.retry_after == 17


@pytest.fixture
def config(httpserver: HTTPServer) -> SourceConfig:
    return SourceConfig(
        url=httpserver.url_for("/").rstrip("/"), username="mfgportal", password="secret-word", database="mfg"
    )


def refuse(config: SourceConfig) -> SyncError:
    with closing(OdooConnector(config)) as connector, pytest.raises(SyncError) as caught:
        connector.check()
    return caught.value


def test_a_redirect_is_not_followed(httpserver: HTTPServer, config: SourceConfig) -> None:
    elsewhere = {"Location": "https://erp.example.com/"}
    httpserver.expect_request("/web/webclient/version_info").respond_with_data("", 301, elsewhere)
    assert "https://erp.example.com/" in str(refuse(config))


def test_a_huge_answer_is_cut(httpserver: HTTPServer, config: SourceConfig) -> None:
    httpserver.expect_request("/web/webclient/version_info").respond_with_data("x" * (2 << 20))
    found = refuse(replace(config, options={"max_answer_mb": 1}))
    assert isinstance(found, SourceUnavailable)
    assert "larger than" in str(found)


def test_a_slow_answer_ends(httpserver: HTTPServer, config: SourceConfig) -> None:
    def drip(request: Request) -> Response:
        return Response((b" " * 70_000 for _ in range(50)), headers={"X-Slow": "1"})

    httpserver.expect_request("/web/webclient/version_info").respond_with_handler(drip)
    assert "in time" in str(refuse(replace(config, options={"total_s": 0})))


@pytest.mark.parametrize("body", ["[1, 2]", '"text"', "{}", "12", "null"])
def test_json_of_something_else(httpserver: HTTPServer, config: SourceConfig, body: str) -> None:
    httpserver.expect_request("/web/webclient/version_info").respond_with_data(body)
    assert isinstance(refuse(config), SourceUnavailable)


@pytest.mark.parametrize("url", ["", "odoo.example.com", "ftp://odoo.example.com", "https://"])
def test_no_address(config: SourceConfig, url: str) -> None:
    assert "starts with https://" in str(refuse(replace(config, url=url)))


def test_the_password_is_never_in_a_message(httpserver: HTTPServer, config: SourceConfig) -> None:
    version = {"jsonrpc": "2.0", "id": 1, "result": {"server_version": "19.0"}}
    httpserver.expect_request("/web/webclient/version_info").respond_with_json(version)
    httpserver.expect_request("/jsonrpc").respond_with_json({"jsonrpc": "2.0", "id": 2, "result": False})
    found = refuse(config)
    assert "refused the log-in of 'mfgportal' on database 'mfg'" in str(found)
    assert "secret-word" not in f"{found} {config!r}"


class OldOdoo(RecordedOdoo):
    """Odoo 18 and older refuse a read when one of its rows is gone."""

    def _read(self, model: str, ids: list[int], *, fields: list[str]) -> Any:
        if not set(ids) <= set(self.records[model]):
            raise faults.RowsGone("gone")
        return super()._read(model, ids, fields=fields)


def test_a_deleted_row_does_not_stop_the_read_of_the_others() -> None:
    found = OdooApi(OldOdoo()).rows("mrp.workcenter", [1, 2, 99], ["name"])
    assert [row["id"] for row in found] == [1, 2]


def test_no_visible_requests_hint_at_record_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    odoo = RecordedOdoo()
    odoo.records["maintenance.request"].clear()
    del odoo.fields["hr.employee.public"]
    monkeypatch.setattr("sync.connectors.odoo.connector.JsonRpcTransport", lambda config: odoo)
    check = OdooConnector(SourceConfig(url="https://odoo.example.com")).check()
    assert check.version == "Odoo 19.0"
    assert check.visible["requests"] == 0
    hints = "\n".join(check.warnings)
    assert "record rule [(1, '=', 1)] for reading maintenance.request" in hints
    assert "install the app Employees" in hints


@pytest.mark.parametrize(
    ("options", "url"),
    [
        ({}, "https://odoo.example.com/odoo/mrp.workcenter/12"),
        ({"version": 17}, "https://odoo.example.com/web#id=12&model=mrp.workcenter&view_type=form"),
    ],
)
def test_links_into_odoo(options: dict[str, int], url: str) -> None:
    config = SourceConfig(url="https://odoo.example.com/", options=options)
    assert OdooConnector.record_url(config, "mrp.workcenter/12") == url
