"""Each way to sign in and to page, each answer an API may give."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from sync.connectors.base import Connector, Page, SourceConfig
from sync.connectors.budget import BudgetSpent
from sync.connectors.rest.connector import RestConnector
from sync.connectors.rest.requests import body_of, moment, params_of, path_of
from sync.errors import LoginRefused, SourcePaused, SourceRefused, SourceUnavailable, SyncError
from sync.sandbox import Request, Response
from sync.sandbox.wire import Server, as_json
from tests.sync.connectors.rest.lists import serving

Answer = Callable[[Request], Response]
ROWS = [{"id": number, "changed": 1_780_000_000 + number} for number in range(1, 8)]
LIST: dict[str, Any] = {
    "title": "Things",
    "model": "thing",
    "path": "/things",
    "rows": "data",
    "key": "{id}",
    "fields": {"id": "integer"},
}


class Scripted:
    """Answers with ``then``; keeps what was asked."""

    def __init__(self) -> None:
        self.then: Answer = lambda request: as_json({"data": ROWS})
        self.asked: list[Request] = []

    def answer(self, request: Request) -> Response:
        self.asked.append(request)
        return self.then(request)


@pytest.fixture
def api() -> Scripted:
    return Scripted()


@pytest.fixture
def server(api: Scripted) -> Iterator[Server]:
    with serving(api.answer) as running:
        yield running


def opened(server: Server, *, stream: dict[str, Any] | None = None, **more: Any) -> Connector:
    declaration = {"system": "Demo", "streams": {"things": {**LIST, **(stream or {})}}, **more}
    options = {"declaration": declaration, "max_wait_s": 0}
    config = SourceConfig(url=server.url, username="u", password="p", api_key="k", options=options)
    return RestConnector.of(options)(config)


def read(server: Server, cursor: dict[str, Any] | None = None, **more: Any) -> list[Page]:
    with closing(opened(server, **more)) as source:
        return list(source.read("things", cursor or {}))


def ids(pages: list[Page]) -> list[int]:
    return [row.payload["id"] for page in pages for row in page.rows]


# --- signing in


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ({"type": "header", "name": "X-Key"}, "x-key", "k"),
        ({"type": "header", "name": "X-Key", "value": "token {username}:{password}"}, "x-key", "token u:p"),
        ({"type": "bearer"}, "authorization", "Bearer k"),
        ({"type": "basic"}, "authorization", "Basic " + base64.b64encode(b"u:p").decode()),
    ],
)
def test_a_header_says_who_asks(
    api: Scripted, server: Server, auth: dict[str, Any], header: str, value: str
) -> None:
    read(server, auth=auth)
    assert api.asked[0].headers[header] == value


def test_a_parameter_says_who_asks(api: Scripted, server: Server) -> None:
    read(
        server,
        auth={"type": "query", "name": "key"},
        stream={"path": "/things?all=1", "params": {"a": [1, 2]}},
    )
    assert api.asked[0].query == {"all": "1", "a": "2", "key": "k"}


OAUTH = {"type": "oauth2", "token_url": "/token", "scope": "read"}
LOGIN = {
    "type": "login",
    "login": {
        "path": "/auth",
        "body": {"email": "{username}", "password": "{password}"},
        "answer": {"token": "result.token", "refresh": "result.again", "expires_at": "result.ends"},
    },
    "refresh": {"path": "/again", "body": {"with": "{refresh}"}, "answer": {"token": "result.token"}},
    "header": "Session-Token",
    "value": "{token}",
}


class Tokens:
    """An API that gives numbered tokens, of which the last one counts."""

    def __init__(self, api: Scripted, header: str, form: str, **more: Any) -> None:
        self.given, self.header, self.form, self.more, self.api = 0, header, form, more, api
        self.status = 401

    def __call__(self, request: Request) -> Response:
        if request.path in ("/token", "/auth", "/again"):
            self.given += 1
            token = f"t{self.given}"
            return as_json({"access_token": token, "result": {"token": token, **self.more}, **self.more})
        if request.headers.get(self.header) != self.form.format(self.given):
            return as_json({"message": "Token expired"}, self.status)
        return as_json({"data": ROWS})

    def signed_in(self) -> list[str]:
        return [request.path for request in self.api.asked if request.path != "/things"]


def test_oauth2_tokens_live_longer_than_a_connector(api: Scripted, server: Server) -> None:
    api.then = tokens = Tokens(api, "authorization", "Bearer t{}", expires_in=3600)
    for _ in range(2):
        assert ids(read(server, auth=OAUTH)) == [1, 2, 3, 4, 5, 6, 7]
    assert tokens.signed_in() == ["/token"]
    form = parse_qs(api.asked[0].body.decode())
    assert form == {"grant_type": ["client_credentials"], "scope": ["read"]}
    assert api.asked[0].headers["authorization"] == "Basic " + base64.b64encode(b"u:p").decode()
    tokens.given += 1  # revoked
    assert ids(read(server, auth=OAUTH)) == [1, 2, 3, 4, 5, 6, 7]
    assert tokens.signed_in() == ["/token", "/token"]


def test_a_short_token_is_renewed_before_it_ends(api: Scripted, server: Server) -> None:
    api.then = tokens = Tokens(api, "session-token", "t{}", again="r1", ends=1_800_000_001)
    with closing(opened(server, auth=LOGIN)) as source:
        list(source.read("things", {}))
    assert json.loads(api.asked[0].body) == {"email": "u", "password": "p"}
    assert tokens.signed_in() == ["/auth"]


def test_an_expired_sign_in_is_refreshed_once(api: Scripted, server: Server) -> None:
    api.then = tokens = Tokens(api, "session-token", "t{}", again="r1", ends="2099-01-01T00:00:00Z")
    tokens.status = 500
    errors = [{"status": [500], "says": "token EXPIRED", "means": "token_expired"}]
    read(server, auth=LOGIN, errors=errors)
    tokens.given += 1
    read(server, auth=LOGIN, errors=errors)
    assert tokens.signed_in() == ["/auth", "/auth"]


def test_a_wrong_password_is_asked_for_once(api: Scripted, server: Server) -> None:
    for status in (400, 401, 403):
        api.asked.clear()
        api.then = lambda request, status=status: as_json({"error": {"message": "No"}}, status)  # type: ignore[misc]
        with pytest.raises(LoginRefused, match=r"'u'.*Sources page. It says: .*No"):
            read(server, auth=LOGIN | {"header": f"h{status}"})
        assert len(api.asked) == 1


def test_a_token_that_never_counts_is_no_endless_loop(api: Scripted, server: Server) -> None:
    api.then = Tokens(api, "session-token", "never{}", again="r1")
    with pytest.raises(LoginRefused):
        read(server, auth=LOGIN | {"header": "other"})
    assert len(api.asked) == 4


# --- paging


def paged(
    take: Callable[[Request], Any], headers: Callable[[Request], dict[str, str]] | None = None
) -> Answer:
    return lambda request: replace(as_json(take(request)), headers=headers(request) if headers else {})


def by_offset(request: Request) -> Any:
    first = int(request.query["start"])
    return {"data": ROWS[first : first + 3]}


def by_cursor(request: Request) -> Any:
    first = int(request.query.get("c", 0))
    return {"data": ROWS[first : first + 3], "next": first + 3 if first + 3 < len(ROWS) else None}


def by_key(request: Request) -> Any:
    after = request.json().get("after", 0)
    return {"data": [row for row in ROWS if row["id"] > after][:3]}


def by_page(request: Request) -> Any:
    page = int(request.query["p"])
    return {"data": ROWS[page * 3 : page * 3 + 3], "last": page == 2}


@pytest.mark.parametrize(
    ("paging", "stream", "answer"),
    [
        ({"type": "offset", "size": 3}, {"params": {"start": "{offset}"}}, paged(by_offset)),
        ({"type": "cursor", "next": "next", "size": 3}, {"params": {"c": "{cursor}"}}, paged(by_cursor)),
        (
            {"type": "cursor", "header": "X-Next", "size": 3},
            {"params": {"c": "{cursor}"}},
            paged(by_cursor, lambda request: {"X-Next": str(by_cursor(request)["next"] or "")}),
        ),
        (
            {"type": "keyset", "last": "id", "size": 3},
            {"method": "POST", "body": {"after": "{after}", "size": "{size}"}},
            paged(by_key),
        ),
        (
            {"type": "page", "first": 0, "size": 3, "more": "!last"},
            {"params": {"p": "{page}"}},
            paged(by_page),
        ),
        (
            {"type": "link", "next": "link", "size": 3},
            {},
            paged(
                lambda request: {
                    "data": by_cursor(request)["data"],
                    "link": f"/things?c={found}" if (found := by_cursor(request)["next"]) else None,
                }
            ),
        ),
        (
            {"type": "link", "size": 3},
            {},
            paged(
                by_cursor,
                lambda request: (
                    {"Link": f'</things?c={found}>; rel="next"'}
                    if (found := by_cursor(request)["next"])
                    else {}
                ),
            ),
        ),
    ],
)
def test_a_way_to_page(
    api: Scripted, server: Server, paging: dict[str, Any], stream: dict[str, Any], answer: Answer
) -> None:
    api.then = answer
    whole = read(server, paging=paging, stream=stream)
    assert ids(whole) == [1, 2, 3, 4, 5, 6, 7]
    for position, page in enumerate(whole[:-1]):
        rest = read(server, json.loads(json.dumps(page.cursor)), paging=paging, stream=stream)
        assert ids(whole[: position + 1]) + ids(rest) == [1, 2, 3, 4, 5, 6, 7]


def test_rows_that_move_while_they_are_read_are_not_missed(api: Scripted, server: Server) -> None:
    rows = list(ROWS)

    def take(request: Request) -> Any:
        first = int(request.query["start"])
        found = rows[first : first + 3]
        if len(api.asked) == 1:
            rows.append(rows.pop(0))  # the first one was touched, and goes behind the others
        return {"data": found}

    api.then = paged(take)
    pages = read(server, paging={"type": "offset", "size": 3}, stream={"params": {"start": "{offset}"}})
    assert set(ids(pages)) == {1, 2, 3, 4, 5, 6, 7}


def test_pages_that_repeat_themselves_are_told(api: Scripted, server: Server) -> None:
    with pytest.raises(SourceRefused, match="the same rows"):
        read(server, paging={"type": "page", "size": 3}, stream={"params": {"p": "{page}"}})


def test_a_next_page_on_another_host_is_not_read(api: Scripted, server: Server) -> None:
    api.then = lambda request: as_json({"data": ROWS, "next": "https://evil.test/things"})
    with pytest.raises(SourceRefused, match="another host"):
        read(server, paging={"type": "link", "next": "next"})
    assert len(api.asked) == 1


def test_a_place_the_api_has_forgotten_begins_the_window_anew(api: Scripted, server: Server) -> None:
    api.then = lambda request: (
        as_json({"message": "Cursor expired"}, 400)
        if request.query.get("c") == "old"
        else as_json(by_cursor(request))
    )
    paging = {"type": "cursor", "next": "next", "size": 3}
    pages = read(server, {"page": {"cursor": "old"}}, paging=paging, stream={"params": {"c": "{cursor}"}})
    assert ids(pages) == [1, 2, 3, 4, 5, 6, 7]


# --- windows


CHANGED = {
    "updated_at": {"from": "changed", "as": "epoch_s"},
    "fields": {"id": "integer", "changed": "integer"},
    "params": {"since": "{since}"},
}


def test_a_window_reaches_back_by_its_overlap(api: Scripted, server: Server) -> None:
    stream = CHANGED | {"incremental": {"format": "epoch_s", "overlap_s": 60}}
    first = read(server, stream=stream)
    assert "since" not in api.asked[0].query
    assert first[-1].cursor == {"since": datetime.fromtimestamp(1_780_000_007, UTC).isoformat()}
    read(server, first[-1].cursor, stream=stream)
    assert api.asked[1].query["since"] == str(1_780_000_007 - 60)


def test_a_clock_ahead_does_not_close_the_window_for_good(api: Scripted, server: Server) -> None:
    api.then = lambda request: as_json({"data": [{"id": 1, "changed": 4_000_000_000}]})
    stream = CHANGED | {"incremental": {"format": "epoch_s"}}
    assert read(server, stream=stream)[-1].cursor == {
        "since": "2027-01-15T08:00:00+00:00"
    }  # the server's time


def test_rows_without_a_time_are_read_from_when_the_window_began(api: Scripted, server: Server) -> None:
    stream = {"incremental": {"format": "%Y-%m-%d"}, "params": {"since": "{since}"}}
    first = read(server, stream=stream)
    assert first[-1].cursor == {"since": "2027-01-15T08:00:00+00:00"}
    read(server, first[-1].cursor, stream=stream)
    assert api.asked[1].query["since"] == "2027-01-15"


def test_a_large_answer_comes_in_bounded_pages(api: Scripted, server: Server) -> None:
    api.then = lambda request: as_json({"data": [{"id": number} for number in range(2500)]})
    pages = read(server)
    assert [len(page.rows) for page in pages] == [1000, 1000, 500]
    assert [page.cursor for page in pages] == [{}, {}, {}]


# --- answers


@pytest.mark.parametrize(
    ("response", "kind", "said", "wait"),
    [
        (Response(429, b"", headers={"Retry-After": "7"}), SourcePaused, "in 7 s", 7),
        (Response(429, b"", headers={"X-Rate-Limit-Reset": "12"}), SourcePaused, "in 12 s", 12),
        (Response(429, b""), SourcePaused, "in 60 s", 60),
        (as_json({"message": "Too many requests"}, 403), SourcePaused, "in 90 s", 90),
        (as_json({"message": "Not yours"}, 403), SourceRefused, "right to. It says: Not yours", None),
        (as_json({"error": "boom"}, 500), SourceUnavailable, "HTTP 500.*boom", None),
        (Response(503, b"", headers={"Retry-After": "30"}), SourceUnavailable, "HTTP 503", 30),
        (Response(404, b"<h1>", "text/html"), SourceRefused, r"/things \(HTTP 404\)", None),
        (as_json({"errors": [{"message": "bad limit"}]}, 422), SourceRefused, "bad limit", None),
        (
            Response(302, b"", headers={"Location": "https://evil.test"}),
            SourceRefused,
            "another address",
            None,
        ),
        (as_json({"ok": False, "message": "Maintenance"}), SourceUnavailable, "Maintenance", None),
        (Response(200, b"<h1>Hello</h1>", "text/html"), SourceUnavailable, "not JSON", None),
        (Response(200, b'{"data": [', "application/json"), SourceUnavailable, "broke off", None),
        (as_json({"rows": []}), SyncError, "data: expected a list, found None", None),
        (as_json({"data": [{"name": "x"}]}), SyncError, "found a row without one", None),
        (as_json({"data": ["x"]}), SyncError, "found a row without one", None),
        (as_json(["x"]), SyncError, "data: expected a list", None),
    ],
)
def test_an_answer_and_what_it_means(
    api: Scripted, server: Server, response: Response, kind: type[SyncError], said: str, wait: float | None
) -> None:
    api.then = lambda request: response
    errors = [
        {"status": [403], "says": "too many requests", "means": "rate_limit", "wait_s": 90},
        {"when": "ok == `false`", "means": "unavailable"},
    ]
    with pytest.raises(kind, match=said) as raised:
        read(server, errors=errors)
    assert getattr(raised.value, "retry_after", None) == wait


def test_an_answer_without_end_is_cut(api: Scripted, server: Server) -> None:
    api.then = lambda request: as_json({"data": [{"id": 1, "text": "x" * 2_000_000}]})
    source = opened(server)
    small = type(source)(replace(source.config, options={**source.config.options, "max_answer_mb": 1}))
    with closing(source), closing(small), pytest.raises(SourceUnavailable, match="more than"):
        list(small.read("things", {}))


def test_requests_keep_to_the_budget(api: Scripted, server: Server) -> None:
    with closing(opened(server, limits={"per_minute": 2})) as source:
        for _ in range(2):
            list(source.read("things", {}))
        with pytest.raises(BudgetSpent):
            list(source.read("things", {}))
    assert len(api.asked) == 2


# --- templates of requests


def test_templates_leave_out_what_has_no_value() -> None:
    body = {
        "size": "{size}",
        "filters": [{"field": "updatedAt", "value": "{since}"}, {"field": "id", "value": "{after}"}],
        "text": "at {since}",
    }
    assert body_of(body, {"size": 5, "after": 3}) == {"size": 5, "filters": [{"field": "id", "value": 3}]}
    assert params_of({"a": ["x", "{no}"], "b": True}, {}) == [("a", "x"), ("b", "true")]


def test_values_in_a_path_stay_one_piece_of_it() -> None:
    assert path_of("/a/{parent.id}/b", {"parent": {"id": "../x?y=1"}}) == "/a/..%2Fx%3Fy%3D1/b"
    assert path_of("/a/{parent.id}/b", {"parent": {"id": ".."}}) == "/a/%2E%2E/b"
    with pytest.raises(SourceRefused, match="nothing to put in"):
        path_of("/a/{parent.id}", {})


def test_moments_as_apis_want_them() -> None:
    at = datetime(2026, 3, 1, 7, 15, tzinfo=UTC)
    assert moment(at, "iso", "UTC") == "2026-03-01T07:15:00Z"
    assert moment(at, "iso_ms", "UTC") == "2026-03-01T07:15:00.000Z"
    assert moment(at, "epoch_ms", "UTC") == int(at.timestamp()) * 1000
    assert moment(at, "%d.%m.%Y %H:%M", "Europe/Berlin") == "01.03.2026 08:15"
