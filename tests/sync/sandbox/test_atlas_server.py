"""The stand-in CMMS against its contract, through httpx."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from sync.sandbox import Factory, Request, Response, Sandbox, serve
from tests.sync.sandbox.conftest import NOW, sign_in

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
JAVA_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+00:00")
SEARCHABLE = ("assets", "locations", "work-orders", "preventive-maintenances", "parts", "meters", "users",
              "teams",
              "vendors", "customers", "requests", "purchase-orders")  # fmt: skip


def search(client: httpx.Client, resource: str, **criteria: Any) -> dict[str, Any]:
    response = client.post(f"/{resource}/search", json=criteria)
    assert response.status_code == 200, response.text
    page: dict[str, Any] = response.json()
    return page


def where(field: str, operation: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"field": field, "operation": operation, "value": value, **more}


def ids(page: dict[str, Any]) -> list[int]:
    return [row["id"] for row in page["content"]]


@pytest.fixture
def living() -> Iterator[Sandbox]:
    """A factory whose servers are limited to ten requests per minute."""
    with serve(
        Factory(seed=5, days=10, machines=8, now=NOW, defects=False), rate_limit_per_minute=10
    ) as running:
        yield running


@pytest.mark.parametrize("resource", SEARCHABLE)
def test_page_envelope(atlas: httpx.Client, resource: str) -> None:
    page = search(atlas, resource, pageSize=4)
    assert set(page) == {"content", "pageable", "last", "totalElements", "totalPages", "size", "number",
                         "sort",
                         "first", "numberOfElements", "empty"}  # fmt: skip
    assert page["numberOfElements"] == len(page["content"])
    assert page["empty"] is not bool(page["content"])
    assert page["totalPages"] == -(-page["totalElements"] // 4)
    assert ids(page) == sorted(ids(page))


def test_default_page_is_ten_by_id(atlas: httpx.Client) -> None:
    page = search(atlas, "locations")
    assert (page["size"], page["number"], page["first"]) == (10, 0, True)


def test_paging_covers_everything_once(atlas: httpx.Client, factory: Factory) -> None:
    seen: list[int] = []
    number = 0
    while True:
        page = search(atlas, "assets", pageNum=number, pageSize=7)
        seen += ids(page)
        if page["last"]:
            break
        number += 1
    assert seen == sorted(factory.atlas["assets"])


def test_incremental_filter(atlas: httpx.Client, factory: Factory) -> None:
    edge = "2026-11-10T12:00:00.000Z"
    page = search(atlas, "work-orders", pageSize=500,
                  filterFields=[where("updatedAt", "ge", edge, enumName="JS_DATE")])  # fmt: skip
    since = datetime(2026, 11, 10, 12, tzinfo=UTC).timestamp()
    expected = {key for key, row in factory.atlas["work-orders"].items() if row["updatedAt"] >= since}
    assert set(ids(page)) == expected
    assert expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (where("status", "eq", "COMPLETE"), lambda row: row["status"] == "COMPLETE"),
        (where("status", "ne", "COMPLETE"), lambda row: row["status"] != "COMPLETE"),
        (where("status", "in", values=["OPEN", "IN_PROGRESS"]), lambda row: row["status"] in ("OPEN",
            "IN_PROGRESS")),
        (where("title", "cn", "SERVICE"), lambda row: "service" in row["title"].lower()),
        (where("title", "nc", "service"), lambda row: "service" not in row["title"].lower()),
        (where("title", "bw", "inspect"), lambda row: row["title"].lower().startswith("inspect")),
        (where("title", "ew", "press 1"), lambda row: row["title"].lower().endswith("press 1")),
        (where("completedOn", "nu"), lambda row: row["completedOn"] is None),
        (where("completedOn", "nn"), lambda row: row["completedOn"] is not None),
        (where("parentPreventiveMaintenance", "nn"),
            lambda row: row["parentPreventiveMaintenance"] is not None),
        (where("asset.id", "eq", 12), lambda row: row["asset"] == 12),
        (where("asset", "in", values=[11, 12]), lambda row: row["asset"] in (11, 12)),
        (where("id", "gt", 30), lambda row: row["id"] > 30),
        (where("id", "lt", 9, alternatives=[where("status", "eq", "OPEN")]),
         lambda row: row["id"] < 9 or row["status"] == "OPEN"),
    ],
    ids=lambda each: f"{each['field']} {each['operation']}" if isinstance(each, dict) else "",
)  # fmt: skip
def test_filters(atlas: httpx.Client, factory: Factory, given: dict[str, Any], expected: Any) -> None:
    page = search(atlas, "work-orders", pageSize=1000, filterFields=[given])
    assert set(ids(page)) == {key for key, row in factory.atlas["work-orders"].items() if expected(row)}


def test_filter_through_a_relation(atlas: httpx.Client) -> None:
    page = search(atlas, "assets", pageSize=100, filterFields=[where("location.name", "eq", "Utilities")])
    assert {row["location"]["name"] for row in page["content"]} == {"Utilities"}


@pytest.mark.parametrize(
    ("given", "status", "message"),
    [
        (where("nope", "eq", 1), 400, "Invalid search field"),
        (where("asset.nope", "eq", 1), 400, "Invalid search field"),
        (where("password", "eq", 1), 400, "Invalid search field"),
        (where("updatedAt", "gt", "2026-11-10T12:00:00.000Z", enumName="JS_DATE"), 500, "Cannot compare"),
        (where("updatedAt", "ge", "2026-11-10T12:00:00.000Z"), 500, "Cannot compare"),
        (where("id", "about", 1), 500, "No enum constant"),
    ],
)
def test_refused_filters(atlas: httpx.Client, given: dict[str, Any], status: int, message: str) -> None:
    response = atlas.post("/work-orders/search", json={"filterFields": [given]})
    assert response.status_code == status
    assert response.json()["success"] is False
    assert message in response.json()["message"]


def test_work_order_shape(atlas: httpx.Client) -> None:
    page = search(atlas, "work-orders", pageSize=200, filterFields=[where("status", "eq", "COMPLETE")])
    row = page["content"][0]
    assert set(row) == {
        "id", "createdBy", "updatedBy", "createdAt", "updatedAt", "dueDate", "priority", "estimatedDuration",
        "estimatedStartDate", "description", "title", "requiredSignature", "category", "location", "team",
        "primaryUser",
        "assignedTo", "customers", "asset", "files", "image", "customFieldValues", "completedBy",
        "completedOn",
        "archived", "parentRequest", "parentPreventiveMaintenance", "signature", "status", "feedback",
        "audioDescription", "customId",
    }  # fmt: skip
    assert INSTANT.fullmatch(row["createdAt"])
    assert JAVA_DATE.fullmatch(row["completedOn"])
    assert set(row["asset"]) == {"id", "name", "customId", "parentId", "locationId"}
    assert row["customId"] == f"WO{row['id']:06}"


def test_asset_and_location_trees(atlas: httpx.Client) -> None:
    assets = search(atlas, "assets", pageSize=100)["content"]
    children = [row for row in assets if row["parentAsset"]]
    parents = {row["parentAsset"]["id"] for row in children}
    assert {row["id"] for row in assets if row["hasChildren"]} == parents
    places = search(atlas, "locations", pageSize=100)["content"]
    roots = {row["name"] for row in places if row["parentLocation"] is None}
    assert roots == {"Lyon", "Greenville", "Pune"}
    assert all(row["parentLocation"]["name"] in roots for row in places if row["parentLocation"])


def test_single_records_and_children(atlas: httpx.Client, factory: Factory) -> None:
    labour = next(iter(factory.atlas["labors"].values()))
    rows = atlas.get(f"/labors/work-order/{labour['workOrder']}").json()
    assert rows[0]["cost"] == int(rows[0]["hourlyRate"] * rows[0]["duration"] / 3600)
    assert JAVA_DATE.fullmatch(rows[0]["endedAt"])
    assert "workOrder" not in rows[0]
    used = next(each for each in factory.atlas["part-quantities"].values() if "workOrder" in each)
    (part, *_) = atlas.get(f"/part-quantities/work-order/{used['workOrder']}").json()
    assert set(part["part"]) >= {"id", "name", "barcode", "cost"}
    assert atlas.get(f"/assets/{labour['id']}").json()["id"] == labour["id"]
    assert atlas.get("/readings/meter/1").json()[0]["value"] > 0
    assert atlas.get("/tasks/work-order/1").status_code == 200
    assert atlas.get("/additional-costs/work-order/1").json() == []


def test_unknown_things_are_404(atlas: httpx.Client) -> None:
    for path in ("/assets/9999", "/labors/work-order/9999", "/no-such-list", "/asset-downtimes/asset/9999"):
        response = atlas.get(path)
        assert (response.status_code, response.json()["success"]) == (404, False)


def test_mini_and_whole_lists(atlas: httpx.Client, factory: Factory) -> None:
    assert {row["id"] for row in atlas.get("/assets/mini").json()} == set(factory.atlas["assets"])
    assert {row["name"] for row in atlas.get("/work-order-categories").json()} >= {"Breakdown", "Preventive"}


def test_disabled_users_need_a_flag(fresh: Sandbox) -> None:
    fresh.factory.touch("users", 3, enabled=False)
    with sign_in(fresh) as client:
        assert 3 not in ids(search(client, "users", pageSize=50))
        assert 3 in [
            row["id"]
            for row in client.post("/users/search?enabledOnly=false", json={"pageSize": 50}).json()["content"]
        ]


def test_sign_in_and_api_key(sandbox: Sandbox) -> None:
    url = sandbox.atlas_url
    assert httpx.post(f"{url}/auth/signin", json={"email": "x", "password": "y"}).status_code == 403
    assert httpx.get(f"{url}/locations/mini").status_code == 403
    assert httpx.get(f"{url}/locations/mini", headers={"x-api-key": "unknown"}).status_code == 403
    assert httpx.get(f"{url}/locations/mini", headers={"x-api-key": "sandbox-key"}).status_code == 200
    with sign_in(sandbox) as client:
        assert client.get("/auth/me").json()["email"] == "sync@mfgportal.example"


def test_expired_token_is_a_500_and_refresh_rotates(fresh: Sandbox) -> None:
    given = {"email": "sync@mfgportal.example", "password": "mfgportal", "type": "CLIENT"}
    with httpx.Client(base_url=fresh.atlas_url) as client:
        token = client.post("/auth/signin", json=given).json()
        assert token["tokenType"] == "Bearer"
        client.headers["Authorization"] = f"Bearer {token['accessToken']}"
        assert client.get("/auth/me").status_code == 200
        fresh.factory.advance(fresh.factory.now + 1801)
        expired = client.get("/auth/me")
        assert (expired.status_code, expired.json()["message"]) == (500, "Expired or invalid JWT token")
        renewed = client.post("/auth/refresh", json={"refreshToken": token["refreshToken"]}).json()
        assert client.post("/auth/refresh", json={"refreshToken": token["refreshToken"]}).status_code == 401
        client.headers["Authorization"] = f"Bearer {renewed['accessToken']}"
        assert client.get("/auth/me").status_code == 200


def test_rate_limit(living: Sandbox) -> None:
    with sign_in(living) as client:
        answers = [client.get("/locations/mini") for _ in range(11)]
    assert [each.status_code for each in answers] == [200] * 10 + [429]
    assert answers[-1].json()["error"] == "Rate limit exceeded"
    assert "retry-after" not in answers[-1].headers


def test_open_downtime_has_duration_zero_and_parents_their_own_row(living: Sandbox) -> None:
    factory, downtimes = living.factory, living.factory.atlas["asset-downtimes"]
    living.atlas_api.rate_limit_per_minute = None
    headers = {"x-api-key": "sandbox-key"}
    for _ in range(2000):
        factory.advance(factory.now + 600)
        down = [row for row in downtimes.values() if row["duration"] == 0]
        if len(down) == 2 and factory.atlas["assets"][down[0]["asset"]]["parentAsset"] == down[1]["asset"]:
            break
    child, parent = down
    assert child["startsOn"] == parent["startsOn"]
    with httpx.Client(base_url=living.atlas_url, headers=headers) as client:
        path = f"/asset-downtimes/asset/{child['asset']}"
        shown = client.get(path).json()[-1]
        assert (shown["id"], shown["duration"]) == (child["id"], 0)
        assert shown["endsOn"] == shown["startsOn"]
        assert "asset" not in shown
        assert client.get(f"/assets/{child['asset']}").json()["status"] == "DOWN"
        factory.advance(factory.now + 7 * 86400)
        closed = {row["id"]: row["duration"] for row in client.get(path).json()}
        assert closed[child["id"]] > 0


def test_rows_delivered_twice(atlas: httpx.Client, factory: Factory) -> None:
    page = search(atlas, "work-orders", pageSize=1000)
    counted = {each: ids(page).count(each) for each in ids(page)}
    twice = {f"work-order/{each}" for each, count in counted.items() if count == 2}
    assert twice == set(factory.planted["delivered_twice"])
    assert page["totalElements"] == len(counted)


def test_pages_for_links(sandbox: Sandbox) -> None:
    for path in ("work-orders/1", "assets/2", "preventive-maintenances/1", "inventory/parts/3"):
        page = httpx.get(f"{sandbox.atlas_url}/app/{path}")
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert httpx.get(f"{sandbox.atlas_url}/app/assets/9999").status_code == 404


def test_faults(fresh: Sandbox) -> None:
    def fail(request: Request) -> Response | None:
        return Response(500, b"<html>oops</html>", "text/html") if "search" in request.path else None

    with sign_in(fresh) as client:
        fresh.atlas.fault = fail
        assert client.post("/assets/search", json={}).status_code == 500
        assert client.get("/assets/mini").status_code == 200
        fresh.atlas.fault = None
        assert client.post("/assets/search", content=b"not json").status_code == 400
