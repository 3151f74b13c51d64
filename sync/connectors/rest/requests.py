"""Templates of requests, filled. What has no value is left out, and with it the list item that needs it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sync.connectors.declared.expressions import PLACEHOLDER, Scope, filled, filled_text, find, plain_text
from sync.errors import SourceRefused

ISO = {"iso": "seconds", "iso_ms": "milliseconds", "iso_us": "microseconds"}
Params = list[tuple[str, str]]


def path_of(template: str, scope: Scope) -> str:
    """The path, each value quoted so that it stays one piece of it."""

    def piece(expression: str) -> str:
        text = plain_text(find(expression, scope))
        if not text:
            raise SourceRefused(f"{template}: nothing to put in for {expression}")
        return quote(text, safe="") if text.strip(".") else text.replace(".", "%2E")

    return PLACEHOLDER.sub(lambda found: piece(found.group(1)), template)


def params_of(params: Mapping[str, Any], scope: Scope) -> Params:
    """Names and texts; a list repeats its name."""
    found: Params = []
    for name, given in params.items():
        for one in given if isinstance(given, list) else [given]:
            value = filled(one, scope) if isinstance(one, str) else one
            found += [(name, text) for text in [plain_text(value)] if text is not None]
    return found


def headers_of(headers: Mapping[str, str], scope: Scope) -> dict[str, str]:
    given = {name: filled_text(template, scope) for name, template in headers.items()}
    return {name: value for name, value in given.items() if value}


class Lacking(Exception):
    """A part of a body has no value."""


def body_of(template: Any, scope: Scope) -> Any:
    """The body. An object loses what has no value; an object in a list goes out of it whole."""
    if isinstance(template, dict):
        return _object(template, scope, whole=False)
    return _value(template, scope)


def _object(template: Mapping[str, Any], scope: Scope, *, whole: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, part in template.items():
        try:
            found[name] = _value(part, scope)
        except Lacking:
            if whole:
                raise
    return found


def _value(part: Any, scope: Scope) -> Any:
    if isinstance(part, dict):
        return _object(part, scope, whole=False)
    if isinstance(part, list):
        return [one for item in part for one in _items(item, scope)]
    if not isinstance(part, str):
        return part
    value = filled(part, scope)
    if value is None:
        raise Lacking(part)
    return value


def _items(item: Any, scope: Scope) -> list[Any]:
    try:
        return [_object(item, scope, whole=True) if isinstance(item, dict) else _value(item, scope)]
    except Lacking:
        return []


def moment(at: datetime, form: str, zone: str) -> str | int:
    """A moment as an API wants it: ``iso``, ``iso_ms``, ``iso_us``, ``epoch_s``, ``epoch_ms``, a pattern."""
    if form in ISO:
        return at.isoformat(timespec=ISO[form]).replace("+00:00", "Z")
    if form in ("epoch_s", "epoch_ms"):
        return int(at.timestamp() * (1000 if form == "epoch_ms" else 1))
    return at.astimezone(ZoneInfo(zone)).strftime(form)
