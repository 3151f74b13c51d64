"""`python -m sync.sandbox` as a program."""

import signal
import subprocess
import sys

import httpx
import pytest

from sync.sandbox import Factory, PortTaken, Sandbox, serve

SMALL = ["--days", "2", "--odoo-port", "0", "--atlas-port", "0"]


def test_says_when_it_is_ready_and_stops_on_sigterm() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "sync.sandbox", *SMALL, "--now", "2026-11-24T10:00:00+00:00"],
        stdout=subprocess.PIPE, text=True,
    ) as program:  # fmt: skip
        assert program.stdout is not None
        ready = program.stdout.readline()
        url = ready.split()[4].rstrip(",")
        assert ready.startswith("sandbox ready: Odoo at http://127.0.0.1:")
        health = httpx.get(f"{url}/web/health")
        assert health.json() == {"status": "pass"}
        assert health.headers["date"].startswith("Tue, 24 Nov 2026 10:00")
        program.send_signal(signal.SIGTERM)
        assert program.wait(timeout=5) == 0


def test_names_a_taken_port(sandbox: Sandbox) -> None:
    port = sandbox.odoo_url.rsplit(":", 1)[1]
    done = subprocess.run(
        [sys.executable, "-m", "sync.sandbox", "--days", "1", "--odoo-port", port],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert f"cannot serve the sandbox's Odoo at 127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_second_port_frees_the_first(sandbox: Sandbox) -> None:
    taken = int(sandbox.atlas_url.rsplit(":", 1)[1])
    with pytest.raises(PortTaken, match="CMMS"):
        serve(Factory(days=0, machines=1), atlas_port=taken)


def test_lists_its_defects() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sync.sandbox", "--defects"], capture_output=True, text=True, check=True
    )
    assert "asset_named_three_ways" in done.stdout
