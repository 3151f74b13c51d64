"""Rows an API lists by parent only: those of changed parents, and some of the others in turn."""

import copy
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from sync.connectors.base import Cursor, Page, SourceConfig
from sync.connectors.rest.connector import RestConnector
from sync.sandbox import Request, Response
from sync.sandbox.wire import Server, as_json
from tests.sync.connectors.rest.lists import serving

BEGAN = 1_780_000_000
DECLARATION: dict[str, Any] = {
    "system": "Demo",
    "paging": {"type": "page", "size": 4},
    "streams": {
        "orders": {
            "title": "Orders",
            "model": "order",
            "path": "/orders",
            "params": {"page": "{page}", "size": "{size}", "since": "{since}"},
            "key": "{id}",
            "updated_at": {"from": "changed", "as": "epoch_s"},
            "incremental": {"format": "epoch_s", "overlap_s": 0},
            "fields": {"id": "integer", "open": "boolean", "changed": "integer"},
        },
        "hours": {
            "title": "Hours",
            "model": "hour",
            "path": "/orders/{parent.id}/hours",
            "paging": {"type": "none"},
            "children": {"of": "orders", "keep": ["id"], "again_per_run": 2, "again_when": "open"},
            "key": "{parent.id}.{id}",
            "fields": {"id": "integer", "hours": "number"},
            "records": [
                {
                    "kind": "labour",
                    "fields": {
                        "work_order": "order/{parent.id}",
                        "technician": None,
                        "start": None,
                        "seconds": {"from": "hours", "as": "hours_to_s"},
                    },
                }
            ],
        },
    },
}


class Api:
    """Ten orders, of which the even ones are open; each has two rows of hours."""

    def __init__(self) -> None:
        self.orders = [
            {"id": number, "open": number % 2 == 0, "changed": BEGAN + number} for number in range(1, 11)
        ]
        self.hours = {number: [{"id": 1, "hours": 1.5}, {"id": 2, "hours": 2}] for number in range(1, 11)}
        self.looked_up: list[int] = []

    def answer(self, request: Request) -> Response:
        if request.path == "/orders":
            since, size = int(request.query.get("since", 0)), int(request.query["size"])
            found = [one for one in self.orders if int(one["changed"]) >= since]
            first = (int(request.query["page"]) - 1) * size
            return as_json(found[first : first + size])
        order = int(request.path.split("/")[2])
        self.looked_up.append(order)
        return as_json(self.hours[order]) if order in self.hours else as_json({"message": "Gone"}, 404)


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def server(api: Api) -> Iterator[Server]:
    with serving(api.answer) as running:
        yield running


def read(server: Server, cursor: Cursor, declaration: dict[str, Any] = DECLARATION) -> Iterator[Page]:
    options = {"declaration": declaration}
    with closing(RestConnector.of(options)(SourceConfig(url=server.url, options=options))) as source:
        yield from source.read("hours", cursor)


def keys(pages: list[Page]) -> list[str]:
    return [row.external_key for page in pages for row in page.rows]


def rest(pages: list[Page], start: Cursor) -> Cursor:
    return pages[-1].cursor if pages else start


def test_a_first_load_looks_up_all_and_goes_on_where_it_stopped(api: Api, server: Server) -> None:
    whole = list(read(server, {}))
    assert keys(whole) == [f"hour/{order}.{row}" for order in range(1, 11) for row in (1, 2)]
    assert whole[0].rows[0].payload == {"id": 1, "hours": 1.5, "parent": {"id": 1}}
    for stop in range(1, len(whole)):
        begun = [page for _, page in zip(range(stop), read(server, {}), strict=False)]
        behind = list(read(server, begun[-1].cursor))
        assert keys(begun) + keys(behind) == keys(whole)
        assert rest(behind, begun[-1].cursor) == whole[-1].cursor


def test_what_changed_is_looked_up_and_some_of_the_open_ones_in_turn(api: Api, server: Server) -> None:
    cursor = rest(list(read(server, {})), {})
    api.orders[2]["changed"] = BEGAN + 50
    turns = []
    for _ in range(3):
        api.looked_up.clear()
        cursor = rest(list(read(server, cursor)), cursor)
        turns.append(list(api.looked_up))
    assert turns == [[3, 10, 2, 4], [3, 6, 8], [3, 10]]  # the latest change is within each window


def test_a_parent_that_is_gone_has_no_rows(api: Api, server: Server) -> None:
    del api.hours[4]
    assert "hour/4.1" not in keys(list(read(server, {})))


def test_parents_without_a_time_are_looked_up_once_and_then_in_turn(api: Api, server: Server) -> None:
    declaration = copy.deepcopy(DECLARATION)
    for name in ("updated_at", "incremental"):
        del declaration["streams"]["orders"][name]
    first = list(read(server, {}, declaration))
    assert len(keys(first)) == 20
    api.looked_up.clear()
    cursor = rest(first, {})
    for _ in range(3):
        cursor = rest(list(read(server, cursor, declaration)), cursor)
    assert sorted(api.looked_up) == [2, 4, 6, 8, 10]


def test_all_keys_are_found(server: Server) -> None:
    options = {"declaration": DECLARATION}
    with closing(RestConnector.of(options)(SourceConfig(url=server.url, options=options))) as source:
        assert len(set(source.read_keys("hours"))) == 20
