"""A list of an API, page by page, as raw rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sync.connectors.base import Payload
from sync.connectors.declared.expressions import find
from sync.connectors.rest.client import Answer, Api
from sync.connectors.rest.declaration import RestStream
from sync.connectors.rest.paging import Offset, Pager, State, same_host
from sync.connectors.rest.requests import body_of, params_of, path_of
from sync.errors import BadRow, SchemaDrift, SourceRefused, SourceUnavailable

RESTARTS = 3


@dataclass(frozen=True, slots=True)
class Found:
    """One page.

    Args:
        rows: as they came, each with a key.
        next: state of the next page; {} after the last.
        total: rows in all, where the API tells.
        at: the server's time.
    """

    rows: list[Payload]
    next: State
    total: int | None
    at: datetime


class Lister:
    """Lists one stream.

    Args:
        size: rows per page, in place of the declared number.
    """

    def __init__(self, api: Api, stream: RestStream, size: int = 0) -> None:
        self.api, self.stream = api, stream
        declared = api.declaration.paging_of(stream)
        self.pager: Pager = declared.model_copy(update={"size": max(size, 2)}) if size else declared

    def pages(self, scope: Mapping[str, Any], state: State, share: float = 1.0) -> Iterator[Found]:
        """From a state to the last page.

        Args:
            scope: what request templates may use: ``since``, ``parent``.

        Raises:
            SourceRefused: the API gives the same page again and again.
            SourceUnavailable: rows move faster than they can be read.
        """
        before: list[str] = []
        restarts = 0
        while True:
            found = self.page(scope, state, share)
            keys = [self.stream.external_key(row) for row in found.rows]
            anchored = isinstance(self.pager, Offset) and bool(state)
            if anchored and keys[:1] != [state.get("anchor")]:
                restarts, state, before = restarts + 1, {}, []
                if restarts > RESTARTS:
                    raise SourceUnavailable(f"{self.stream.title}: rows move faster than they can be read.")
                continue
            if found.next and (keys == before or found.next == state):
                raise SourceRefused(
                    f"{self.stream.title}: further pages bring the same rows: check its `paging`."
                )
            yield replace(found, rows=found.rows[1:]) if anchored else found
            if not found.next:
                return
            state, before = found.next, keys

    def page(self, scope: Mapping[str, Any], state: State, share: float = 1.0) -> Found:
        answer = self._ask(scope, state, share)
        rows = self._rows(answer.body, scope)
        following = self.pager.following(state, answer.body, answer.headers, rows)
        if following and isinstance(self.pager, Offset):
            following["anchor"] = self.stream.external_key(rows[-1])
        return Found(rows, following, self._total(answer.body), answer.at)

    def _ask(self, scope: Mapping[str, Any], state: State, share: float) -> Answer:
        if "url" in state:
            return self.api.call("GET", self._linked(state["url"]), [], share=share)
        context = {
            **scope,
            "size": self.pager.size,
            "option": self.api.options,
            **self.pager.context(state),
        }
        body = None if self.stream.body is None else body_of(self.stream.body, context)
        path = path_of(self.stream.path, context)
        return self.api.call(self.stream.method, path, params_of(self.stream.params, context), body, share)

    def _linked(self, url: str) -> str:
        if not same_host(self.api.base, url):
            raise SourceRefused(
                f"{self.stream.title}: the next page is on another host ({url:.100}): it is not read."
            )
        return url

    def _rows(self, body: Any, scope: Mapping[str, Any]) -> list[Payload]:
        try:
            rows = find(self.stream.rows, body)
        except BadRow as error:
            raise SchemaDrift(self.stream.model, [f"{error}: expected a list"]) from error
        if rows is None and body is None:
            return []
        if not isinstance(rows, list):
            raise SchemaDrift(self.stream.model, [f"{self.stream.rows}: expected a list, found {rows!r:.40}"])
        if "parent" in scope:
            rows = [{**row, "parent": scope["parent"]} if isinstance(row, dict) else row for row in rows]
        if not all(isinstance(row, dict) and self.stream.external_key(row) for row in rows):
            problem = f"{self.stream.key}: expected a key of each row, found a row without one"
            raise SchemaDrift(self.stream.model, [problem])
        return rows

    def _total(self, body: Any) -> int | None:
        found = find(self.stream.total, body) if self.stream.total else None
        return int(found) if isinstance(found, int | float) else None
