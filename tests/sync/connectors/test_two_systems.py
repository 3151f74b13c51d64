"""Odoo and Atlas side by side where no code of one is a code of the other: people map, the records flow."""

import pytest

from kpis.models import Downtime, Equipment, Plant, Run, WorkOrder
from sync.exceptions import NotAllowed, map_key, suggestions
from sync.models import HeldRecord, SyncException
from sync.sources import add_source
from tests.sync.connectors.atlas import dto
from tests.sync.connectors.atlas.conftest import atlas
from tests.sync.connectors.atlas.fake import FakeAtlas
from tests.sync.connectors.odoo.conftest import Connect, connect, demo, read_due
from tests.sync.connectors.odoo.demo import Demo

__all__ = ["atlas", "connect", "demo"]  # fixtures
MACHINES = ("Press line no. 1", "Assembly station 1", "Assembly station 2", "Drilling machine", "Compressor")


@pytest.fixture
def both(connect: Connect, demo: Demo, atlas: FakeAtlas) -> None:
    """Atlas owns plants and machines; the demo database of Odoo is read beside it."""
    place = {"id": 1, "name": "San Francisco"}
    nameless = {"barCode": None, "serialNumber": None, "parentAsset": None, "location": place}
    atlas.rows = {
        "locations": [{**dto.LOCATIONS[0], **place}, {**dto.LOCATIONS[0], "id": 2, "name": "Lyon"}],
        "assets": [{**dto.ASSET, **nameless, "id": n, "name": name} for n, name in enumerate(MACHINES, 1)],
        "work-orders": [{**dto.WORK_ORDER, "asset": {"id": 5, "name": "Compressor"}, "primaryUser": None}],
    }
    atlas.children = {f"/asset-downtimes/asset/{number}": [] for number in range(1, len(MACHINES) + 1)}
    atlas.children |= {"/labors/work-order/31": [], "/part-quantities/work-order/31": []}
    atlas.children["/additional-costs/work-order/31"] = []
    at = atlas.config
    add_source(
        name="atlas",
        title="Atlas",
        connector="atlas",
        url=at.url,
        username=at.username,
        password=at.password,
        options=at.options,
    )
    connect(demo)
    assert {run.error for run in read_due().values()} == {""}


def unknown(key: str) -> SyncException:
    return SyncException.objects.get(kind="unmapped_key", status="open", external_key=key)


@pytest.mark.usefixtures("both")
def test_each_unknown_thing_is_asked_for_once_with_the_likely_one_first() -> None:
    keys = list(
        SyncException.objects.filter(kind="unmapped_key", status="open").values_list(
            "external_key", flat=True
        )
    )
    assert len(set(keys)) == len(keys)
    centers, equipment = (f"{model}/" for model in ("mrp.workcenter", "maintenance.equipment"))
    assert sum(key.startswith(centers) for key in keys) == 4
    assert sum(key.startswith(equipment) for key in keys) == 11
    assert {key for key in keys if not key.startswith((centers, equipment))} == {
        "res.company/1",
        "res.company/2",
        "res.company/3",
        "hr.employee.public/1",  # who has requests to do
        "hr.employee.public/3",
    }
    others = SyncException.objects.filter(status="open").exclude(kind="unmapped_key")
    assert [exception.kind for exception in others] == ["rejected_value"]
    likely = {
        "mrp.workcenter/4": "Press line no. 1",
        "mrp.workcenter/1": "Assembly station 1",
        "mrp.workcenter/3": "Assembly station 2",
        "mrp.workcenter/2": "Drilling machine",
        "res.company/1": "San Francisco",
    }
    assert {key: suggestions(unknown(key))[0].name for key in likely} == likely


@pytest.mark.usefixtures("both")
def test_mapped_and_created_machines_have_their_records() -> None:
    with pytest.raises(NotAllowed, match="map its plant"):
        map_key(unknown("mrp.workcenter/2"), canonical_id=None, by="lead")
    plant = Plant.objects.get(name="San Francisco")
    map_key(unknown("res.company/1"), canonical_id=plant.pk, by="lead")
    assert plant.timezone == "UTC"
    plant.refresh_from_db()
    assert plant.timezone == "Europe/Brussels"  # Odoo's working calendar knows it
    press = Equipment.objects.get(name="Press line no. 1")
    map_key(unknown("mrp.workcenter/4"), canonical_id=press.pk, by="lead")
    press.refresh_from_db()
    assert press.work_unit
    assert press.calendar is not None
    assert (press.downtimes.count(), press.runs.count()) == (6, 6)
    map_key(unknown("mrp.workcenter/2"), canonical_id=None, by="lead")
    drill = Equipment.objects.get(name="Drill 1")
    assert (drill.plant, drill.work_unit, drill.downtimes.count()) == (plant, True, 2)
    assert set(Downtime.objects.values_list("equipment", flat=True)) == {press.pk, drill.pk}
    assert not Run.objects.filter(equipment__plant=None).exists()


@pytest.mark.usefixtures("both")
def test_requests_wait_for_their_equipment_and_person_only() -> None:
    plant = Plant.objects.get(name="San Francisco")
    map_key(unknown("res.company/1"), canonical_id=plant.pk, by="lead")
    map_key(unknown("maintenance.equipment/9"), canonical_id=None, by="lead")
    assert not WorkOrder.objects.filter(source="odoo").exists()
    map_key(unknown("hr.employee.public/1"), canonical_id=None, by="lead")
    assert WorkOrder.objects.filter(source="odoo", equipment__name="Hydraulic Press P-101").count() == 4
    waiting = HeldRecord.objects.filter(raw__stream__name="requests").values("raw").distinct()
    assert waiting.count() == 7
