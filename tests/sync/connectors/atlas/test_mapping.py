"""Atlas's DTOs → records."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sync.connectors.atlas.connector import AtlasConnector
from sync.connectors.atlas.places import path_of
from sync.connectors.base import SourceConfig
from sync.errors import BadRow, SourceRefused
from sync.records import (
    CostCategory,
    CostRecord,
    DowntimeRecord,
    EquipmentRecord,
    Kind,
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
from tests.sync.connectors.atlas import dto
from tests.sync.connectors.atlas.fake import FakeAtlas


@pytest.fixture
def full(atlas: FakeAtlas) -> FakeAtlas:
    atlas.rows = {
        "locations": dto.LOCATIONS,
        "assets": [dto.ASSET],
        "work-orders": [dto.WORK_ORDER],
        "users": [dto.USER],
        "parts": [dto.PART],
    }
    atlas.children = {
        "/asset-downtimes/asset/7": [dto.DOWNTIME],
        "/labors/work-order/31": [dto.LABOR],
        "/part-quantities/work-order/31": [dto.PART_QUANTITY],
        "/additional-costs/work-order/31": [dto.ADDITIONAL_COST],
    }
    return atlas


def payloads(atlas: FakeAtlas, stream: str, **options: Any) -> list[dict[str, Any]]:
    config = replace(atlas.config, options={**atlas.config.options, **options})
    with closing(AtlasConnector(config)) as connector:
        return [row.payload for page in connector.read(stream, {}) for row in page.rows]


def records(atlas: FakeAtlas, stream: str, **changes: Any) -> list[Record]:
    found = payloads(atlas, stream)
    return [one for row in found for one in AtlasConnector.to_records(stream, {**row, **changes})]


def only(atlas: FakeAtlas, stream: str, **changes: Any) -> Any:
    (found,) = records(atlas, stream, **changes)
    return found


def test_roots_are_plants_their_children_lines_and_the_rest_folds(full: FakeAtlas) -> None:
    plant, line = records(full, "locations")
    assert isinstance(plant, PlantRecord)
    assert isinstance(line, LineRecord)
    assert (plant.external_key, plant.name) == ("location/1", "Lyon")
    assert (line.external_key, line.plant.key) == ("location/2", "location/1")


def test_asset(full: FakeAtlas) -> None:
    asset = only(full, "assets")
    assert isinstance(asset, EquipmentRecord)
    assert asset.plant is not None
    assert asset.line is not None
    assert asset.parent is not None
    assert (asset.plant.key, asset.line.key, asset.parent.key) == ("location/1", "location/2", "asset/5")
    assert asset.codes == ("PR-04", "SN-1")
    assert asset.equipment_class == "Press"
    assert asset.down_now is True
    assert asset.active
    assert not asset.work_unit


def test_what_changes_by_itself_is_not_kept(full: FakeAtlas) -> None:
    (row,) = payloads(full, "assets")
    assert {"image", "files", "updatedAt"}.isdisjoint(row)
    (row,) = payloads(full, "labour")
    assert row["assignedTo"] == {"id": 9, "firstName": "Priya", "lastName": "Kulkarni"}


def test_an_asset_without_location_is_where_its_parent_is(full: FakeAtlas) -> None:
    full.rows["assets"] = [{**dto.ASSET, "location": None}]
    assert only(full, "assets").line.key == "location/2"
    full.rows["assets"] = [{**dto.ASSET, "location": None, "parentAsset": None}]
    assert only(full, "assets").plant is None


def test_a_ring_of_locations_ends() -> None:
    assert path_of(1, {1: 2, 2: 1}) == [2, 1]


@pytest.mark.parametrize(
    ("status", "down"),
    [("OPERATIONAL", False), ("EMERGENCY_SHUTDOWN", True), ("MODERNIZATION", False), (None, None)],
)
def test_really_down(full: FakeAtlas, status: str | None, down: bool | None) -> None:
    assert only(full, "assets", status=status, archived=True).down_now is down


def test_work_order(full: FakeAtlas) -> None:
    order = only(full, "work_orders")
    assert isinstance(order, WorkOrderRecord)
    assert (order.number, order.status, order.work_type) == (
        "WO000031",
        WorkStatus.COMPLETED,
        WorkType.CORRECTIVE,
    )
    assert order.created_at == datetime(2026, 8, 20, 6, tzinfo=UTC)
    assert order.completed_at == datetime(2026, 8, 22, 15, 39, 24, tzinfo=UTC)
    assert order.equipment is not None
    assert order.assigned_to is not None
    assert (order.equipment.key, order.assigned_to.key, order.priority) == ("asset/7", "user/9", "high")
    assert order.assigned_to.label == "Priya Kulkarni"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"status": "OPEN"}, WorkStatus.OPEN),
        ({"status": "IN_PROGRESS"}, WorkStatus.IN_PROGRESS),
        ({"status": "ON_HOLD"}, WorkStatus.ON_HOLD),
        ({"status": "OPEN", "archived": True}, WorkStatus.CANCELLED),
        ({"status": "COMPLETE", "archived": True}, WorkStatus.COMPLETED),
    ],
)
def test_status_of_a_work_order(full: FakeAtlas, changes: dict[str, Any], status: WorkStatus) -> None:
    assert only(full, "work_orders", **changes).status is status


def test_a_work_order_of_a_plan_is_preventive(full: FakeAtlas) -> None:
    order = only(full, "work_orders", parentPreventiveMaintenance={"id": 2, "name": "Service"}, customId=None)
    assert (order.work_type, order.number) == (WorkType.PREVENTIVE, "31")


def told(atlas: FakeAtlas, **changes: Any) -> Any:
    """The work order as Atlas has it; unlike ``only``, with what is read beside it."""
    atlas.rows["work-orders"] = [{**dto.WORK_ORDER, **changes}]
    return only(atlas, "work_orders")


def test_a_work_order_tells_its_plan_team_estimate_and_request(full: FakeAtlas) -> None:
    full.rows["preventive-maintenances"] = [
        {"id": 2, "name": "Service", "schedule": {"id": 1, "frequency": 4, "recurrenceType": "WEEKLY"}}
    ]
    order = told(
        full,
        parentPreventiveMaintenance={"id": 2, "name": "Service"},
        parentRequest={"id": 4, "createdAt": "2026-08-19T05:00:00Z"},
        estimatedStartDate="2026-08-21T06:00:00.000+00:00",
        team={"id": 3, "name": "Mechanics"},
    )
    assert (order.plan_key, order.plan_interval_days) == ("preventive-maintenance/2", 28)
    assert (order.team, order.estimated_s) == ("Mechanics", 7200)
    assert order.requested_at == datetime(2026, 8, 19, 5, tzinfo=UTC)
    assert order.scheduled_at == datetime(2026, 8, 21, 6, tzinfo=UTC)


@pytest.mark.parametrize(("kind", "days"), [("DAILY", 2), ("MONTHLY", 2 * 365 / 12), ("YEARLY", 730)])
def test_intervals_of_plans(full: FakeAtlas, kind: str, days: float) -> None:
    schedule = {"id": 1, "frequency": 2, "recurrenceType": kind}
    full.rows["preventive-maintenances"] = [{"id": 2, "name": "Service", "schedule": schedule}]
    order = told(full, parentPreventiveMaintenance={"id": 2, "name": "Service"})
    assert order.plan_interval_days == days


def test_a_work_order_without_plan_or_estimate(full: FakeAtlas) -> None:
    order = told(full, estimatedDuration=0)
    assert (order.plan_key, order.plan_interval_days, order.estimated_s) == ("", None, None)
    assert (order.requested_at, order.scheduled_at, order.team) == (None, None, "")
    assert "/preventive-maintenances/search" not in full.paths


def test_a_plan_that_is_gone_still_made_its_orders(full: FakeAtlas) -> None:
    order = told(full, parentPreventiveMaintenance={"id": 9, "name": "Service"})
    assert (order.plan_key, order.plan_interval_days) == ("preventive-maintenance/9", None)


def test_a_work_order_without_an_asset_is_where_its_location_is(full: FakeAtlas) -> None:
    assert told(full).plant is None
    order = told(full, asset=None)
    assert order.plant is not None
    assert order.plant.key == "location/1"
    assert told(full, asset=None, location=None).plant is None


def test_downtime(full: FakeAtlas) -> None:
    stop = only(full, "downtimes")
    assert isinstance(stop, DowntimeRecord)
    assert (stop.external_key, stop.equipment.key) == ("asset-downtime/7.4", "asset/7")
    assert (stop.start, stop.end) == (
        datetime(2026, 8, 22, 10, tzinfo=UTC),
        datetime(2026, 8, 22, 11, 30, tzinfo=UTC),
    )
    assert stop.reason.codes == ("unspecified-failure",)
    assert not stop.inherited
    assert only(full, "downtimes", duration=0).end is None


def test_labour_and_parts(full: FakeAtlas) -> None:
    labour, used = only(full, "labour"), only(full, "part_uses")
    assert isinstance(labour, LabourRecord)
    assert isinstance(used, PartUseRecord)
    assert (labour.external_key, labour.work_order.key, labour.seconds) == (
        "labor/31.6",
        "work-order/31",
        1800,
    )
    assert labour.technician is not None
    assert (labour.technician.key, labour.hourly_rate) == ("user/9", 42)
    assert only(full, "labour", hourlyRate=0).hourly_rate is None
    assert (used.external_key, used.part.key, used.quantity) == ("part-quantity/31.8", "part/3", 2.0)
    assert used.unit_cost == 12.5


def test_an_additional_cost_is_what_its_category_is_said_to_be(full: FakeAtlas) -> None:
    cost = only(full, "additional_costs")
    assert isinstance(cost, CostRecord)
    assert (cost.external_key, cost.amount, cost.currency) == ("additional-cost/31.5", 240.5, "")
    assert cost.work_order is not None
    assert (cost.work_order.key, cost.category, cost.label) == ("work-order/31", CostCategory.OTHER, "Crane")
    assert cost.at == datetime(2026, 8, 22, 12, tzinfo=UTC)
    (row,) = payloads(full, "additional_costs", cost_categories={"External service": "contractor"})
    (told,) = AtlasConnector.to_records("additional_costs", row)
    assert isinstance(told, CostRecord)
    assert told.category is CostCategory.CONTRACTOR


def test_costs_without_a_date_or_out_of_the_total(full: FakeAtlas) -> None:
    assert only(full, "additional_costs", date=None).at == datetime(2026, 8, 20, 6, tzinfo=UTC)
    assert records(full, "additional_costs", includeToTotalCost=False) == []


@pytest.mark.parametrize("wrong", [{"External service": "firm"}, ["External service"]])
def test_a_wrong_meaning_of_a_category_is_told(full: FakeAtlas, wrong: Any) -> None:
    with pytest.raises(SourceRefused, match="cost_categories"):
        payloads(full, "additional_costs", cost_categories=wrong)


def test_what_a_machine_cost_and_since_when_it_serves(full: FakeAtlas) -> None:
    asset = only(full, "assets")
    assert (asset.replacement_value, asset.in_service_on) == (100.0, date(2024, 3, 1))
    bare = only(full, "assets", acquisitionCost=0, inServiceDate=None)
    assert (bare.replacement_value, bare.in_service_on) == (None, None)


def test_part_and_person(full: FakeAtlas) -> None:
    part, person = only(full, "parts"), only(full, "users")
    assert isinstance(part, PartRecord)
    assert isinstance(person, TechnicianRecord)
    assert part.product is not None
    assert (part.codes, part.product.kind, part.product.codes) == (("SEAL-01",), Kind.PRODUCT, ("SEAL-01",))
    assert only(full, "parts", barcode=None).product is None
    assert (person.name, person.codes) == ("Priya Kulkarni", ("priya.kulkarni@example.com",))
    assert (person.active, person.hourly_rate) == (False, None)


@pytest.mark.parametrize(
    ("stream", "field", "value"),
    [
        ("assets", "status", "SLEEPING"),
        ("assets", "parentAsset", "Line"),
        ("work_orders", "status", "CANCELLED"),
        ("work_orders", "status", None),
        ("work_orders", "priority", "URGENT"),
        ("work_orders", "completedOn", "22/08/2026"),
        ("work_orders", "dueDate", "2026-08-22T10:00:00"),
        ("work_orders", "createdAt", 1_600_000_000),
        ("work_orders", "asset", {"name": "Press"}),
        ("downtimes", "startsOn", None),
        ("downtimes", "startsOn", "soon"),
        ("downtimes", "duration", "90"),
        ("downtimes", "duration", 1e15),
        ("labour", "status", "PAUSED"),
        ("labour", "duration", None),
        ("part_uses", "part", None),
        ("part_uses", "quantity", True),
        ("parts", "cost", "free"),
        ("additional_costs", "cost", None),
        ("additional_costs", "date", "yesterday"),
        ("assets", "inServiceDate", "2024"),
    ],
)
def test_bad_values_name_field_and_value(full: FakeAtlas, stream: str, field: str, value: Any) -> None:
    with pytest.raises(BadRow, match=field) as bad:
        records(full, stream, **{field: value})
    assert bad.value.field == field


@pytest.mark.parametrize(
    ("key", "url"),
    [
        ("asset/7", "https://cmms.example.com/app/assets/7/details"),
        ("asset-downtime/7.4", "https://cmms.example.com/app/assets/7/downtimes"),
        ("work-order/31", "https://cmms.example.com/app/work-orders/31"),
        ("additional-cost/31.5", "https://cmms.example.com/app/work-orders/31"),
        ("labor/31.6", "https://cmms.example.com/app/work-orders/31"),
        ("part/3", "https://cmms.example.com/app/inventory/parts/3"),
        ("location/1", "https://cmms.example.com/app/locations/1"),
        ("meter/1", ""),
    ],
)
def test_links_into_atlas(key: str, url: str) -> None:
    for config in (
        SourceConfig(url="https://cmms.example.com/api/"),
        SourceConfig(url="http://api:8080", options={"ui_url": "https://cmms.example.com/"}),
    ):
        assert AtlasConnector.record_url(config, key) == url
