"""A hundred thousand records at once."""

import pytest

from sync.models import Source, Stream, SyncRun
from sync.sandbox import Sandbox
from tests.faults.conftest import LOADED
from tests.faults.harness import invariants
from tests.faults.harness.content import landed_rows
from tests.faults.harness.portal import Portal

pytestmark = pytest.mark.slow
LINES = "mrp.workcenter.productivity"
RECORDS = 100_000
DAYS = 100
MOST_BYTES = 300 << 20


def fill(sandbox: Sandbox) -> None:
    """Runs of a minute, one after the other, on the machines whose work centres are known."""
    factory = sandbox.factory
    table = factory.odoo[LINES]
    sample = table.row(table.ids[0])
    machines = factory.machines[1::2]
    step = DAYS * 86400 * len(machines) // RECORDS
    begin = factory.now - DAYS * 86400
    running = next(
        i
        for i in table.ids
        if factory.odoo.label("mrp.workcenter.productivity.loss", table.get(i, "loss_id"))
        == "Fully Productive Time"
    )
    for number in range(RECORDS):
        machine = machines[number % len(machines)]
        start = begin + number // len(machines) * step
        table.add(
            factory.now, workcenter_id=machine.workcenter_id, loss_id=table.get(running, "loss_id"),
            date_start=start, date_end=start + 60, duration=1.0, user_id=1, company_id=sample["company_id"],
        )  # fmt: skip


@pytest.mark.parametrize("begin_with", [LOADED], indirect=True, ids=[""])
def test_in_one_burst(portal: Portal, sandbox: Sandbox) -> None:
    """The worker's memory is bounded, and how far it is can be seen meanwhile."""
    fill(sandbox)
    Source.objects.filter(name="odoo").update(options={}, url=sandbox.odoo_url)
    stream = Stream.objects.filter(name="productivity")
    portal.wake(stream)
    memory, seen = [0], set()

    def done() -> bool:
        memory.append(portal.worker_memory())
        run = SyncRun.objects.filter(stream__name="productivity").latest("started_at")
        if run.status == "running" and run.total:
            seen.add((run.read, run.total))
        return run.status == "done" and run.read >= RECORDS

    portal.wait(done, "the burst was read")
    assert len(seen) >= 10
    assert max(total for _, total in seen) >= RECORDS
    assert max(memory) < MOST_BYTES
    keys = {f"{LINES}/{number}" for number in sandbox.factory.odoo[LINES].ids}
    assert (
        set(landed_rows().filter(stream__name="productivity").values_list("external_key", flat=True)) == keys
    )
    assert invariants.half_loaded() == []
    portal.comes_to_rest(stream)
    assert invariants.components_are_a_rebuild() == []
