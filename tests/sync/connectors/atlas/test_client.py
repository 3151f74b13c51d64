"""Log-in, renewal and errors over real HTTP."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import httpx
import pytest
from werkzeug import Request, Response

from sync.connectors.answers import network_fault
from sync.connectors.atlas import faults
from sync.connectors.atlas.client import AtlasClient
from sync.connectors.atlas.connector import AtlasConnector
from sync.connectors.base import SourceConfig
from sync.errors import SchemaDrift, SourceRefused, SourceUnavailable, SyncError
from tests.sync.connectors.atlas.fake import FakeAtlas, as_json

EXPIRED = {"success": False, "message": "Expired or invalid JWT token"}


@pytest.fixture
def client(atlas: FakeAtlas) -> Iterator[AtlasClient]:
    with closing(AtlasClient(atlas.config)) as opened:
        yield opened


def pass_on(request: Request) -> Response | None:
    return None


def refuse(config: SourceConfig) -> SyncError:
    with closing(AtlasConnector(config)) as connector, pytest.raises(SyncError) as caught:
        connector.check()
    return caught.value


def test_it_logs_in_once(atlas: FakeAtlas, client: AtlasClient) -> None:
    client.get("/locations/mini")
    client.get("/locations/mini")
    assert atlas.paths == ["/auth/signin", "/locations/mini", "/locations/mini"]
    body = json.loads(atlas.requests[0].get_data())
    assert body == {"email": "sync@mfgportal.example", "password": "secret-word", "type": "CLIENT"}
    assert atlas.requests[1].headers["Authorization"] == "Bearer access-1"


def test_it_renews_before_the_token_ends_and_takes_the_new_refresh_token(
    atlas: FakeAtlas, client: AtlasClient
) -> None:
    atlas.tokens |= {"expiresAt": "2020-01-01T00:00:00.000+00:00"}
    client.get("/locations/mini")
    atlas.tokens |= {"refreshToken": "refresh-2"}
    client.get("/locations/mini")
    client.get("/locations/mini")
    renewals = [json.loads(one.get_data()) for one in atlas.requests if one.path == "/auth/refresh"]
    assert renewals == [{"refreshToken": "refresh-1"}, {"refreshToken": "refresh-2"}]


def test_a_refresh_token_that_fails_leads_to_a_log_in(atlas: FakeAtlas, client: AtlasClient) -> None:
    atlas.tokens |= {"expiresAt": 1_600_000_000_000}
    client.get("/locations/mini")
    atlas.answers = [lambda request: as_json({"message": "Invalid refresh token"}, 401)]
    client.get("/locations/mini")
    assert atlas.paths[2:] == ["/auth/refresh", "/auth/signin", "/locations/mini"]


def test_a_server_that_tells_no_end_is_trusted_for_a_while(atlas: FakeAtlas, client: AtlasClient) -> None:
    atlas.tokens = {"accessToken": "access-1"}
    client.get("/locations/mini")
    client.get("/locations/mini")
    assert atlas.paths.count("/auth/signin") == 1


@pytest.mark.parametrize(("status", "body"), [(500, EXPIRED), (401, {"message": "User account is disabled"})])
def test_a_rejected_token_is_replaced_once(
    atlas: FakeAtlas, client: AtlasClient, status: int, body: dict[str, object]
) -> None:
    atlas.answers = [pass_on, lambda request: as_json(body, status)]
    client.get("/locations/mini")
    assert atlas.paths == ["/auth/signin", "/locations/mini"] * 2
    atlas.answers = [lambda request: as_json(body, status), pass_on, lambda request: as_json(body, status)]
    with pytest.raises(SourceRefused, match="Sources page"):
        client.get("/locations/mini")


def test_an_api_key_is_sent_as_it_is(atlas: FakeAtlas) -> None:
    with closing(AtlasClient(replace(atlas.config, api_key="key-1"))) as client:
        client.get("/locations/mini")
    assert atlas.paths == ["/locations/mini"]
    assert atlas.requests[0].headers["x-api-key"] == "key-1"


def test_a_revoked_api_key_is_refused(atlas: FakeAtlas) -> None:
    atlas.answers = [lambda request: as_json({"message": "API key revoked"}, 401)]
    found = refuse(replace(atlas.config, api_key="key-1"))
    assert isinstance(found, SourceRefused)
    assert "API key" in str(found)
    assert "key-1" not in str(found)


def test_an_unlicensed_or_unknown_api_key_names_both_cures(atlas: FakeAtlas) -> None:
    atlas.answers = [lambda request: as_json({"success": False, "message": "Access denied"}, 403)]
    found = refuse(replace(atlas.config, api_key="key-1"))
    assert isinstance(found, SourceRefused)
    assert "licence" in str(found)
    assert "Administrator" in str(found)


def test_the_password_is_in_no_message(atlas: FakeAtlas) -> None:
    atlas.answers = [lambda request: as_json({"success": False, "message": "Invalid credentials"}, 403)]
    found = refuse(atlas.config)
    assert "refused the log-in of 'sync@mfgportal.example'" in str(found)
    assert "secret-word" not in f"{found} {atlas.config!r}"


def test_the_api_behind_the_user_interface_is_found(atlas: FakeAtlas, client: AtlasClient) -> None:
    def nginx(request: Request) -> Response | None:
        if not request.path.startswith("/api/"):
            return Response("<!doctype html><div id=root>", 200, mimetype="text/html")
        return as_json(atlas.tokens) if request.path == "/api/auth/signin" else as_json([])

    atlas.answers = [nginx] * 4
    client.get("/locations/mini")
    client.get("/locations/mini")
    assert atlas.paths == ["/auth/signin", "/api/auth/signin", "/api/locations/mini", "/api/locations/mini"]


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        (429, {"error": "Rate limit exceeded", "message": "m"}, SourceUnavailable, "RATE_LIMIT"),
        (400, {"message": "Invalid search field: barCode"}, SchemaDrift, "barCode"),
        (406, {"message": "Not acceptable"}, SourceRefused, "Not acceptable"),
        (404, {"message": "Not found"}, faults.NotThere, "Not found"),
        (500, {"message": "Something went wrong"}, SourceUnavailable, "Something went wrong"),
        (302, {}, SourceRefused, "another address"),
    ],
)
def test_errors(
    atlas: FakeAtlas,
    client: AtlasClient,
    status: int,
    body: dict[str, object],
    kind: type[SyncError],
    says: str,
) -> None:
    atlas.answers = [pass_on, lambda request: as_json(body, status)]
    with pytest.raises(kind, match=says) as caught:
        client.post("/assets/search", {})
    if status == 429:
        assert getattr(caught.value, "retry_after", None) == 60


@pytest.mark.parametrize("content", ['{"content": [', "[1, 2", ""])
def test_half_an_answer(atlas: FakeAtlas, client: AtlasClient, content: str) -> None:
    atlas.answers = [pass_on, *[lambda request: Response(content, 200)] * 2]
    with pytest.raises(SourceUnavailable):
        client.get("/locations/mini")


def test_a_huge_answer_is_cut(atlas: FakeAtlas) -> None:
    options = {**atlas.config.options, "max_answer_mb": 1}
    atlas.answers = [lambda request: Response("x" * (2 << 20), 200)]
    assert "more than" in str(refuse(replace(atlas.config, options=options)))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.UnsupportedProtocol("no scheme"), SourceRefused),
        (httpx.InvalidURL("bad"), SourceRefused),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"), SourceRefused),
        (httpx.ReadTimeout("slow"), SourceUnavailable),
        (httpx.RemoteProtocolError("peer closed"), SourceUnavailable),
        (httpx.ConnectError("refused"), SourceUnavailable),
    ],
)
def test_network_errors(error: Exception, kind: type[SyncError]) -> None:
    assert type(network_fault("Atlas", "https://atlas.example.com", error)) is kind


def test_no_address(atlas: FakeAtlas) -> None:
    assert "starts with https://" in str(refuse(replace(atlas.config, url="atlas.example.com")))
