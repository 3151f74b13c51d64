"""JSON-RPC as Odoo 19 speaks it to odoorpc, JSON-2, and a page per record for links from the portal."""

from __future__ import annotations

from typing import Any

from sync.sandbox.factory import Factory
from sync.sandbox.odoo_api import OdooError, Orm
from sync.sandbox.odoo_json2 import API_KEY, Json2
from sync.sandbox.odoo_masters import DATABASE, LOGIN, PASSWORD
from sync.sandbox.wire import Request, Response, as_json, as_page

VERSION = {"server_version": "19.0", "server_version_info": [19, 0, 0, "final", 0, ""],
           "server_serie": "19.0",
           "protocol_version": 1}  # fmt: skip
CONTENT_TYPE = "application/json; charset=utf-8"
NO_DATABASE = 'connection to server at "127.0.0.1", port 5432 failed: FATAL:  database "{}" does not exist\n'

SECRETS = (PASSWORD, API_KEY)  # an API key works as the password, too


class OdooServer:
    """Answers requests from the factory's books, brought up to date first."""

    def __init__(self, factory: Factory) -> None:
        self.factory = factory
        self.orm = Orm(factory.odoo)
        users = factory.odoo["res.users"]
        self.uid = next(row_id for row_id in users.ids if users.get(row_id, "login") == LOGIN)
        self.json2 = Json2(self.orm, self.uid)

    def answer(self, request: Request) -> Response:
        with self.factory.lock:
            self.factory.tick()
            if request.method == "GET":
                return self._page(request.path)
            if request.path in ("/jsonrpc", "/web/webclient/version_info"):
                return self._rpc(request)
            if request.path.startswith("/json/2/"):
                return self.json2.answer(request)
        return Response(404, b"<!doctype html><title>404 Not Found</title><h1>Not Found</h1>", "text/html")

    def _rpc(self, request: Request) -> Response:
        try:
            call = request.json()
        except ValueError:
            return Response(
                400, b"<!doctype html><title>400 Bad Request</title><h1>Bad Request</h1>", "text/html"
            )
        envelope = {"jsonrpc": "2.0", "id": call.get("id")}
        try:
            versioned = request.path != "/jsonrpc"
            envelope["result"] = VERSION if versioned else self._dispatch(call.get("params") or {})
        except OdooError as error:
            envelope["error"] = _error(error)
        return as_json(envelope, content_type=CONTENT_TYPE)

    def _dispatch(self, params: dict[str, Any]) -> Any:
        service, method, args = params.get("service"), params.get("method"), params.get("args") or []
        if service == "common":
            return self._common(str(method), args)
        if service == "object" and method in ("execute", "execute_kw"):
            return self._object(args, named=method == "execute_kw")
        raise OdooError("builtins.KeyError", f"{service}.{method}")

    def _common(self, method: str, args: list[Any]) -> Any:
        if method == "version":
            return VERSION
        if method not in ("login", "authenticate") or len(args) < 3:
            raise OdooError("builtins.ValueError", f"Method not found: {method}")
        database, login, password = args[:3]
        _check_database(database)
        return self.uid if login == LOGIN and password in SECRETS else False

    def _object(self, args: list[Any], *, named: bool) -> Any:
        if len(args) < 5:
            raise OdooError("builtins.ValueError", "not enough values to unpack")
        database, uid, password, model, method, *rest = args
        _check_database(database)
        if uid != self.uid or password not in SECRETS:
            raise OdooError("odoo.exceptions.AccessDenied", "Access Denied")
        positional = rest[0] if named and rest else ([] if named else rest)
        keywords = rest[1] if named and len(rest) > 1 else {}
        return self.orm.call(uid, model, method, list(positional), keywords)

    def _page(self, path: str) -> Response:
        parts = path.strip("/").split("/")
        if path == "/web/health":
            return as_json({"status": "pass"})
        if path == "/web/version":
            return as_json({"version_info": VERSION["server_version_info"], "version": "19.0"})
        if (
            len(parts) == 3
            and parts[0] == "odoo"
            and parts[1] in self.factory.odoo.tables
            and parts[2].isdigit()
        ):
            rows = self.orm.call(
                self.uid, parts[1], "read", [[int(parts[2])], list(_shown(self.factory, parts[1]))], {}
            )
            if rows:
                return as_page(self.factory.odoo.label(parts[1], int(parts[2])), rows[0])
        return Response(
            404, b"<!doctype html><title>404</title><h1>404 Not Found</h1>", "text/html; charset=utf-8"
        )


def _shown(factory: Factory, model: str) -> list[str]:
    return list(factory.odoo[model].columns)


def _check_database(name: str) -> None:
    if name != DATABASE:
        raise OdooError("psycopg2.OperationalError", NO_DATABASE.format(name))


def _error(error: OdooError) -> dict[str, Any]:
    debug = "Traceback (most recent call last):\n" if not error.name.endswith("AccessDenied") else ""
    return {
        "code": 0,
        "message": "Odoo Server Error",
        "data": {
            "name": error.name, "message": error.message, "arguments": [error.message], "context": {},
            "debug": f"{debug}{error.name}: {error.message}\n",
        },
    }  # fmt: skip
