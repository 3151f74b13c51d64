"""One record that cannot be loaded, among hundreds that can."""

from typing import Any

import pytest

from sync.models import SyncException, SyncRun
from sync.sandbox import Sandbox
from tests.faults.conftest import Proxies, Sound
from tests.faults.harness import faults
from tests.faults.harness.content import content, differences
from tests.faults.harness.portal import Portal

pytestmark = pytest.mark.slow
LINES = "mrp.workcenter.productivity"
POISONS: dict[str, dict[str, Any]] = {
    "a reference of another shape": {"workcenter_id": {"id": 2}},
    "a time before all time": {"date_start": "0001-01-01 00:00:00"},
    "a number that is none": {
        "duration": "NaN",
        "loss_id": [10**30, "huge"],
        "workcenter_id": [10**30, "huge"],
    },
    "text that no database holds": {"description": "\\u0000 \\ud800 " + "x" * 100_000, "workcenter_id": []},
}


@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS)
def test_it_is_set_aside_alone(
    poison: dict[str, Any], portal: Portal, sound: Sound, ports: Proxies, sandbox: Sandbox
) -> None:
    reference = sound.reference()
    key = next(
        name[2]
        for name in sorted(reference.landed)
        if name[1] == "productivity" and is_loaded(name[2], reference)
    )
    number = int(key.rpartition("/")[2])
    spoilt = faults.rows_changed(lambda rows: [{**r, **poison} if r["id"] == number else r for r in rows])
    ports.odoo.script = lambda asked: spoilt if asked.about(LINES, '"read"') else None
    portal.comes_to_rest()
    assert not SyncRun.objects.exclude(error="").exists()
    about = SyncException.objects.filter(external_key=key, status="open")
    assert [each.kind for each in about] in (["dead_letter"], ["rejected_value"])
    assert [each for each in differences(content(), reference) if key not in each] == []
    ports.odoo.heal()
    sandbox.factory.touch(LINES, number)
    portal.comes_to_rest()
    sound.at_rest()


def is_loaded(key: str, reference: Any) -> bool:
    return any(name[1] == key for kind in ("Downtime", "Run") for name in reference.known[kind])
