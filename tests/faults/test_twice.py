"""More of everything than there should be: two workers, two beats, people who read by hand meanwhile."""

import subprocess
import sys

import pytest
from django.db.models import Count

from mfgportal.runner import programs
from sync.models import SyncRun
from tests.faults.conftest import Proxies, Sound
from tests.faults.harness import faults
from tests.faults.harness.pace import running
from tests.faults.harness.portal import ROOT, Portal, environment, facts, unread

pytestmark = pytest.mark.slow
LINES = ("mrp.workcenter.productivity", '"read"')


def read_twice() -> set[str]:
    """Streams with two runs under way, as the database sees it in one look: no clocks are compared."""
    rows = running().values("stream__name").annotate(runs=Count("pk")).filter(runs__gt=1)
    return set(rows.values_list("stream__name", flat=True))


def test_two_workers_and_two_people_on_one_stream(portal: Portal, sound: Sound, ports: Proxies) -> None:
    """Whoever comes second leaves; the rows are read by one."""
    portal.processes.start(programs.worker("INFO"), "worker2")
    ports.odoo.script = faults.when(faults.slowly(0.1), *LINES)
    portal.wake()
    portal.wait(SyncRun.objects.filter(stream__name="productivity", read__gt=0).exists, "lines came")
    by_hand = [sys.executable, "manage.py", "sync", "odoo", "productivity"]
    told = environment(portal.cluster, portal.processes.ahead_s)
    people = [subprocess.Popen(by_hand, cwd=ROOT, env=told, stdout=subprocess.PIPE) for _ in range(2)]
    twice = set[str]()
    while any(person.poll() is None for person in people):
        portal.wake(facts().filter(name="productivity"))
        for _ in range(10):
            portal.let_ticks_go_by(0.03)
            twice |= read_twice()
    said = [person.communicate()[0] for person in people]
    assert [person.returncode for person in people] == [0, 0]
    assert b"another run is at it" in b"".join(said)
    ports.odoo.heal()
    portal.comes_to_rest()
    assert not twice
    sound.at_rest()


def test_two_beats(portal: Portal, sound: Sound) -> None:
    """Each tick comes twice, and each stream is read once."""
    portal.processes.start(programs.beat("INFO"), "beat2")
    began = portal.wake()
    portal.wait(lambda: not unread(facts(), began), "all was read")
    portal.let_ticks_go_by(2)
    assert {stream.name: stream.runs.filter(started_at__gte=began).count() for stream in facts()} == {
        stream.name: 1 for stream in facts()
    }
    portal.comes_to_rest()
    sound.at_rest()
