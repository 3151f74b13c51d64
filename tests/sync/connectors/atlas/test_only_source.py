"""A small site that has Atlas CMMS alone, and fills in little of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kpis.models import Downtime, Equipment, Labour, Line, PartUse, Plant, Technician, WorkOrder
from kpis.rollup import rebuild
from sync.exceptions import map_key
from sync.models import Source, SyncException, SyncRun
from sync.run import run_stream
from sync.sources import add_source
from tests.sync.conftest import good
from tests.sync.connectors.atlas import dto
from tests.sync.connectors.atlas.fake import FakeAtlas

pytestmark = pytest.mark.django_db
Row = dict[str, Any]
MASTERS = ("locations", "users", "assets", "parts", "preventive_plans")
STREAMS = (*MASTERS, "work_orders", "downtimes", "labour", "part_uses")


def bare(row: Row, **values: Any) -> Row:
    """The row with null wherever Atlas allows it."""
    kept = ("id", "name", "title", "status", "createdAt", "updatedAt", "startsOn", "duration", "quantity")
    return {name: value if name in kept else None for name, value in row.items()} | values


def asset(number: int, **values: Any) -> Row:
    return bare(dto.ASSET, id=number, name=f"Machine {number}", status="OPERATIONAL", **values)


def order(number: int, **values: Any) -> Row:
    return bare(dto.WORK_ORDER, id=number, title=f"Order {number}", **{"status": "OPEN", **values})


def location(number: int, name: str, above: Row | None = None) -> Row:
    return bare(dto.LOCATIONS[0], id=number, name=name, parentLocation=above)


@pytest.fixture
def site(atlas: FakeAtlas) -> FakeAtlas:
    """Three machines without a location, one of them under another; five orders."""
    atlas.rows = {
        "locations": [],
        "users": [bare(dto.USER, id=9, email="priya@example.com")],
        "assets": [asset(1), asset(2, parentAsset={"id": 1, "name": "Machine 1"}), asset(3, archived=True)],
        "parts": [bare(dto.PART)],
        "preventive-maintenances": [],
        "work-orders": [
            order(1),
            order(2, status="COMPLETE"),
            order(3, status="COMPLETE", completedOn="2026-08-22T15:39:24.000+00:00"),
            order(4, archived=True),
            order(5, asset={"id": 2, "name": "Machine 2"}),
        ],
    }
    atlas.children = {f"/{path}/{one}": [] for path, many in _LOOKUPS.items() for one in range(1, many + 1)}
    atlas.children["/asset-downtimes/asset/1"] = [
        bare(dto.DOWNTIME),
        bare(dto.DOWNTIME, id=5, startsOn="2026-08-22T12:00:00.000+00:00", duration=0),
    ]
    atlas.children["/labors/work-order/1"] = [bare(dto.LABOR, status="RUNNING", duration=0)]
    atlas.children["/part-quantities/work-order/1"] = [
        bare(dto.PART_QUANTITY, part={"id": 3, "name": "Seal", "cost": None})
    ]
    return atlas


_LOOKUPS = {
    "asset-downtimes/asset": 3,
    "labors/work-order": 5,
    "part-quantities/work-order": 5,
    "additional-costs/work-order": 5,
}


def connected(atlas: FakeAtlas, **options: Any) -> Source:
    config = atlas.config
    return add_source(
        name="atlas",
        title="CMMS",
        connector="atlas",
        url=config.url,
        username=config.username,
        password=config.password,
        options={**config.options, **options},
    )


def test_a_site_without_locations_is_one_plant(site: FakeAtlas) -> None:
    good(connected(site), *STREAMS)
    assert [(plant.name, plant.source) for plant in Plant.objects.all()] == [("CMMS", "atlas")]
    machines = Equipment.objects.order_by("external_key").values_list("name", "parent__name", "active")
    assert list(machines) == [
        ("Machine 1", None, True), ("Machine 2", "Machine 1", True), ("Machine 3", None, False)
    ]  # fmt: skip
    assert not SyncException.objects.exists()


def test_orders_count_whatever_they_lack(site: FakeAtlas) -> None:
    good(connected(site), *STREAMS)
    orders = WorkOrder.objects.order_by("id").values_list("number", "status", "equipment__name")
    assert list(orders) == [
        ("1", "open", None),
        ("2", "completed", None),
        ("3", "completed", None),
        ("4", "cancelled", None),
        ("5", "open", "Machine 2"),
    ]
    assert Technician.objects.get().name == "priya@example.com"
    assert (Labour.objects.count(), PartUse.objects.count(), Downtime.objects.count()) == (1, 1, 2)
    assert list(Downtime.objects.filter(end=None).values_list("equipment__name", flat=True)) == ["Machine 1"]
    rebuild(datetime(2026, 8, 23, tzinfo=UTC))


def test_flat_locations_are_plants_and_machines_without_one_are_asked_for(site: FakeAtlas) -> None:
    site.rows["locations"] = [location(1, "Lyon"), location(2, "Graz"), location(3, "Hall", {"id": 2})]
    site.rows["assets"][2]["location"] = {"id": 3, "name": "Hall"}
    good(connected(site), *STREAMS)
    assert set(Plant.objects.values_list("name", flat=True)) == {"Lyon", "Graz"}
    assert Equipment.objects.get().line == Line.objects.get(name="Hall")
    exception = SyncException.objects.get()
    assert exception.title == "Unknown plant: machines without a place"
    assert exception.held_records.filter(raw__stream__name="assets").count() == 2
    assert exception.held_records.filter(raw__stream__name="work_orders").count() == 1
    map_key(exception, canonical_id=Plant.objects.get(name="Lyon").pk, by="lead")
    assert Equipment.objects.filter(plant__name="Lyon").count() == 2
    assert WorkOrder.objects.count() == 5
    assert not SyncException.objects.filter(status="open").exists()


def test_a_location_given_later_moves_the_machine(site: FakeAtlas) -> None:
    source = connected(site)
    good(source, *STREAMS)
    site.rows["locations"] = [location(1, "Lyon")]
    site.rows["assets"][0]["location"] = {"id": 1, "name": "Lyon"}
    good(source, "locations", "assets")
    assert Equipment.objects.get(name="Machine 1").plant.name == "Lyon"


def test_a_spent_budget_is_no_failure(site: FakeAtlas) -> None:
    """Atlas's limits are far below what a first load needs: it goes on by itself, and nobody is told."""
    site.rows["work-orders"] = [order(number) for number in range(1, 61)]
    site.children |= {f"/labors/work-order/{number}": [] for number in range(1, 61)}
    source = connected(site, requests_per_minute=20, max_wait_s=0)
    stream = source.streams.get(name="labour")
    runs = [run for _ in range(5) if (run := run_stream(stream.pk))]
    run = runs[-1]
    assert (run.status, run.goes_on) == (SyncRun.Status.DONE, True)
    assert "by itself" in run.error
    stream.refresh_from_db()
    assert stream.failures == 0
    assert stream.next_due is not None
    assert stream.next_due - run.started_at > timedelta(seconds=20)
    assert not SyncException.objects.exists()
