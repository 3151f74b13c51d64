"""A real process that is killed in the middle of a sync: nothing is lost, nothing is doubled."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from kpis.models import Downtime, Run
from sync import demo
from sync.models import HeldRecord, RawRecord, Stream, SyncRun
from sync.run import run_stream
from sync.sandbox import Factory, Sandbox, serve
from tests.factories import standard_reasons

ROOT = Path(__file__).parents[2]
KILLS = 3


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve(Factory(seed=3, days=20, machines=12, now=datetime(2026, 6, 15, 10, tzinfo=UTC))) as running:
        yield running


def environment() -> dict[str, str]:
    """For a process that works on the tests' database."""
    settings = connection.settings_dict
    address = f"{settings['USER']}@/{quote(str(settings['HOST']), safe='')}/{quote(str(settings['NAME']))}"
    return {
        **os.environ,
        "DATABASE_URL": f"postgres://{address}",
        "DJANGO_SETTINGS_MODULE": "mfgportal.settings",
        "LOG_LEVEL": "ERROR",
    }


def start_sync() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "sync", "odoo", "productivity"],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.DEVNULL,
    )


def wait_for_rows(process: subprocess.Popen[bytes], more_than: int) -> None:
    deadline = time.monotonic() + 60
    while RawRecord.objects.filter(stream__name="productivity").count() <= more_than:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)


def live_facts() -> list[str]:
    return [
        key
        for model in (Downtime, Run)
        for key in model._default_manager.filter(source="odoo", deleted_at=None).values_list(
            "external_key", flat=True
        )
    ]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_kill_9_in_mid_sync_loses_and_doubles_nothing(sandbox: Sandbox) -> None:
    standard_reasons()
    demo.seed(sandbox.odoo_url, sandbox.atlas_url)
    lists = Stream.objects.filter(rank__lt=30).order_by("rank", "source__created_at")
    for stream in lists:
        assert run_stream(stream.pk) is not None
    stream = Stream.objects.get(source__name="odoo", name="productivity")
    before = 0
    for _ in range(KILLS):
        process = start_sync()
        wait_for_rows(process, before)
        process.send_signal(signal.SIGKILL)
        process.wait()
        landed = set(RawRecord.objects.filter(stream=stream).values_list("external_key", flat=True))
        held = set(HeldRecord.objects.values_list("raw__external_key", flat=True))
        assert landed <= set(live_facts()) | held
        before = len(landed)
    process = start_sync()
    assert process.wait(120) == 0
    assert SyncRun.objects.filter(stream=stream, status=SyncRun.Status.FAILED).count() == KILLS
    source = {
        f"mrp.workcenter.productivity/{key}"
        for key in sandbox.factory.odoo["mrp.workcenter.productivity"].ids
    }
    facts = live_facts()
    held = set(HeldRecord.objects.filter(raw__stream=stream).values_list("raw__external_key", flat=True))
    assert len(facts) == len(set(facts))
    assert set(facts) | held == source
    assert not set(facts) & held
