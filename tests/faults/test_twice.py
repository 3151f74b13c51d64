"""More of everything than there should be: two workers, two beats, people who read by hand meanwhile."""

import subprocess
import sys
from datetime import timedelta
from itertools import pairwise

import pytest

from mfgportal.runner import programs
from sync.models import SyncRun
from tests.faults.conftest import Proxies, Sound
from tests.faults.harness import faults
from tests.faults.harness.clock import APART_S
from tests.faults.harness.portal import ROOT, Portal, environment, facts, unread

pytestmark = pytest.mark.slow
LINES = ("mrp.workcenter.productivity", '"read"')


def overlapping_runs() -> list[str]:
    """Streams with two runs at the same time, as far as the clocks of two processes can tell."""
    apart = timedelta(seconds=2 * APART_S)
    found: list[str] = []
    for stream in facts():
        spans = list(stream.runs.order_by("started_at").values_list("started_at", "ended_at"))
        pairs = pairwise(spans)
        found += [str(stream) for (_, end), (start, _) in pairs if end is None or start < end - apart]
    return found


def test_two_workers_and_two_people_on_one_stream(portal: Portal, sound: Sound, ports: Proxies) -> None:
    """Whoever comes second leaves; the rows are read by one."""
    portal.processes.start(programs.worker("INFO"), "worker2")
    ports.odoo.script = faults.when(faults.slowly(0.1), *LINES)
    portal.wake()
    portal.wait(SyncRun.objects.filter(stream__name="productivity", read__gt=0).exists, "lines came")
    by_hand = [sys.executable, "manage.py", "sync", "odoo", "productivity"]
    told = environment(portal.cluster, portal.processes.ahead_s)
    people = [subprocess.Popen(by_hand, cwd=ROOT, env=told, stdout=subprocess.PIPE) for _ in range(2)]
    while any(person.poll() is None for person in people):
        portal.wake(facts().filter(name="productivity"))
        portal.let_ticks_go_by(0.3)
    said = [person.communicate()[0] for person in people]
    assert [person.returncode for person in people] == [0, 0]
    assert b"another run is at it" in b"".join(said)
    ports.odoo.heal()
    portal.comes_to_rest()
    assert overlapping_runs() == []
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
