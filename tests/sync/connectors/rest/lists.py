"""A stand-in for any JSON API: lists behind a token, paged as a test wants it."""

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sync.connectors.base import StreamSpec
from sync.sandbox import Request, Response
from sync.sandbox.wire import Server, as_json
from tests.sync.connectors.stand_in import Change

Row = dict[str, Any]
Take = Callable[[Request, list[Row]], Any]


class Api:
    """Answers ``GET <path>`` from ``lists[path]``, for who sends the token.

    Args:
        take: one request's answer, from all rows of the list.
    """

    def __init__(self, lists: dict[str, list[Row]], take: Take) -> None:
        self.lists, self.take = lists, take
        self.seen: list[Request] = []

    def answer(self, request: Request) -> Response:
        self.seen.append(request)
        if request.headers.get("authorization") != "Bearer key-1":
            return as_json({"message": "Invalid token"}, 401)
        if request.path not in self.lists:
            return as_json({"message": "Not found"}, 404)
        return as_json(self.take(request, self.lists[request.path]))


@contextmanager
def serving(answer: Callable[[Request], Response], now: int = 1_800_000_000) -> Iterator[Server]:
    """``now``: the server's clock, as its answers tell it; after all the rows' times."""
    server = Server(answer, "127.0.0.1", 0, lambda: now)
    try:
        yield server
    finally:
        server.close()


def without(path: str) -> Callable[[StreamSpec, str], Change]:
    """The change that takes a field out of all answers; ``path`` names the rows in a body."""

    def of(spec: StreamSpec, field: str) -> Change:
        def change(request: Request, true: Response) -> Response:
            body = json.loads(true.body)
            for row in _rows(body, path):
                _drop(row, field.split("."))
            return replace(true, body=json.dumps(body).encode())

        return change

    return of


def _rows(body: Any, path: str) -> list[Row]:
    if not isinstance(body, dict):
        return []
    found = body.get(path) if path else next((one for one in body.values() if isinstance(one, list)), [])
    return found or []


def _drop(value: Any, way: list[str]) -> None:
    if isinstance(value, list):
        for one in value:
            _drop(one, way)
    elif isinstance(value, dict) and len(way) == 1:
        value.pop(way[0], None)
    elif isinstance(value, dict) and way[0] in value:
        _drop(value[way[0]], way[1:])


def numbered(rows: str = "data", total: bool = True) -> Take:
    """Pages by ``page`` and ``per_page``, changes by ``changed_since``, as the example has it."""

    def take(request: Request, found: list[Row]) -> Any:
        size, page = int(request.query["per_page"]), int(request.query["page"])
        since = int(request.query.get("changed_since", 0))
        hits = [row for row in found if row.get("changed", 0) >= since]
        if "sort" in request.query:
            hits = sorted(hits, key=lambda row: (row[request.query["sort"]], row["id"]))
        body = {rows: copy.deepcopy(hits[(page - 1) * size : page * size])}
        return {**body, "meta": {"total": len(hits)}} if total else body

    return take
