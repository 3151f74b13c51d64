"""What Atlas counts: a request per month, and rows judged by their own time."""

import json
from datetime import date
from typing import Any

import pytest

from sync.connectors.atlas.connector import AtlasConnector
from sync.connectors.base import Tally
from sync.errors import SourceRefused
from tests.sync.connectors.atlas.fake import FakeAtlas

MARCH, FEBRUARY = date(2026, 3, 1), date(2026, 2, 1)


def order(number: int, created: str) -> dict[str, Any]:
    return {"id": number, "createdAt": created, "updatedAt": created}


@pytest.fixture
def connector(atlas: FakeAtlas) -> AtlasConnector:
    atlas.rows["work-orders"] = [
        order(1, "2026-02-28T23:59:59.000Z"),
        order(2, "2026-03-01T00:00:00.000Z"),
        order(3, "2026-03-31T23:59:59.900+00:00"),
        order(4, "2026-04-01T00:30:00.000+02:00"),
        order(5, "2025-01-01T00:00:00.000Z"),
    ]
    return AtlasConnector(atlas.config)


def test_a_month_is_one_request_and_all_rows_another(atlas: FakeAtlas, connector: AtlasConnector) -> None:
    found = connector.tallies("work_orders", [MARCH, FEBRUARY])
    assert found == [Tally(MARCH, 2), Tally(FEBRUARY, 1), Tally(None, 5)]
    searches = [json.loads(r.get_data()) for r in atlas.requests if r.path == "/work-orders/search"]
    assert len(searches) == 3
    assert all(body["pageSize"] == 1 for body in searches)
    first, last = searches[0]["filterFields"]
    assert (first["operation"], first["value"]) == ("ge", "2026-03-01T00:00:00.000Z")
    assert (last["operation"], last["value"]) == ("le", "2026-03-31T23:59:59.999Z")
    assert first["enumName"] == last["enumName"] == "JS_DATE"


def test_rows_are_searched_widely_and_judged_by_their_own_time(connector: AtlasConnector) -> None:
    """Whatever zone the server compares in: row 4 is of March, though its text says April."""
    keys = [row.external_key for row in connector.tally_rows("work_orders", MARCH)]
    assert keys == ["work-order/2", "work-order/3", "work-order/4"]
    assert len(list(connector.tally_rows("work_orders", None))) == 5


def test_a_list_without_dates_is_counted_whole(atlas: FakeAtlas, connector: AtlasConnector) -> None:
    atlas.rows["parts"] = [{"id": 1}, {"id": 2}]
    assert connector.tallies("parts", [MARCH]) == [Tally(None, 2)]


def test_children_are_compared_by_key_where_the_parents_are_few(
    atlas: FakeAtlas, connector: AtlasConnector
) -> None:
    assert connector.tallies("labour", [MARCH]) is None
    atlas.children["/labors/work-order/2"] = [
        {"id": 7, "startedAt": None, "duration": 1, "hourlyRate": 1, "status": "STOPPED", "assignedTo": None,
         "updatedAt": None}
    ]  # fmt: skip
    assert [row.external_key for row in connector.tally_rows("labour", None)] == ["labor/2.7"]


def test_children_of_many_parents_are_refused_before_the_budget_is_eaten(
    atlas: FakeAtlas, connector: AtlasConnector
) -> None:
    atlas.rows["work-orders"] = [order(number, "2026-03-01T00:00:00.000Z") for number in range(1, 300)]
    with pytest.raises(SourceRefused, match="there are 299"):
        connector.tally_rows("labour", None)
    assert not any(path.startswith("/labors") for path in atlas.paths)
