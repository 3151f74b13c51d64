"""Odoo's many ways to say no, turned into our three: come again, ask a person, the schema changed.

Odoo answers errors with HTTP 200, so ``error.data.name`` decides, not the status.
"""

import http.client
import json
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.error import HTTPError, URLError

import httpx

from sync.errors import LoginRefused, SchemaDrift, SourceRefused, SourceUnavailable, SyncError

APPS = {
    "mrp": "Manufacturing",
    "maintenance": "Maintenance",
    "stock": "Inventory",
    "product": "Inventory",
    "hr": "Employees",
    "account": "Invoicing",
    "resource": "Manufacturing",
}
SHOWN = 300


class RowsGone(SourceUnavailable):
    """Rows were deleted between listing and reading them (Odoo 18 and older refuse the whole read)."""


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked of which Odoo, for messages."""

    url: str
    database: str
    username: str
    model: str = ""
    method: str = ""

    def __str__(self) -> str:
        return f"{self.model}.{self.method}" if self.model else "the log-in"


def login_refused(call: Call) -> LoginRefused:
    return LoginRefused(
        f"Odoo refused the log-in of '{call.username}' on database '{call.database}': "
        "check the password or API key on the Sources page (API keys expire after 90 days at most)."
    )


def database_unknown(call: Call) -> LoginRefused:
    return LoginRefused(
        f"Odoo at {call.url} has no database '{call.database}': correct its name on the Sources page."
    )


def _no_access(message: str, call: Call) -> SyncError:
    return SourceRefused(
        f"Odoo user '{call.username}' may not read {call.model}: give a group of this user read access "
        f"to {call.model} (Settings > Technical > Access Rights). Odoo says: {message}"
    )


def _user_error(message: str, call: Call) -> SyncError:
    missing = re.search(r"Object (\S+) doesn.t exist|the model '(\S+)' does not exist", message)
    if not missing:
        return SourceRefused(f"Odoo refused {call}: {message}")
    model = missing[1] or missing[2]
    app = APPS.get(model.partition(".")[0], f"that brings {model}")
    # The same words for all models of an app: they are one cause.
    return SourceRefused(f"Odoo lacks what is read here: install the app {app} there, or pause this stream.")


def _value_error(message: str, call: Call) -> SyncError:
    field = re.search(r"Invalid field '?(?:[\w.]*\.)?(\w+)'? (?:on|in)", message)
    if field:
        return SchemaDrift(call.model, [f"{field[1]}: expected, found no such field"])
    return _not_understood(message, call)


def _not_understood(message: str, call: Call) -> SyncError:
    return SourceRefused(f"This Odoo version does not understand {call}: {message}")


def _database_error(message: str, call: Call) -> SyncError:
    if re.search(r'database ".*" does not exist', message):
        return database_unknown(call)
    return SourceUnavailable(f"Odoo cannot reach its database now: {message}")


def _key_error(message: str, call: Call) -> SyncError:
    # Some versions look an unknown database up in a dictionary first.
    return database_unknown(call) if call.database in message else _not_understood(message, call)


def _not_found(message: str, call: Call) -> SyncError:
    return _user_error(message, call) if "the model" in message else _not_understood(message, call)


BY_NAME: dict[str, Callable[[str, Call], SyncError]] = {
    "odoo.exceptions.AccessDenied": lambda message, call: login_refused(call),
    "odoo.exceptions.AccessError": _no_access,
    "odoo.exceptions.MissingError": lambda message, call: RowsGone(f"{call.model}: {message}"),
    "odoo.exceptions.UserError": _user_error,
    "odoo.exceptions.ValidationError": _user_error,
    "builtins.ValueError": _value_error,
    "builtins.AttributeError": _not_understood,
    "builtins.TypeError": _not_understood,
    "builtins.KeyError": _key_error,
    "psycopg2.OperationalError": _database_error,
    "werkzeug.exceptions.Unauthorized": lambda message, call: login_refused(call),
    "werkzeug.exceptions.NotFound": _not_found,
}


def from_answer(info: Any, call: Call) -> SyncError:
    """Class an error Odoo answered. ``info`` is JSON-RPC's ``error``, or False for a refused log-in."""
    if not info:
        return login_refused(call)
    data = info.get("data") if isinstance(info, dict) else None
    if not isinstance(data, dict):
        return not_odoo(call)
    return _named(data, call)


def _named(data: Mapping[str, Any], call: Call) -> SyncError:
    message = " ".join(str(data.get("message", "")).split())[:SHOWN]
    named = BY_NAME.get(str(data.get("name", "")))
    return named(message, call) if named else SourceUnavailable(f"Odoo failed at {call}: {message}")


def from_json2(status: int, headers: httpx.Headers, content: bytes, call: Call) -> SyncError:
    """Class an error that JSON-2 answered: Odoo's own names its class; others come from something between."""
    try:
        data = json.loads(content)
    except ValueError:
        data = None
    if isinstance(data, dict) and "name" in data:
        return _named(data, call)
    if status == 404 and b"database" in content:
        return database_unknown(call)
    return _from_status(status, headers, call)


def not_odoo(call: Call) -> SourceUnavailable:
    return SourceUnavailable(
        f"{call.url} answered something that is not Odoo's JSON (a maintenance page?): "
        "if this lasts, check the address on the Sources page."
    )


def _from_status(status: int, headers: Message | httpx.Headers, call: Call) -> SyncError:
    if 300 <= status < 400:
        target = headers.get("Location", "another address")
        return SourceRefused(f"{call.url} sends us on to {target}: enter that address on the Sources page.")
    if status in (401, 403):
        return SourceRefused(f"A proxy in front of {call.url} refuses us (HTTP {status}): let us through it.")
    if status in (404, 405):
        return SourceRefused(
            f"There is no Odoo at {call.url} (HTTP {status}): check the address. "
            "From Odoo 22 on the account needs an API key."
        )
    asked = str(headers.get("Retry-After", ""))
    wait = float(asked) if asked.isdigit() else None
    return SourceUnavailable(f"Odoo at {call.url} is out of order (HTTP {status}).", retry_after=wait)


def _from_tls(error: ssl.SSLError, call: Call) -> SyncError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return SourceRefused(
            f"The certificate of {call.url} is not trusted ({error.verify_message}): "
            "renew it, or install its authority on this machine."
        )
    if "WRONG_VERSION_NUMBER" in str(error) or "HTTP_REQUEST" in str(error):
        return SourceRefused(f"{call.url} does not speak https: use http:// or the right port.")
    return SourceUnavailable(f"The secure connection to {call.url} failed: {error}")


def from_network(error: Exception, call: Call) -> SyncError:
    """Class what went wrong before Odoo could answer: network, TLS, proxy, or an unreadable answer."""
    cause = error.reason if isinstance(error, URLError) and not isinstance(error, HTTPError) else error
    match cause:
        case HTTPError():
            return _from_status(cause.code, cause.headers, call)
        case ssl.SSLError():
            return _from_tls(cause, call)
        case TimeoutError():
            return SourceUnavailable(f"Odoo at {call.url} did not answer {call} in time.")
        case http.client.IncompleteRead():
            return SourceUnavailable(f"The answer of {call.url} to {call} broke off.")
        case json.JSONDecodeError() | UnicodeDecodeError():
            return not_odoo(call)
        case OSError() | str() | http.client.HTTPException():
            return SourceUnavailable(f"Odoo at {call.url} cannot be reached: {cause}")
        case _:
            return not_odoo(call)
