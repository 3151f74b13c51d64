"""JSON-2 as Odoo 19 speaks it: a bearer key, named arguments, real HTTP statuses."""

from __future__ import annotations

from typing import Any

from sync.sandbox.odoo_api import OdooError, Orm
from sync.sandbox.odoo_masters import DATABASE
from sync.sandbox.wire import Request, Response, as_json

API_KEY = "sandbox-odoo-key"
STATUS = {
    "werkzeug.exceptions.Unauthorized": 401,
    "werkzeug.exceptions.BadRequest": 400,
    "werkzeug.exceptions.NotFound": 404,
    "odoo.exceptions.AccessError": 403,
    "odoo.exceptions.MissingError": 404,
    "odoo.exceptions.UserError": 422,
    "odoo.exceptions.ValidationError": 422,
}
OTHER_DATABASE = (
    b"<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>No database is selected and the "
    b"requested URL was not found in the server-wide controllers.</p>\n"
)


class Json2:
    """Answers ``POST /json/2/<model>/<method>``."""

    def __init__(self, orm: Orm, uid: int) -> None:
        self.orm = orm
        self.uid = uid

    def answer(self, request: Request) -> Response:
        if request.headers.get("x-odoo-database", DATABASE) != DATABASE:
            return Response(404, OTHER_DATABASE, "text/html; charset=utf-8")
        try:
            _check_key(request)
            return as_json(self._call(request))
        except OdooError as error:
            return as_json(_error(error), status=STATUS.get(error.name, 500))

    def _call(self, request: Request) -> Any:
        model, _, method = request.path.removeprefix("/json/2/").partition("/")
        if not method or "/" in method:
            raise OdooError("werkzeug.exceptions.NotFound", "Did you mean POST /json/2/<model>/<method>?")
        named = _body(request)
        try:
            return self.orm.call(self.uid, model, method, [], named)
        except OdooError as error:
            raise _as_json2(error, model, method) from error


def _check_key(request: Request) -> None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise OdooError(
            "werkzeug.exceptions.Unauthorized",
            "User not authenticated, use an API Key with a Bearer Authorization header.",
        )
    if key != API_KEY:
        raise OdooError("werkzeug.exceptions.Unauthorized", "Invalid apikey")


def _body(request: Request) -> dict[str, Any]:
    try:
        found = request.json()
    except ValueError as error:
        raise OdooError(
            "werkzeug.exceptions.BadRequest", f"could not parse the body as json: {error}"
        ) from error
    return found if isinstance(found, dict) else {}


def _as_json2(error: OdooError, model: str, method: str) -> OdooError:
    """What JSON-2 says in other words than JSON-RPC."""
    if error.name == "odoo.exceptions.UserError" and "doesn't exist" in error.message:
        return OdooError("werkzeug.exceptions.NotFound", f"the model '{model}' does not exist")
    if error.name == "builtins.AttributeError":
        return OdooError("werkzeug.exceptions.NotFound", f"The method '{model}.{method}' does not exist")
    return error


def _error(error: OdooError) -> dict[str, Any]:
    debug = f"Traceback (most recent call last):\n{error.name}: {error.message}\n"
    return {
        "name": error.name, "message": error.message, "arguments": [error.message], "context": {},
        "debug": debug,
    }  # fmt: skip
