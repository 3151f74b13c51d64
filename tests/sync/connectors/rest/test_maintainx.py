"""What the MaintainX declaration asks for and relies on is in the published contract, and means the same."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel

from sync.connectors.base import Connector, Payload, SourceConfig
from sync.connectors.declared.classes import shipped_class
from sync.connectors.declared.contract import fits
from sync.connectors.declared.rules import FieldRule
from sync.connectors.rest.connector import RestConnector
from sync.connectors.rest.declaration import RestDeclaration, RestStream
from sync.records import (
    CostRecord,
    DowntimeRecord,
    EquipmentRecord,
    LabourRecord,
    LineRecord,
    PartRecord,
    PartUseRecord,
    PlantRecord,
    Record,
    TechnicianRecord,
    WorkOrderRecord,
    WorkStatus,
    WorkType,
)
from tests.sync.connectors.rest import maintainx
from tests.sync.connectors.rest.lists import serving
from tests.sync.connectors.rest.maintainx import CONTRACT, answer_schema, list_name, parameters, row_schema

R = TypeVar("R", bound=Record)
CLASS = shipped_class(RestConnector, "maintainx")
assert issubclass(CLASS, RestConnector)
DECLARATION: RestDeclaration = CLASS.declaration
JSON_TYPES = {
    "integer": {"integer"},
    "number": {"integer", "number"},
    "string": {"string", "time"},
    "boolean": {"boolean"},
    "object": {"object"},
    "array": {"array"},
}
# What a list gives only when it is asked to, by the first step of a field's path.
EXPANDED = {
    "/assets": {
        "barcode": "barcode",
        "assetTypes": "asset_types",
        "status": "status",
        "depreciation": "depreciation",
    },
    "/workorders": {
        "asset": "asset",
        "assignees": "assignees",
        "timeItems": "time_items",
        "expenditures": "expenditures",
        "parts": "parts",
    },
}


@pytest.fixture(params=list(DECLARATION.streams))
def stream(request: pytest.FixtureRequest) -> RestStream:
    return DECLARATION.streams[request.param]


def at(schema: Mapping[str, Any], path: str) -> tuple[Mapping[str, Any], bool]:
    """The schema at a path, lists looked through; and whether the field is always there."""
    *way, last = path.split(".")
    for step in way:
        schema = schema["properties"][step]
        schema = schema["items"] if schema["type"] == "array" else schema
    return schema["properties"][last], last in schema.get("required", [])


def test_its_address_and_lists_are_those_of_the_contract(stream: RestStream) -> None:
    assert DECLARATION.url == CONTRACT["servers"][0]["url"]
    assert stream.path in CONTRACT["paths"]
    assert stream.rows == list_name(stream.path)
    assert answer_schema(stream.path)["properties"]["nextCursor"]["type"] == "string"


def test_its_parameters_are_known(stream: RestStream) -> None:
    known = parameters(stream.path)
    assert set(stream.params) <= set(known)
    assert set(DECLARATION.headers) <= set(known) or stream.path == "/organizations"  # it lists them all
    assert 1 <= DECLARATION.paging_of(stream).size <= known["limit"]["maximum"]
    for name, given in stream.params.items():
        choices = known[name].get("enum") or known[name].get("items", {}).get("enum")
        for one in given if isinstance(given, list) else [given]:
            assert "{" in one or one in choices


def test_its_fields_are_there_with_their_types(stream: RestStream) -> None:
    for path, wanted in stream.fields.items():
        schema, always = at(row_schema(stream.path), path)
        kind = wanted.removesuffix("?")
        types = JSON_TYPES.get(schema.get("type", ""), set())
        assert kind == "any" or kind in types, path
        assert kind != "time" or schema["format"] == "date-time", path
        asked = EXPANDED.get(stream.path, {}).get(path.split(".")[0])
        assert always or asked or wanted.endswith("?") or not row_schema(stream.path).get("required"), path
        assert asked is None or asked in stream.params["expand"], path


def test_an_example_of_each_row_fits_its_fields(stream: RestStream) -> None:
    row = maintainx.row(stream.path)
    for path, wanted in stream.fields.items():
        if "." not in path and row[path] is not None:
            assert fits(row[path], wanted.removesuffix("?")), path


def test_every_constant_of_the_contract_has_a_meaning(stream: RestStream) -> None:
    enums = 0
    for rule in _rules(stream):
        if rule.map is None or rule.from_ is None:
            continue
        schema, _ = at(row_schema(stream.path), rule.from_)
        assert {one for one in schema["enum"] if one} == set(rule.map), rule.from_
        enums += 1
    assert enums == {"/workorders": 3, "/assets": 1, "/assetstatuses": 1}.get(stream.path, 0)


def _rules(part: Any) -> Iterator[FieldRule]:
    if isinstance(part, FieldRule):
        yield part
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _rules(getattr(part, name))
    elif isinstance(part, list | tuple):
        for one in part:
            yield from _rules(one)


@pytest.fixture
def records() -> Iterator[dict[str, list[Record]]]:
    """All records of the stand-in's factory, by external key."""
    api = maintainx.stand_in()
    with serving(api.answer) as server:
        config = SourceConfig(url=server.url + maintainx.BASE, api_key="key-1")
        with closing(CLASS(config)) as opened:
            found: dict[str, list[Record]] = {}
            for name in opened.streams:
                for payload in _payloads(opened, name):
                    for record in CLASS.to_records(name, payload):
                        found.setdefault(record.external_key, []).append(record)
        yield found


def _payloads(opened: Connector, stream: str) -> Iterator[Payload]:
    for page in opened.read(stream, {}):
        yield from (row.payload for row in page.rows)


def one(records: dict[str, list[Record]], kind: type[R], key: str) -> R:
    (found,) = [record for record in records.get(key, []) if isinstance(record, kind)]
    return found


def test_locations_are_plants_and_lines(records: dict[str, list[Record]]) -> None:
    plant = one(records, PlantRecord, "location/1")
    assert (plant.name, plant.codes, plant.timezone, plant.currency) == (
        "Place 1",
        ("Place 1",),
        "Europe/Paris",
        "EUR",
    )
    assert one(records, LineRecord, "location/2").plant.key == "location/1"
    assert "location/6" not in records  # below a line


def test_assets_belong_to_the_plant_and_line_above_them(records: dict[str, list[Record]]) -> None:
    press = one(records, EquipmentRecord, "asset/12")
    assert press.plant
    assert press.line
    assert press.parent
    assert (press.plant.key, press.line.key, press.parent.key) == ("location/1", "location/2", "asset/11")
    assert press.codes == ("PR-12",)
    assert press.down_now is True
    assert press.replacement_value == 12500
    assert one(records, EquipmentRecord, "asset/13").down_now is None
    assert one(records, EquipmentRecord, "asset/14").down_now is False


def test_people_and_parts(records: dict[str, list[Record]]) -> None:
    ann, bo = one(records, TechnicianRecord, "user/21"), one(records, TechnicianRecord, "user/22")
    assert (ann.name, ann.codes, ann.hourly_rate) == ("Ann Lee", ("ann@acme.example",), 45.5)
    assert (bo.codes, bo.hourly_rate) == ((), None)
    part = one(records, PartRecord, "part/2")
    assert (part.codes, part.unit_cost) == (("B-2",), 1.2)
    assert part.product
    assert part.product.codes == ("B-2",)


def test_work_orders_with_time_parts_and_costs(records: dict[str, list[Record]]) -> None:
    done = one(records, WorkOrderRecord, "workorder/103")
    assert (done.status, done.work_type, done.number) == (WorkStatus.COMPLETED, WorkType.OTHER, "3")
    assert done.completed_at == maintainx.NOW - timedelta(hours=73)
    assert done.assigned_to
    assert done.assigned_to.key == "user/21"
    assert one(records, WorkOrderRecord, "workorder/101").completed_at is None  # it was, but goes on
    assert one(records, WorkOrderRecord, "workorder/105").equipment is None
    labour = one(records, LabourRecord, "workorder/103.labour0")
    assert (labour.work_order.key, labour.seconds, labour.hourly_rate) == ("workorder/103", 1800, 45.5)
    assert one(records, PartUseRecord, "workorder/103.part1").quantity == 1
    assert "workorder/102.part1" not in records  # none was used
    cost = one(records, CostRecord, "workorder/103.cost0")
    assert (cost.amount, cost.label) == (99, "Crane")
    assert "workorder/103.cost1" not in records  # a part, which is told already


def test_downtimes_are_the_times_an_asset_is_offline(records: dict[str, list[Record]]) -> None:
    going_on = one(records, DowntimeRecord, "assetstatus/303")
    assert going_on.end is None
    assert going_on.equipment.key == "asset/14"
    assert going_on.reason.codes == ("planned-maintenance",)
    assert one(records, DowntimeRecord, "assetstatus/309").reason.codes == ("unspecified-failure",)
    assert not {"assetstatus/301", "assetstatus/302", "assetstatus/306"} & set(records)


def test_only_what_changed_is_asked_for(records: dict[str, list[Record]]) -> None:
    api = maintainx.stand_in()
    with serving(api.answer) as server:
        config = SourceConfig(url=server.url + maintainx.BASE, api_key="key-1", options={"page_size": 3})
        with closing(CLASS(config)) as opened:
            since = opened.cursor_since("work_orders", datetime(2026, 6, 14, tzinfo=UTC))
            list(opened.read("work_orders", since))
            assert api.seen[0].query["updatedAt[gte]"] == "2026-06-13T23:50:00.000Z"
            api.seen.clear()
            list(opened.read("downtimes", {"since": maintainx.moment(50)}))
            assert len(api.seen) == 1  # of three pages


def test_an_organization_is_named_where_the_key_has_several() -> None:
    api = maintainx.stand_in()
    with serving(api.answer) as server:
        options = {"organization_id": 9}
        config = SourceConfig(url=server.url + maintainx.BASE, api_key="key-1", options=options)
        with closing(CLASS(config)) as opened:
            opened.check()
    assert {request.headers["x-organization-id"] for request in api.seen} == {"9"}
