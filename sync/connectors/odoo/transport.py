"""How calls reach Odoo: what a transport is, and JSON-RPC through odoorpc. JSON-2 is in ``json2.py``."""

import http.client
import logging
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import urlsplit

import odoorpc

from sync.connectors.base import SourceConfig
from sync.connectors.odoo import faults
from sync.connectors.odoo.opener import bounded_opener
from sync.errors import SourceRefused, SyncError

# odoorpc would log the password: it masks only a parameter of that name, and Odoo takes it by position.
logging.getLogger("odoorpc").setLevel(logging.WARNING)

CONTEXT = {"active_test": False, "tz": "UTC", "lang": "en_US"}
# What odoorpc lets through: OSError covers URLError, TLS and time-outs, ValueError JSON and Unicode;
# the last three are its own surprise at an answer that is JSON but not Odoo's.
FAILURES = (OSError, http.client.HTTPException, ValueError, KeyError, TypeError, AttributeError)


class Transport(Protocol):
    """A logged-in connection. ``call`` raises the classed errors of ``sync.errors``."""

    version: str

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any: ...

    def close(self) -> None: ...


class JsonRpcTransport:
    """odoorpc behind our errors, time-outs and limits.

    Options: ``timeout_s`` (60, per read), ``total_s`` (300, per answer), ``max_answer_mb`` (64).
    """

    def __init__(self, config: SourceConfig) -> None:
        self._config = config
        self._odoo: Any = self._guarded(self._connect, self._call("", ""))
        self._guarded(self._login, self._call("", ""))
        self.version = str(self._odoo.version)

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Run ``model.method`` with our fixed context; returns Odoo's ``result``."""
        return self._guarded(
            lambda: self._odoo.execute_kw(model, method, list(args), {**kwargs, "context": CONTEXT}),
            self._call(model, method),
        )

    def close(self) -> None:
        self._odoo.logout()

    def _connect(self) -> Any:
        url = urlsplit(self._config.url)
        if url.scheme not in ("http", "https") or not url.hostname:
            raise SourceRefused(f"'{self._config.url}' is no address: it starts with https:// or http://.")
        options = self._config.options
        opener = bounded_opener(
            self._config.outgoing.way(self._config.url),
            max_bytes=int(options.get("max_answer_mb", 64)) << 20,
            total_s=float(options.get("total_s", 300)),
        )
        return odoorpc.ODOO(
            url.hostname,
            protocol="jsonrpc+ssl" if url.scheme == "https" else "jsonrpc",
            port=url.port or (443 if url.scheme == "https" else 80),
            timeout=float(options.get("timeout_s", 60)),
            opener=opener,
        )

    def _login(self) -> None:
        config = self._config
        self._odoo.login(config.database, config.username, config.api_key or config.password)

    def _call(self, model: str, method: str) -> faults.Call:
        config = self._config
        return faults.Call(config.url, config.database, config.username, model, method)

    @staticmethod
    def _guarded(action: Any, call: faults.Call) -> Any:
        try:
            return action()
        except SyncError:
            raise
        except odoorpc.error.RPCError as error:
            raise faults.from_answer(error.info, call) from error
        except HTTPError as error:
            error.close()
            raise faults.from_network(error, call) from error
        except FAILURES as error:
            raise faults.from_network(error, call) from error
