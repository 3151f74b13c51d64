"""A scripted Atlas: rows by path, faults in turn, every request kept."""

import json
from collections.abc import Callable
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sync.connectors.base import SourceConfig

TOKENS = {
    "accessToken": "access-1",
    "refreshToken": "refresh-1",
    "tokenType": "Bearer",
    "expiresAt": "2099-01-01T00:00:00.000+00:00",
}


class FakeAtlas:
    """Answers searches from ``rows[resource]`` and look-ups from ``children[path]``.

    ``answers`` holds handlers used before anything else, one per request.
    """

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.children: dict[str, list[dict[str, Any]]] = {}
        self.answers: list[Callable[[Request], Response | None]] = []
        self.requests: list[Request] = []
        self.tokens: dict[str, Any] = dict(TOKENS)

    @property
    def config(self) -> SourceConfig:
        return SourceConfig(
            url=self.server.url_for("").rstrip("/"),
            username="sync@mfgportal.example",
            password="secret-word",
            options={"requests_per_minute": 10**6, "requests_per_hour": 10**7},
        )

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def answer(self, request: Request) -> Response:
        request.get_data()
        self.requests.append(request)
        given = self.answers.pop(0)(request) if self.answers else None
        return given or self._true(request)

    def _true(self, request: Request) -> Response:
        if request.path in ("/auth/signin", "/auth/refresh"):
            return as_json(self.tokens)
        if request.path in self.children:
            return as_json(self.children[request.path])
        resource = request.path.removesuffix("/search").strip("/")
        if not request.path.endswith("/search"):
            return as_json([]) if resource.endswith("/mini") else as_json({"message": "Not found"}, 404)
        return as_json(self._found(resource, json.loads(request.get_data())))

    def _found(self, resource: str, body: dict[str, Any]) -> dict[str, Any]:
        found = [
            row for row in self.rows.get(resource, []) if all(_fits(row, one) for one in body["filterFields"])
        ]
        found.sort(key=lambda row: int(row["id"]), reverse=body["direction"] == "DESC")
        return {"content": found[: body["pageSize"]], "totalElements": len(found)}


def as_json(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value), status, mimetype="application/json")


def _fits(row: dict[str, Any], test: dict[str, Any]) -> bool:
    value = row.get(test["field"])
    match test["operation"]:
        case "gt":
            return bool(value > test["value"])
        case "ge":
            return value is not None and str(value)[:19] >= test["value"][:19]
        case "le":
            return value is not None and str(value)[:19] <= test["value"][:19]
        case _:
            return value in test["values"] or any(_fits(row, one) for one in test.get("alternatives", ()))
