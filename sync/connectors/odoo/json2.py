"""JSON-2, Odoo's API from version 19 on: a bearer key, named arguments, bare results, real HTTP statuses."""

import json
import re
from typing import Any
from urllib.parse import urljoin

import httpx

from sync.connectors.answers import bounded_body, network_fault
from sync.connectors.base import SourceConfig
from sync.connectors.odoo import faults
from sync.connectors.odoo.transport import CONTEXT

FIRST_VERSION = 19
# JSON-2 takes no positional arguments; these are the names Odoo gives them.
POSITIONAL = {
    "search": ("domain",),
    "search_count": ("domain",),
    "search_read": ("domain",),
    "read": ("ids",),
    "formatted_read_group": ("domain", "groupby", "aggregates"),
}


class Json2Transport:
    """Calls ``/json/2/<model>/<method>``.

    Options: ``timeout_s`` (60, per read), ``total_s`` (300, per answer), ``max_answer_mb`` (64).
    """

    def __init__(self, config: SourceConfig, version: str) -> None:
        self.version = version
        self._config = config
        options = config.options
        self._max_bytes = int(options.get("max_answer_mb", 64)) << 20
        self._total_s = float(options.get("total_s", 300))
        headers = {"Authorization": f"bearer {config.api_key}"}
        if config.database:
            headers["X-Odoo-Database"] = config.database
        way = config.outgoing.way(config.url)
        self._http = way.client(float(options.get("timeout_s", 60)), headers)
        try:
            self.call("res.users", "context_get")
        except BaseException:
            self._http.close()
            raise

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Run ``model.method`` with our fixed context; returns its result."""
        named = dict(zip(POSITIONAL.get(method, ()), args, strict=True))
        call = faults.Call(self._config.url, self._config.database, self._config.username, model, method)
        return self._answer(call, {**named, **kwargs, "context": CONTEXT})

    def close(self) -> None:
        self._http.close()

    def _answer(self, call: faults.Call, body: Any) -> Any:
        url = urljoin(self._config.url, f"/json/2/{call.model}/{call.method}")
        try:
            with self._http.stream("POST", url, json=body) as response:
                content = bounded_body(response, max_bytes=self._max_bytes, total_s=self._total_s)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise network_fault("Odoo", self._config.url, error) from error
        if response.is_success:
            return _json(content, call)
        raise faults.from_json2(response.status_code, response.headers, content, call)


def _json(content: bytes, call: faults.Call) -> Any:
    try:
        return json.loads(content)
    except ValueError as error:
        raise faults.not_odoo(call) from error


def offered_version(config: SourceConfig) -> str | None:
    """The server's version, if it is one that speaks JSON-2 (19 or newer) and shows it; else None.

    Raises:
        SourceUnavailable: it does not answer.
    """
    url = urljoin(config.url, "/web/version")
    try:
        timeout = float(config.options.get("timeout_s", 60))
        with config.outgoing.way(url).client(timeout) as http, http.stream("GET", url) as response:
            content = bounded_body(response, max_bytes=1 << 20, total_s=timeout)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise network_fault("Odoo", config.url, error) from error
    return _version(content) if response.is_success else None


def _version(content: bytes) -> str | None:
    try:
        version = str(json.loads(content)["version"])
    except (ValueError, KeyError, TypeError):
        return None
    major = re.search(r"\d+", version)  # Odoo Online says saas~19.1
    return version if major and int(major[0]) >= FIRST_VERSION else None
