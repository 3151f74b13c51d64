"""What a source does to rows that were read long ago: it deletes them, archives them, brings them back."""

import pytest

from kpis.models import Downtime, Equipment, ShiftComponents
from sync.sandbox import Sandbox
from tests.faults.conftest import LOADED, Sound
from tests.faults.harness.portal import Portal, every_stream

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("begin_with", [LOADED], indirect=True, ids=[""])]
LINES = "mrp.workcenter.productivity"


def test_deleted_without_a_trace(portal: Portal, sound: Sound, sandbox: Sandbox) -> None:
    """A comparison of keys finds out; the facts get tombstones, and the figures are restated."""
    portal.comes_to_rest()
    stop = Downtime.objects.filter(source="odoo", end__isnull=False).latest("start")
    before = components(stop.equipment)
    sandbox.factory.delete(LINES, int(stop.external_key.rpartition("/")[2]))
    sandbox.factory.delete("labor", min(sandbox.factory.atlas["labors"]))
    portal.sweep("productivity", "labour")
    portal.comes_to_rest()
    assert Downtime.objects.get(pk=stop.pk).deleted_at is not None
    assert components(stop.equipment) != before
    sound.at_rest()


def components(machine: Equipment) -> list[tuple[float, ...]]:
    rows = ShiftComponents.objects.filter(equipment=machine, provisional=False).order_by("start")
    return list(rows.values_list("unknown_s", "run_s", "setup_s", "external_s", "breakdown_s", "quality_s"))


def test_archived(portal: Portal, sound: Sound, sandbox: Sandbox) -> None:
    """What is archived is still read, in both sources."""
    factory = sandbox.factory
    factory.advance(factory.now + 3600)
    machine = factory.machines[1]
    factory.touch("maintenance.equipment", machine.equipment_id, active=False)
    factory.touch("mrp.workcenter", machine.workcenter_id, active=False)
    factory.touch("work-orders", max(factory.atlas["work-orders"]), archived=True)
    portal.comes_to_rest(every_stream())
    sound.at_rest()


def test_most_of_a_stream_disappears_and_comes_back(portal: Portal, sound: Sound, sandbox: Sandbox) -> None:
    """More often a lost right than a clean-up: nothing is taken out, and one question is asked."""
    table = sandbox.factory.odoo[LINES]
    kept = {name: list(column) for name, column in table.columns.items()}, dict(table.position)
    for key in list(table.ids)[: len(table) * 3 // 4]:
        table.delete(key)
    portal.sweep("productivity")
    portal.comes_to_rest()
    assert not Downtime.objects.exclude(deleted_at=None).exists()
    for name, column in kept[0].items():
        table.columns[name][:] = column
    table.position.clear()
    table.position.update(kept[1])
    portal.sweep("productivity")
    portal.comes_to_rest()
    sound.at_rest()
