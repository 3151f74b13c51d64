"""Atlas CMMS's REST API: sign-in with rotating tokens, search, child lists, rate limit, record pages."""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from sync.sandbox.atlas_dto import (
    BY_PARENT,
    MINI,
    PARENT_RESOURCE,
    SEARCHABLE,
    WHOLE_LISTS,
    Writer,
    java_date,
)
from sync.sandbox.atlas_masters import API_KEY, EMAIL, PASSWORD
from sync.sandbox.atlas_search import AtlasError, search
from sync.sandbox.factory import Factory
from sync.sandbox.wire import Request, Response, as_json, as_page

ACCESS_TOKEN_S = 1800
FRONTEND = {"work-orders": "work-orders", "assets": "assets",
            "preventive-maintenances": "preventive-maintenances",
            "inventory/parts": "parts", "locations": "locations", "requests": "requests",
            "people-teams/people": "users", "meters": "meters"}  # fmt: skip


class AtlasServer:
    """Answers requests from the factory's books, brought up to date first.

    Args:
        rate_limit_per_minute: requests a user may make per minute; None: no limit. The real server's is 100.
    """

    def __init__(self, factory: Factory, rate_limit_per_minute: int | None = None) -> None:
        self.factory = factory
        self.write = Writer(factory.atlas)
        self.rate_limit_per_minute = rate_limit_per_minute
        self.access: dict[str, int] = {}  # token: epoch second of its end
        self.refresh: set[str] = set()
        self._recent: deque[float] = deque()

    def answer(self, request: Request) -> Response:
        with self.factory.lock:
            self.factory.tick()
            try:
                return self._route(request)
            except AtlasError as error:
                return as_json({"success": False, "message": error.message}, error.status)
            except ValueError:
                return as_json({"success": False, "message": "JSON parse error"}, 400)

    def _route(self, request: Request) -> Response:
        path = request.path.strip("/")
        if path.startswith("app/"):
            return self._page(path.removeprefix("app/"))
        if path in ("auth/signin", "auth/refresh"):
            return self._sign_in(request.json()) if path == "auth/signin" else self._renew(request.json())
        self._authenticate(request)
        if self._limited():
            body = {"error": "Rate limit exceeded", "message": "Too many requests. Please try again later."}
            return as_json(body, 429)
        return as_json(self._serve(request, path.split("/")))

    # -- who is asking

    def _sign_in(self, given: dict[str, Any]) -> Response:
        if (given.get("email"), given.get("password")) != (EMAIL, PASSWORD):
            raise AtlasError(403, "Invalid credentials")
        return self._tokens()

    def _renew(self, given: dict[str, Any]) -> Response:
        """A refresh token works once."""
        token = str(given.get("refreshToken"))
        if token not in self.refresh:
            raise AtlasError(401, "Invalid refresh token")
        self.refresh.remove(token)
        return self._tokens()

    def _tokens(self) -> Response:
        access, refresh = f"ey{secrets.token_urlsafe(48)}", secrets.token_urlsafe(32)
        ends = self.factory.now + ACCESS_TOKEN_S
        self.access[access] = ends
        self.refresh.add(refresh)
        return as_json({"accessToken": access, "refreshToken": refresh, "tokenType": "Bearer",
                        "expiresAt": java_date(ends)})  # fmt: skip

    def _authenticate(self, request: Request) -> None:
        """As in the real server, a bad token is answered with 500 and an unknown key is ignored."""
        if request.headers.get("x-api-key") == API_KEY:
            return
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer":
            raise AtlasError(403, "Access denied")
        if self.access.get(token, 0) <= self.factory.now:
            raise AtlasError(500, "Expired or invalid JWT token")

    def _limited(self) -> bool:
        if self.rate_limit_per_minute is None:
            return False
        now = time.monotonic()
        while self._recent and self._recent[0] <= now - 60:
            self._recent.popleft()
        if len(self._recent) >= self.rate_limit_per_minute:
            return True
        self._recent.append(now)
        return False

    # -- what they ask for

    def _serve(self, request: Request, parts: list[str]) -> Any:
        match request.method, parts:
            case "GET", ["auth", "me"]:
                return self.write.show("users", self.factory.atlas["users"][1])
            case "POST", [resource, "search"] if resource in SEARCHABLE:
                return self._search(resource, request)
            case "POST", [resource, "search", "mini"] if resource in SEARCHABLE:
                return self._search(resource, request, self.write.mini)
            case "GET", [resource, "mini"] if resource in MINI:
                return [self.write.mini(resource, each) for each in self.factory.atlas[resource].values()]
            case "GET", [resource] if resource in WHOLE_LISTS:
                return [self.write.show(resource, each) for each in self.factory.atlas[resource].values()]
            case "GET", [resource, row_id] if resource in SEARCHABLE and row_id.isdigit():
                return self.write.show(resource, self._record(resource, int(row_id)))
            case "GET", [resource, parent, row_id] if (
                f"{resource}/{parent}" in BY_PARENT and row_id.isdigit()
            ):
                self._record(PARENT_RESOURCE[resource], int(row_id))
                return [
                    self.write.show(resource, each) for each in self.factory.atlas.of(resource, int(row_id))
                ]
        raise AtlasError(404, "Not found")

    def _search(self, resource: str, request: Request, show: Callable[[str, dict[str, Any]],
                Any] | None = None
                ) -> dict[str, Any]:  # fmt: skip
        criteria = request.json()
        if resource == "users" and request.query.get("enabledOnly", "true") == "true":
            enabled = {"field": "enabled", "operation": "eq", "value": True}
            criteria = {**criteria, "filterFields": [*(criteria.get("filterFields") or []), enabled]}
        records, envelope = search(self.factory.atlas, resource, criteria)
        write = show or self.write.show
        twice = self.factory.twice_delivered if resource == "work-orders" else ()
        content = [write(resource, each) for each in records for _ in range(2 if each["id"] in twice else 1)]
        return {"content": content, **envelope, "numberOfElements": len(content)}

    def _record(self, resource: str, row_id: int) -> dict[str, Any]:
        record = self.factory.atlas[resource].get(row_id)
        if record is None:
            raise AtlasError(404, "Not found")
        return record

    def _page(self, path: str) -> Response:
        place, _, row_id = path.removesuffix("/details").removesuffix("/downtimes").rpartition("/")
        if place not in FRONTEND or not row_id.isdigit():
            raise AtlasError(404, "Not found")
        resource = FRONTEND[place]
        shown = self.write.show(resource, self._record(resource, int(row_id)))
        return as_page(str(shown.get("title") or shown.get("name") or shown["id"]), shown)
