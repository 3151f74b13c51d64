"""HTTP to a declared API: who asks, how often it may, how long an answer may take, and what it means."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

import httpx

from sync.connectors.answers import bounded_body, network_fault
from sync.connectors.base import SourceConfig
from sync.connectors.budget import Allowance, Limit
from sync.connectors.rest import faults, tokens
from sync.connectors.rest.declaration import RestDeclaration
from sync.connectors.rest.paging import same_host
from sync.connectors.rest.requests import Params, headers_of
from sync.connectors.rest.signing import Signer
from sync.errors import SourceRefused


@dataclass(frozen=True, slots=True)
class Answer:
    """``at``: the server's time when it answered."""

    body: Any
    headers: httpx.Headers
    at: datetime


def allowance_of(declaration: RestDeclaration, config: SourceConfig) -> Allowance:
    """What is declared; ``requests_per_minute`` and ``requests_per_hour`` of the source go before it."""
    limits, options = declaration.limits, config.options
    per_minute = options.get("requests_per_minute", limits.per_minute)
    per_hour = options.get("requests_per_hour", limits.per_hour)
    given = ((limits.per_second, 1.0), (per_minute, 60.0), (per_hour, 3600.0))
    return Allowance(
        key=f"{config.url.rstrip('/')} {config.api_key or config.username}",
        title=declaration.system,
        limits=tuple(Limit(int(requests), per_s) for requests, per_s in given if requests),
        max_wait_s=float(options.get("max_wait_s", limits.max_wait_s)),
    )


class Api:
    """Calls one source.

    Options: ``requests_per_minute``, ``requests_per_hour``, ``max_wait_s``, ``timeout_s``, ``total_s``,
    ``max_answer_mb`` (64), and those the declaration names.
    """

    def __init__(self, declaration: RestDeclaration, config: SourceConfig) -> None:
        self.declaration, self.config = declaration, config
        self.base = config.url.rstrip("/")
        options = config.options
        self.options = {name: options.get(name, value) for name, value in declaration.options.items()}
        self.faults = faults.Faults(declaration, self.base, config.username)
        self._budget = config.budgets(allowance_of(declaration, config))
        self._total_s = float(options.get("total_s", declaration.total_s))
        self._max_bytes = int(options.get("max_answer_mb", 64)) << 20
        timeout = httpx.Timeout(float(options.get("timeout_s", declaration.timeout_s)))
        self._http = config.outgoing.way(self.base, self._token_url).client(timeout)
        self._headers = headers_of(declaration.headers, {"option": self.options})
        self._signer = Signer(declaration.auth, config, self.base, self._send)

    def call(self, method: str, path: str, params: Params, body: Any = None, share: float = 1.0) -> Answer:
        """Ask; when the token is rejected, sign in anew and ask once more.

        Args:
            path: below the source's address, or an address of the same host found in an answer.
            share: part of the request budget this caller may use up.

        Raises:
            SourceUnavailable, SourceRefused: see ``Faults``.
        """
        try:
            try:
                return self._signed(method, path, params, body, share)
            except faults.TokenRejected:
                if not self._signer.renewable:
                    raise
                self._signer.forget()
            return self._signed(method, path, params, body, share)
        except (faults.TokenRejected, faults.SignInRefused) as rejected:
            raise self.faults.login_refused(str(rejected)) from rejected

    def _signed(self, method: str, path: str, params: Params, body: Any, share: float) -> Answer:
        signature = self._signer.signature()
        given = [*params, *signature.params]
        return self._send(method, path, given, body, signature.headers, share=share)

    def _send(
        self,
        method: str,
        path: str,
        params: Params,
        body: Any,
        headers: Mapping[str, str],
        *,
        share: float = 1.0,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request, taken from the budget."""
        self._budget.take(share)
        given = {"Accept": "application/json", **self._headers, **headers}
        try:
            url = self._url(path, params)
            request = self._http.build_request(method, url, json=body, data=form, headers=given)
            response = self._http.send(request, stream=True)
            try:
                content = bounded_body(response, max_bytes=self._max_bytes, total_s=self._total_s)
            finally:
                response.close()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise network_fault(self.declaration.system, self.base, error) from error
        return self._answer(path, response, content)

    def _url(self, path: str, params: Params) -> httpx.URL:
        if path.startswith("/") and not path.startswith("//"):
            url = httpx.URL(self.base + path)
        elif same_host(self.base, path) or path == self._token_url:
            url = httpx.URL(urljoin(f"{self.base}/", path))
        else:
            raise SourceRefused(f"{self.declaration.system} sends us on to another host: {path:.100}")
        query = [*url.params.multi_items(), *params]
        return url.copy_with(params=httpx.QueryParams(tuple(query))) if params else url

    @property
    def _token_url(self) -> str:
        return str(getattr(self.declaration.auth, "token_url", ""))

    def _answer(self, path: str, response: httpx.Response, content: bytes) -> Answer:
        try:
            body = faults.body_of(content)
        except ValueError as error:
            wrong = self.faults.of(path, response, None, content)
            raise (wrong or faults.unreadable(self.base, content)) from error
        wrong = self.faults.of(path, response, body, content)
        if wrong is not None:
            raise wrong
        return Answer(body, response.headers, tokens.clock(response.headers.get("Date", "")))

    def close(self) -> None:
        self._http.close()
        self._budget.close()
