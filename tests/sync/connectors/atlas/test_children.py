"""Look-ups: what adds no trace to its parent is found all the same, within the budget."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from sync.connectors.atlas.connector import AtlasConnector
from sync.connectors.base import Cursor, Page
from sync.connectors.budget import BudgetSpent
from sync.errors import SchemaDrift, SourceUnavailable
from tests.sync.connectors.atlas import dto
from tests.sync.connectors.atlas.fake import FakeAtlas, as_json

OLD = "2026-01-01T00:00:00Z"


@pytest.fixture
def orders(atlas: FakeAtlas) -> FakeAtlas:
    """Orders 1 to 30, one labour each; 30 is the only one that changed lately, 20 is not finished."""
    rows = []
    for number in range(1, 31):
        status = {
            "status": "OPEN" if number == 20 else "COMPLETE",
            "completedOn": None if number == 20 else OLD,
        }
        rows.append({**dto.WORK_ORDER, "id": number, "updatedAt": OLD, **status})
        atlas.children[f"/labors/work-order/{number}"] = [{**dto.LABOR, "id": 100 + number}]
    rows[-1] |= {"updatedAt": "2026-08-22T10:00:00Z"}
    atlas.rows["work-orders"] = rows
    return atlas


@pytest.fixture
def connector(orders: FakeAtlas) -> Iterator[AtlasConnector]:
    options = {**orders.config.options, "warm_per_run": 5, "cold_per_run": 4}
    with closing(AtlasConnector(replace(orders.config, options=options))) as opened:
        yield opened


def keys(pages: list[Page]) -> list[str]:
    return [row.external_key.removeprefix("labor/") for page in pages for row in page.rows]


def test_first_load_looks_up_every_parent_once(orders: FakeAtlas, connector: AtlasConnector) -> None:
    pages = list(connector.read("labour", {}))
    assert keys(pages) == [f"{number}.{100 + number}" for number in range(1, 31)]
    assert pages[0].cursor["after_id"] == 25
    assert pages[-1].cursor == {"since": "2026-08-22T10:00:00+00:00", "warm": 0, "cold": 0}
    assert sum(path.startswith("/labors") for path in orders.paths) == 30


def test_later_runs_look_up_the_changed_the_warm_and_some_others_in_turn(
    orders: FakeAtlas, connector: AtlasConnector
) -> None:
    cursor: Cursor = {"since": "2026-08-22T10:00:00+00:00", "warm": 0, "cold": 0}
    seen: list[list[str]] = []
    for _ in range(9):
        pages = list(connector.read("labour", cursor))
        cursor = pages[-1].cursor
        seen.append(keys(pages))
    assert seen[0] == ["30.130", "20.120", "1.101", "2.102", "3.103", "4.104"]
    assert seen[1][2:] == ["5.105", "6.106", "7.107", "8.108"]
    assert {key for run in seen for key in run} == {f"{number}.{100 + number}" for number in range(1, 31)}


def test_labour_added_to_a_finished_order_is_found(orders: FakeAtlas, connector: AtlasConnector) -> None:
    cursor = list(connector.read("labour", {}))[-1].cursor
    orders.children["/labors/work-order/3"].append({**dto.LABOR, "id": 999})
    found: list[str] = []
    for _ in range(2):
        pages = list(connector.read("labour", cursor))
        cursor = pages[-1].cursor
        found += keys(pages)
    assert "3.999" in found


def test_a_spent_budget_ends_the_rounds_but_not_what_changed(
    connector: AtlasConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = connector._client.budget.take

    def sparing(share: float = 1.0) -> None:
        if share < 1:
            raise BudgetSpent("spent", retry_after=600)
        take(share)

    monkeypatch.setattr(connector._client.budget, "take", sparing)
    cursor: Cursor = {"since": "2026-08-22T10:00:00+00:00", "warm": 7, "cold": 9}
    pages = list(connector.read("labour", cursor))
    assert keys(pages) == ["30.130"]
    assert pages[-1].cursor == cursor


def test_a_spent_budget_in_a_first_load_says_so(orders: FakeAtlas) -> None:
    options = {"requests_per_minute": 30, "max_wait_s": 0}
    with closing(AtlasConnector(replace(orders.config, options=options))) as connector:
        reading = connector.read("labour", {})
        assert next(reading).cursor["after_id"] == 25
        with pytest.raises(SourceUnavailable, match="budget") as spent:
            next(reading)
    assert spent.value.retry_after


def test_keys_are_gathered_parent_by_parent_and_from_any_of_them_on(
    orders: FakeAtlas, connector: AtlasConnector
) -> None:
    pages = list(connector.read_key_pages("labour", {}))
    assert [page.keys for page in pages[:2]] == [["labor/1.101"], ["labor/2.102"]]
    rest = list(connector.read_key_pages("labour", pages[27].cursor))
    assert [key for page in rest for key in page.keys] == ["labor/29.129", "labor/30.130"]
    assert [key for page in pages for key in page.keys] == list(connector.read_keys("labour"))
    assert [page.cursor for page in connector.read_key_pages("work_orders", {})] == [{}]


def test_gathering_keys_leaves_a_part_of_the_budget(
    connector: AtlasConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares: list[float] = []
    monkeypatch.setattr(connector._client.budget, "take", lambda share=1.0: shares.append(share))
    list(connector.read_key_pages("labour", {}))
    assert sum(share < 1 for share in shares) == 30


def test_an_order_deleted_meanwhile_has_no_children(orders: FakeAtlas, connector: AtlasConnector) -> None:
    del orders.children["/labors/work-order/4"]
    assert "4.104" not in keys(list(connector.read("labour", {})))


def test_a_child_without_id_is_a_change_of_the_schema(orders: FakeAtlas, connector: AtlasConnector) -> None:
    orders.children["/labors/work-order/4"] = [{"duration": 3}]
    with pytest.raises(SchemaDrift, match="id"):
        list(connector.read("labour", {}))


def asset(number: int, parent: int | None, status: str = "OPERATIONAL") -> dict[str, Any]:
    above = {"id": parent, "name": "", "locationId": 1} if parent else None
    return {**dto.ASSET, "id": number, "parentAsset": above, "status": status, "updatedAt": OLD}


def stop(number: int, starts: str) -> dict[str, Any]:
    return {**dto.DOWNTIME, "id": number, "startsOn": f"2026-08-22T{starts}.000+00:00"}


@pytest.fixture
def tree(atlas: FakeAtlas) -> FakeAtlas:
    """Site 1 ⊃ line 2 ⊃ machine 3: the machine failed at 10:00, the line by itself at 12:00."""
    atlas.rows["assets"] = [asset(1, None), asset(2, 1), asset(3, 2, "DOWN")]
    atlas.children = {
        "/asset-downtimes/asset/1": [stop(11, "10:00:01"), stop(12, "12:00:00")],
        "/asset-downtimes/asset/2": [stop(21, "10:00:00"), stop(22, "12:00:00")],
        "/asset-downtimes/asset/3": [stop(31, "10:00:00")],
    }
    return atlas


def test_a_stop_passed_up_the_tree_is_inherited(tree: FakeAtlas) -> None:
    with closing(AtlasConnector(tree.config)) as connector:
        rows = {
            row.external_key: row.payload for page in connector.read("downtimes", {}) for row in page.rows
        }
    inherited = {key.removeprefix("asset-downtime/") for key, row in rows.items() if row["inherited"]}
    assert inherited == {"1.11", "1.12", "2.21"}
    assert len(rows) == 5
    assert sum(path.startswith("/asset-downtimes") for path in tree.paths) == 3


def test_a_machine_that_is_down_stays_warm(tree: FakeAtlas) -> None:
    options = {**tree.config.options, "cold_per_run": 0}
    cursor: Cursor = {"since": "2026-08-22T10:00:00+00:00", "warm": 0, "cold": 0}
    with closing(AtlasConnector(replace(tree.config, options=options))) as connector:
        rows = [row for page in connector.read("downtimes", cursor) for row in page.rows]
    assert [row.external_key for row in rows] == ["asset-downtime/3.31"]


def test_a_row_that_comes_twice_is_one(atlas: FakeAtlas) -> None:
    content = {"content": [dto.WORK_ORDER, dto.WORK_ORDER], "totalElements": 1}
    atlas.answers = [lambda request: None, lambda request: as_json(content)]
    with closing(AtlasConnector(atlas.config)) as connector:
        (page,) = connector.read("work_orders", {})
    assert [row.external_key for row in page.rows] == ["work-order/31"]


def test_a_retyped_field_is_named_but_one_odd_row_is_not(atlas: FakeAtlas) -> None:
    odd = {**dto.WORK_ORDER, "id": 32, "completedOn": 17}
    atlas.rows["work-orders"] = [dto.WORK_ORDER, odd]
    with closing(AtlasConnector(atlas.config)) as connector:
        connector.verify_schema("work_orders")
        atlas.rows["work-orders"] = [odd]
        with pytest.raises(SchemaDrift, match="completedOn: expected time, found 17"):
            connector.verify_schema("work_orders")


def test_few_visible_rows_hint_at_the_role(atlas: FakeAtlas) -> None:
    with closing(AtlasConnector(atlas.config)) as connector:
        check = connector.check()
    assert check.visible["assets"] == 0
    assert any("role Administrator" in warning for warning in check.warnings)
