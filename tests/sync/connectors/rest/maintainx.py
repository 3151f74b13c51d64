"""MaintainX by its published contract: rows built from its schemas, lists that page and filter as it says."""

import copy
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sync.sandbox import Request
from tests.sync.connectors.rest.lists import Api, Row

CONTRACT = json.loads((Path(__file__).parent.parent / "recorded" / "maintainx.json").read_text())
BASE = "/v1"
NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)
Schema = dict[str, Any]


def parameters(path: str) -> dict[str, Schema]:
    """Query and header parameters of a list, by name."""
    return {one["name"]: one["schema"] for one in CONTRACT["paths"][path]["get"]["parameters"]}


def answer_schema(path: str) -> Schema:
    found: Schema = CONTRACT["paths"][path]["get"]["responses"]["200"]["content"]["application/json"][
        "schema"
    ]
    return found


def list_name(path: str) -> str:
    """The one property of the answer that holds the rows."""
    return next(
        str(name) for name, one in answer_schema(path)["properties"].items() if one["type"] == "array"
    )


def row_schema(path: str) -> Schema:
    found: Schema = answer_schema(path)["properties"][list_name(path)]["items"]
    return found


def built(schema: Schema) -> Any:
    """A value of the schema: its example, a constant, or something of its type."""
    if "example" in schema:
        return copy.deepcopy(schema["example"])
    if "enum" in schema:
        return schema["enum"][0]
    if "oneOf" in schema:
        return built(schema["oneOf"][0])
    match schema.get("type"):
        case "object":
            return {name: built(one) for name, one in schema.get("properties", {}).items()}
        case "array":
            return [built(schema["items"])] if "items" in schema else []
        case "string":
            return moment(0) if schema.get("format") == "date-time" else "text"
        case "boolean":
            return False
        case _:
            return 1


def moment(hours_ago: float) -> str:
    at = NOW - timedelta(hours=hours_ago)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def row(path: str, **own: Any) -> Row:
    """A row with every property the contract names."""
    found: Row = built(row_schema(path))
    return {**found, **own}


def factory() -> dict[str, list[Row]]:
    """Two plants with lines and machines, a month of work orders, and the machines' statuses."""
    places = [(1, None), (2, 1), (3, 1), (4, None), (5, 4), (6, 2)]
    assets = [(11, 2, None), (12, 6, 11), (13, 5, None), (14, 3, None)]
    return {
        "/organizations": [row("/organizations", id=9, name="ACME", timeZone="Europe/Paris", currency="eur")],
        "/locations": [
            row("/locations", id=one, name=f"Place {one}", parentId=parent, organizationId=9)
            for one, parent in places
        ],
        "/users": [
            row("/users", id=21, firstName="Ann", lastName="Lee", email="Ann@acme.example", hourlyRate=4550),
            row("/users", id=22, firstName="Bo", lastName="Ek", email=None, hourlyRate=None),
        ],
        "/assets": [
            row(
                "/assets",
                id=one,
                name=f"Press {one}",
                locationId=place,
                parentId=parent,
                barcode=f"PR-{one}",
                serialNumber=None,
                status={**built(row_schema("/assets")["properties"]["status"]), "status": status},
            )
            for (one, place, parent), status in zip(
                assets, ["ONLINE", "OFFLINE", "IGNORE", "ONLINE"], strict=True
            )
        ],
        "/parts": [
            row("/parts", id=one, barcode=f"B-{one}", unitCost=120, updatedAt=moment(100 * one))
            for one in (1, 2, 3)
        ],
        "/workorders": [_order(number) for number in range(1, 13)],
        "/assetstatuses": [_status(number) for number in range(1, 10)],
    }


def _order(number: int) -> Row:
    status = ["OPEN", "IN_PROGRESS", "ON_HOLD", "DONE", "CANCELED", "SKIPPED"][number % 6]
    shape = row_schema("/workorders")["properties"]
    item = built(shape["timeItems"]["items"])
    return row(
        "/workorders",
        id=100 + number,
        sequentialId=number,
        status=status,
        type=["PREVENTIVE", "REACTIVE", None, "OTHER"][number % 4],
        createdAt=moment(24 * number + 30),
        updatedAt=moment(24 * number),
        completedAt=moment(24 * number + 1),
        deletedAt=None,
        dueDate=None,
        asset={**built(shape["asset"]), "id": 11 + number % 4} if number % 5 else None,
        assignees=[{"type": "TEAM", "id": 3}, {"type": "USER", "id": 21}],
        parts=[{**built(shape["parts"]["items"]), "id": 1, "quantityUsed": number % 2}],
        timeItems=[{**item, "type": "TIME", "durationTotal": 1800, "userId": 21, "costPerUnit": 4550}],
        expenditures=[
            {**item, "type": "EXPENSE", "rowTotal": 9900, "description": "Crane"},
            {**item, "type": "PART", "rowTotal": 120},
        ],
    )


def _status(number: int) -> Row:
    return row(
        "/assetstatuses",
        id=300 + number,
        assetId=11 + number % 4,
        status=["OFFLINE", "ONLINE", "IGNORE"][number % 3],
        downtimeType=["UNPLANNED", "PLANNED", None][number // 3 % 3],
        startedAt=moment(48 * number),
        endedAt=None if number == 3 else moment(48 * number - 2),
        updatedAt=moment(48 * number - 2),
        deletedAt=moment(5) if number == 6 else None,
    )


def taken(request: Request, rows: list[Row]) -> Any:
    """One page, as the contract says: opaque cursors, ``updatedAt[gte]``, ``sort``."""
    path = request.path.removeprefix(BASE)
    assert set(request.query) <= set(parameters(path)), request.query
    since = request.query.get("updatedAt[gte]", "")
    hits = [one for one in rows if one.get("updatedAt", "~") >= since]
    if sort := request.query.get("sort"):
        hits.sort(key=lambda one: one[sort.removeprefix("-")], reverse=sort.startswith("-"))
    first = int(request.query.get("cursor", "c0").removeprefix("c"))
    behind = first + int(request.query["limit"])
    more = f"c{behind}" if behind < len(hits) else None
    return {list_name(path): copy.deepcopy(hits[first:behind]), "nextCursor": more, "nextPageUrl": None}


def stand_in() -> Api:
    return Api({BASE + path: rows for path, rows in factory().items()}, taken)
