"""A field that is removed or retyped between two pages of one reading."""

from collections.abc import Callable

import pytest
from django.db.models import QuerySet

from sync.models import SyncException, SyncRun
from sync.sandbox import Sandbox
from tests.faults.conftest import Proxies, Sound
from tests.faults.harness import faults
from tests.faults.harness.portal import Portal, facts, unread
from tests.faults.harness.proxy import Asked, Fault

pytestmark = pytest.mark.slow
LINES = "mrp.workcenter.productivity"
Change = Callable[[Sandbox], None]


def remove(sandbox: Sandbox) -> None:
    table = sandbox.factory.odoo[LINES]
    table.fields = {name: meta for name, meta in table.fields.items() if name != "loss_id"}


def retype(sandbox: Sandbox) -> None:
    table = sandbox.factory.odoo[LINES]
    table.fields = {**table.fields, "loss_id": {**table.fields["loss_id"], "type": "char", "relation": None}}


class BetweenPages:
    """Does something at the source after the second page of lines was asked for."""

    def __init__(self, action: Callable[[], None]) -> None:
        self.action, self.pages = action, 0

    def __call__(self, asked: Asked) -> Fault | None:
        self.pages += asked.about(LINES, '"read"')
        if self.pages == 3:
            self.pages += 1
            self.action()
        return None


def drifts() -> QuerySet[SyncException]:
    return SyncException.objects.filter(kind="schema_drift").exclude(status="resolved")


@pytest.mark.parametrize("change", [remove, retype])
def test_between_two_pages(
    change: Change, portal: Portal, sound: Sound, ports: Proxies, sandbox: Sandbox
) -> None:
    """One stream stands still and says why; the others go on; nothing wrong is loaded; it heals."""
    table = sandbox.factory.odoo[LINES]
    whole = table.fields
    ports.odoo.script = BetweenPages(lambda: change(sandbox))
    began = portal.wake()
    portal.wait(SyncRun.objects.filter(stream__name="productivity", read__gt=0).exists, "lines came")
    others = facts().exclude(name="productivity")
    portal.wait(lambda: not unread(others, began), "the other streams were read")
    portal.wait(lambda: not SyncRun.objects.filter(status="running").exists(), "the run had ended")
    portal.wake(facts().filter(name="productivity"))
    portal.wait(drifts().exists, "the changed field was told")
    assert [(each.stream.name if each.stream else "", each.context["model"]) for each in drifts()] == [
        ("productivity", LINES)
    ]
    assert "loss_id" in drifts().get().message
    sound.at_any_moment()
    table.fields = whole
    ports.odoo.heal()
    portal.comes_to_rest()
    sound.at_rest()


def test_the_cmms_leaves_out_a_property(portal: Portal, sound: Sound, ports: Proxies) -> None:
    """There the rows themselves are the only schema."""

    def without(rows: list[dict[str, object]]) -> list[dict[str, object]]:
        return [{name: value for name, value in row.items() if name != "duration"} for row in rows]

    ports.atlas.script = faults.when(faults.rows_changed(without), "/labors/work-order/", first=2)
    began = portal.wake()
    portal.wait(drifts().exists, "the missing property was told")
    assert drifts().get().stream == facts().get(name="labour")
    portal.wait(lambda: not unread(facts().exclude(name="labour"), began), "the other streams were read")
    ports.atlas.heal()
    portal.comes_to_rest()
    sound.at_rest()
