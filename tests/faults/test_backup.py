"""A backup is restored: the portal shows the same figures, and its syncs go on without doubling a thing."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from kpis.models import Downtime, Equipment
from mfgportal.accounts.models import Role, User
from mfgportal.backups import standing
from mfgportal.backups.restoring import QUIET
from mfgportal.runner.lock import only_one
from sync import heartbeat
from sync.models import Checkpoint, RawRecord
from sync.sandbox import Sandbox
from tests.faults.conftest import LOADED, Sound
from tests.faults.harness.portal import Portal, every_stream

pytestmark = pytest.mark.slow


def shown() -> Any:
    """What the portal's API says of a span that is over, and of its sources."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="boss"))
    last = timezone.now().date() - timedelta(days=1)
    query = {"from": str(last - timedelta(days=3)), "to": str(last), "kpi": "oee,availability,mttr,mtbf"}
    answers = [client.get("/api/v1/kpis", query), client.get("/api/v1/plants")]
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].content
    return [answer.json() for answer in answers]


def restored(backup: Path, *flags: str) -> str:
    said = StringIO()
    call_command("restore", str(backup), *flags, stdout=said)
    return said.getvalue()


@pytest.mark.parametrize("begin_with", [LOADED], indirect=True, ids=[""])
def test_yesterdays_backup(portal: Portal, sound: Sound, sandbox: Sandbox, tmp_path: Path) -> None:
    backup, factory = tmp_path / "portal.backup", sandbox.factory
    User.objects.create_user("boss", role=Role.EXECUTIVE)
    before, held = shown(), (RawRecord.objects.count(), Downtime.objects.count(), Equipment.objects.count())
    call_command("backup", str(backup), stdout=StringIO())
    assert backup.stat().st_mode & 0o077 == 0
    factory.advance(factory.now + 86400)
    factory.delete("mrp.workcenter.productivity", factory.odoo["mrp.workcenter.productivity"].ids[9])
    portal.comes_to_rest(every_stream())
    assert (RawRecord.objects.count(), Downtime.objects.count(), Equipment.objects.count()) != held
    with pytest.raises(CommandError, match="Stop web, worker, ticker and beat"):
        restored(backup, "--replace")
    for name in tuple(portal.processes.children):
        portal.processes.stop(name)
    Checkpoint.objects.filter(name=heartbeat.TICK).update(at=timezone.now() - QUIET)
    with pytest.raises(CommandError, match="--replace"):
        restored(backup)
    with only_one(standing.LOCK, "http://127.0.0.1:8000"), pytest.raises(CommandError, match="portal runs"):
        restored(backup, "--replace")
    assert "Syncs go on" in restored(backup, "--replace")
    assert (RawRecord.objects.count(), Downtime.objects.count(), Equipment.objects.count()) == held
    assert shown() == before
    portal.processes.ensure()
    factory.advance(factory.now + 3600)
    portal.comes_to_rest(every_stream())
    portal.sweep("productivity")
    portal.comes_to_rest()
    sound.at_rest()
