"""HTTP to Atlas: log-in and its renewal, request budget, limits, errors."""

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from sync.connectors.answers import bounded_body, network_fault
from sync.connectors.atlas import faults
from sync.connectors.atlas.values import parsed
from sync.connectors.base import SourceConfig
from sync.connectors.budget import Allowance, Limit
from sync.errors import SourceUnavailable, SyncError

MINUTE_S, HOUR_S = 60.0, 3600.0
MARGIN_S = 60.0  # renew this long before a token ends
UNTOLD_S = 1500.0  # life of a token when Atlas does not say: it is 30 minutes by default


def allowance_of(config: SourceConfig) -> Allowance:
    """Atlas allows 100 requests a minute and 1,000 an hour per user, unless it is set otherwise."""
    options = config.options
    return Allowance(
        key=f"{config.url.rstrip('/')} {config.api_key or config.username}",
        title="Atlas",
        limits=(
            Limit(int(options.get("requests_per_minute", 90)), MINUTE_S),
            Limit(int(options.get("requests_per_hour", 900)), HOUR_S),
        ),
        max_wait_s=float(options.get("max_wait_s", 20)),
    )


class AtlasClient:
    """Calls Atlas with an API key (``x-api-key``) or with e-mail and password (JWT).

    Options: ``requests_per_minute`` (90), ``requests_per_hour`` (900), ``max_wait_s`` (20),
    ``timeout_s`` (30), ``total_s`` (120, per answer), ``max_answer_mb`` (64).
    """

    def __init__(self, config: SourceConfig) -> None:
        self.config = config
        self.base = config.url.rstrip("/")
        options = config.options
        self.budget = config.budgets(allowance_of(config))
        self._total_s = float(options.get("total_s", 120))
        self._max_bytes = int(options.get("max_answer_mb", 64)) << 20
        self._http = config.outgoing.way(config.url).client(timeout=float(options.get("timeout_s", 30)))
        self._api_found = self.base.endswith("/api")
        self._access = ""
        self._refresh = ""
        self._ends = 0.0
        self._server_now = datetime.now(UTC)

    def get(self, path: str, *, share: float = 1.0) -> Any:
        return self._authorised("GET", path, None, share)

    def post(self, path: str, body: Any, *, share: float = 1.0) -> Any:
        return self._authorised("POST", path, body, share)

    def close(self) -> None:
        self._http.close()
        self.budget.close()

    def _authorised(self, method: str, path: str, body: Any, share: float) -> Any:
        """Call; when the token is rejected, log in anew and call once more."""
        try:
            return self._call(method, path, body, share, self._headers())
        except faults.TokenRejected as rejected:
            if self.config.api_key:
                raise faults.login_refused(self.base, "the API key", str(rejected)) from rejected
        self._access = self._refresh = ""
        try:
            return self._call(method, path, body, share, self._headers())
        except faults.TokenRejected as rejected:
            raise faults.login_refused(self.base, self.config.username, str(rejected)) from rejected

    def _headers(self) -> dict[str, str]:
        if self.config.api_key:
            return {"x-api-key": self.config.api_key}
        if not self._access or time.monotonic() > self._ends:
            self._renew()
        return {"Authorization": f"Bearer {self._access}"}

    def _renew(self) -> None:
        """Refresh tokens count once and are rotated; when one fails, the password still works."""
        if self._refresh:
            body = {"refreshToken": self._refresh}
            self._refresh = ""
            try:
                return self._accept(self._call("POST", "/auth/refresh", body, 1.0, {}))
            except SourceUnavailable:
                raise
            except SyncError:
                pass
        body = {"email": self.config.username, "password": self.config.password, "type": "CLIENT"}
        try:
            return self._accept(self._call("POST", "/auth/signin", body, 1.0, {}))
        except SourceUnavailable:
            raise
        except SyncError as refused:
            raise faults.login_refused(self.base, self.config.username, str(refused)) from refused

    def _accept(self, answer: Any) -> None:
        tokens = faults.must_be(dict, answer, self.base)
        self._access = str(faults.must_be(str, tokens.get("accessToken"), self.base))
        self._refresh = str(tokens.get("refreshToken") or "")
        self._ends = time.monotonic() + self._life(tokens.get("expiresAt")) - MARGIN_S

    def _life(self, expires: Any) -> float:
        """Seconds the token lives, by the server's clock: ours may be off."""
        if isinstance(expires, int | float) and not isinstance(expires, bool):
            ends: datetime | None = datetime.fromtimestamp(expires / (1000 if expires > 1e11 else 1), UTC)
        else:
            ends = parsed(expires)
        return (ends - self._server_now).total_seconds() if ends else UNTOLD_S

    def _call(self, method: str, path: str, body: Any, share: float, headers: dict[str, str]) -> Any:
        """One request; behind Atlas's own nginx the API is under ``/api``, which is found by trying."""
        try:
            return self._request(method, path, body, share, headers)
        except faults.NotAtlas:
            if self._api_found:
                raise
        self._api_found = True
        direct, self.base = self.base, f"{self.base}/api"
        try:
            return self._request(method, path, body, share, headers)
        except SyncError:
            self._api_found, self.base = False, direct
            raise

    def _request(self, method: str, path: str, body: Any, share: float, headers: dict[str, str]) -> Any:
        self.budget.take(share)
        try:
            with self._http.stream(method, self.base + path, json=body, headers=headers) as response:
                content = bounded_body(response, max_bytes=self._max_bytes, total_s=self._total_s)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise network_fault("Atlas", self.base, error) from error
        self._server_now = _date_of(response)
        if not response.is_success:
            raise faults.from_status(self.base, path, response.status_code, content)
        return faults.json_of(self.base, content)


def _date_of(response: httpx.Response) -> datetime:
    try:
        return parsedate_to_datetime(response.headers["Date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return datetime.now(UTC)
