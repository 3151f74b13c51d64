"""A worker that is ended without warning: nothing is lost, nothing doubled, and the next one goes on."""

import os
import random
import signal
import time
from datetime import datetime
from functools import partial

import psutil
import pytest

from sync.models import SyncRun
from tests.faults.conftest import Proxies, Sound
from tests.faults.harness import faults
from tests.faults.harness.content import landed_rows
from tests.faults.harness.portal import Portal, facts, unread

pytestmark = pytest.mark.slow
KILLS = 3
LINES = ("mrp.workcenter.productivity", '"read"')


def come(goal: int, began: datetime) -> bool:
    """Whether that many rows are landed, or all."""
    return landed_rows().count() >= goal or not unread(facts(), began)


def test_kill_9_at_random_moments(portal: Portal, sound: Sound, ports: Proxies) -> None:
    chance = random.Random(20)
    ports.odoo.script = faults.when(faults.slowly(0.1), *LINES)
    began = portal.wake()
    for _ in range(KILLS):
        goal = landed_rows().count() + chance.randrange(80)
        portal.wait(partial(come, goal, began), "rows came")
        time.sleep(chance.uniform(0, 0.2))  # anywhere in the batch
        portal.processes.kill("worker")
        portal.wait(portal.nobody_writes, "the dead worker's sessions ended")
        sound.at_any_moment()
        portal.processes.ensure()
        portal.let_time_pass()
    ports.odoo.heal()
    portal.comes_to_rest()
    sound.at_rest()
    assert SyncRun.objects.filter(status="failed", error__startswith="The worker was ended").exists()


def test_a_killed_task_process_is_replaced_at_once(portal: Portal, sound: Sound, ports: Proxies) -> None:
    ports.odoo.script = faults.when(faults.slowly(0.1), *LINES)
    portal.wake()
    lines = SyncRun.objects.filter(stream__name="productivity", read__gt=0)
    portal.wait(lines.exists, "the reading of lines had begun")
    worker = psutil.Process(portal.processes.children["worker"].pid)
    for child in worker.children():
        os.kill(child.pid, signal.SIGKILL)
    # The queue hands the tasks out again by itself: no time need pass.
    portal.wait(lambda: lines.filter(status="done").exists(), "the lines were read to the end")
    assert lines.filter(status="failed").count() <= 1
    portal.comes_to_rest()
    sound.at_rest()
