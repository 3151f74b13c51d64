"""Rows that come twice, out of order, late, or from a replica that lags behind."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kpis.models import Downtime
from sync.models import Stream
from sync.sandbox import Sandbox
from tests.faults.conftest import LOADED, Proxies, Sound
from tests.faults.harness import faults
from tests.faults.harness.portal import Portal
from tests.faults.harness.proxy import Asked, Fault

pytestmark = pytest.mark.slow
LINES = "mrp.workcenter.productivity"


def test_duplicated_and_reordered(portal: Portal, sound: Sound, ports: Proxies) -> None:
    """Each answer of both sources, ids and rows alike."""
    for number, proxy in enumerate((ports.odoo, ports.atlas)):
        mixed = faults.rows_changed(faults.shuffled_and_doubled(number))
        proxy.script = lambda asked, mixed=mixed: None if asked.about("fields_get") else mixed
    portal.comes_to_rest()
    sound.at_rest()


@pytest.mark.parametrize("begin_with", [LOADED], indirect=True)
def test_an_old_content_that_comes_after_a_newer_one(
    portal: Portal, sound: Sound, ports: Proxies, sandbox: Sandbox
) -> None:
    factory = sandbox.factory
    lines = factory.odoo[LINES]
    key = int(
        Downtime.objects.filter(source="odoo", end__isnull=False)
        .latest("start")
        .external_key.rpartition("/")[2]
    )
    old: list[dict[str, Any]] = []

    def remembered(rows: list[Any]) -> list[Any]:
        old.extend(row for row in rows if row["id"] == key)
        return rows

    ports.odoo.script = read_of_lines(faults.rows_changed(remembered))
    Stream.objects.filter(name="productivity").update(cursor={})
    portal.comes_to_rest()
    assert old
    factory.advance(factory.now + 600)
    end = lines.get(key, "date_end") - 60
    factory.touch(LINES, key, date_end=end, description="shorter than first said")
    ports.odoo.script = None
    portal.comes_to_rest()
    lagging = faults.rows_changed(lambda rows: [old[0] if r["id"] == key else r for r in rows])
    ports.odoo.script = read_of_lines(lagging)
    portal.comes_to_rest()
    sound.at_rest()


def read_of_lines(fault: Fault) -> Any:
    def script(asked: Asked) -> Fault | None:
        return fault if asked.about(LINES, '"read"') else None

    return script


class Uncommitted:
    """Rows that a long transaction has written, stamped with its start, and that nobody else sees yet."""

    def __init__(self, *ids: int) -> None:
        self.ids = set(ids)

    def __call__(self, asked: Asked) -> Fault | None:
        return (
            faults.rows_changed(self.without)
            if asked.about(LINES) and not asked.about("fields_get")
            else None
        )

    def without(self, rows: list[Any]) -> list[Any]:
        return [row for row in rows if (row["id"] if isinstance(row, dict) else row) not in self.ids]


@pytest.mark.parametrize("begin_with", [LOADED], indirect=True)
@pytest.mark.parametrize("minutes", [10, 300], ids=["within the overlap", "longer than any overlap"])
def test_a_long_transaction_commits_behind_the_cursor(
    minutes: int, portal: Portal, sound: Sound, ports: Proxies, sandbox: Sandbox
) -> None:
    factory = sandbox.factory
    machine = factory.machines[1]
    begun = factory.now
    long = [add_line(sandbox, machine.code, n) for n in range(5)]
    ports.odoo.script = Uncommitted(*long)
    factory.advance(begun + minutes * 60)
    add_line(sandbox, machine.code, 7)
    portal.comes_to_rest()
    assert not Downtime.objects.filter(external_key=f"{LINES}/{long[0]}").exists()
    ports.odoo.script = None
    factory.advance(factory.now + 60)
    portal.comes_to_rest()
    if minutes > 30:
        for _ in range(2):  # a key that only one comparison misses may be of a row that is new
            portal.sweep("productivity")
            portal.comes_to_rest()
    sound.at_rest()


def add_line(sandbox: Sandbox, machine: str, number: int) -> int:
    """A stop of four minutes in the night, when nothing else happens there."""
    night = datetime.fromtimestamp(sandbox.factory.now, UTC).replace(hour=1) + timedelta(minutes=5 * number)
    return sandbox.factory.add_stop(machine, "Equipment Failure", night, night + timedelta(minutes=4))
