"""A backup is restored, and the sync goes on from there: to the same figures as if nothing had happened."""

import subprocess
from pathlib import Path

import pytest
from django.db import connection

from mfgportal.runner.binaries import postgres_folder
from sync.sandbox import Sandbox
from tests.faults.conftest import LOADED, Sound
from tests.faults.harness.cluster import Cluster
from tests.faults.harness.portal import DATABASE, Portal, every_stream

pytestmark = pytest.mark.slow


def tool(cluster: Cluster, name: str, *arguments: str) -> None:
    program = postgres_folder(cluster.place.data) / name
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr


@pytest.mark.parametrize("begin_with", [LOADED], indirect=True, ids=[""])
def test_yesterdays_backup(
    portal: Portal, sound: Sound, sandbox: Sandbox, cluster: Cluster, tmp_path: Path
) -> None:
    backup, factory = tmp_path / "portal.dump", sandbox.factory
    tool(cluster, "pg_dump", "--format=custom", f"--file={backup}", f"--dbname={cluster.address(DATABASE)}")
    factory.advance(factory.now + 86400)
    factory.delete("mrp.workcenter.productivity", factory.odoo["mrp.workcenter.productivity"].ids[9])
    portal.comes_to_rest(every_stream())
    factory.advance(factory.now + 3600)
    connection.close()
    with portal.processes.paused():  # whoever writes between table and index spoils a restore
        cluster.create(DATABASE)
        tool(cluster, "pg_restore", "--no-owner", f"--dbname={cluster.address(DATABASE)}", str(backup))
    portal.comes_to_rest(every_stream())
    portal.sweep("productivity")
    portal.comes_to_rest()
    sound.at_rest()
