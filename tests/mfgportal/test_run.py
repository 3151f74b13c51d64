"""`manage.py run` as a person uses it: a process of its own, with servers, ports and signals for real."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "ALLOWED_HOSTS")

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


class Run:
    """One run: its output so far, and the processes that belong to it."""

    def __init__(self, var: Path, env: dict[str, str]) -> None:
        self.var = var
        self.output = var / f"output-{time.monotonic_ns()}"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run"],
                cwd=ROOT,
                env=env,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def text(self) -> str:
        return self.output.read_text()

    def wait_for(self, words: str, seconds: float = 120) -> None:
        wait(lambda: words in self.text, seconds, lambda: f"{self.text}\n{self.logs()}")

    def end(self, number: signal.Signals, seconds: float = 30) -> int:
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def family(self) -> list[psutil.Process]:
        return [process for process in psutil.process_iter() if belongs(process, self.var)]

    def named(self, words: str) -> psutil.Process:
        return next(process for process in self.family() if words in " ".join(process.cmdline()))

    def logs(self) -> str:
        return "\n".join(f"{log.name}: {log.read_text()[-1500:]}" for log in (self.var / "log").glob("*.log"))


def wait(done: Callable[[], bool], seconds: float, why: Callable[[], str] = str) -> None:
    limit = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < limit, why()
        time.sleep(0.1)


def belongs(process: psutil.Process, var: Path) -> bool:
    try:
        return process.environ().get("VAR_DIR") == str(var) or str(var) in " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def status(port: str, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.fixture
def env() -> Iterator[dict[str, str]]:
    """An environment with a `var` folder and ports of its own, and no sandbox."""
    var = Path(mkdtemp(prefix="mfg-run-"))
    var.chmod(0o711)
    plain = {name: value for name, value in os.environ.items() if name not in OURS}
    ports = {name: str(free_port()) for name in ("PORT", "SANDBOX_ODOO_PORT", "SANDBOX_ATLAS_PORT")}
    yield plain | ports | {"VAR_DIR": str(var), "SANDBOX": "0"}
    for process in [process for process in psutil.process_iter() if belongs(process, var)]:
        process.kill()
    shutil.rmtree(var)


@pytest.fixture
def start(env: dict[str, str]) -> Iterator[Callable[[], Run]]:
    runs: list[Run] = []

    def start_run() -> Run:
        runs.append(Run(Path(env["VAR_DIR"]), env))
        return runs[-1]

    yield start_run
    for run in runs:
        run.process.kill()
        run.process.wait()


def test_it_starts_says_where_heals_outlives_a_kill_and_stops_without_a_trace(
    start: Callable[[], Run], env: dict[str, str]
) -> None:
    """One life of one installation: each start from nothing makes a database, which takes its time."""
    run = start()
    run.wait_for("Ctrl-C stops everything.")
    assert f"The portal is at http://127.0.0.1:{env['PORT']}" in run.text
    assert "manage.py portal_user" in run.text
    assert status(env["PORT"], "/readyz") == 200

    second = start()
    assert second.process.wait(30) == 0
    assert f"It already runs: http://127.0.0.1:{env['PORT']}" in second.text

    for program, words in {"worker": "celery --app=mfgportal worker", "postgres": "/postgres -D"}.items():
        run.named(words).kill()
        run.wait_for(f"{program} ended (killed by signal 9); starting it again.")
    wait(lambda: status(env["PORT"], "/readyz") == 200, 20)

    run.end(signal.SIGKILL)
    again = start()
    again.wait_for("Ctrl-C stops everything.")
    began = psutil.Process(again.process.pid).create_time()
    assert not [child for child in again.family() if child.create_time() < began]

    assert again.end(signal.SIGINT) == 0
    assert again.text.endswith("Stopping …\nStopped.\n")
    assert not again.family()


def test_it_can_be_stopped_while_it_starts(start: Callable[[], Run]) -> None:
    run = start()
    run.wait_for("Starting the database")
    assert run.end(signal.SIGTERM) == 0
    assert not run.family()


def test_a_taken_port_is_named_and_nothing_starts(start: Callable[[], Run], env: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", int(env["PORT"]))):
        run = start()
        assert run.process.wait(30) == 1
    assert f"Port {env['PORT']}, for the portal, is taken" in run.text
    assert f"make run PORT={int(env['PORT']) + 1}" in run.text
    assert not (run.var / "postgres").exists()
    assert "Traceback" not in run.text


def test_a_database_that_does_not_answer_is_named(start: Callable[[], Run], env: dict[str, str]) -> None:
    env["DATABASE_URL"] = f"postgres://u:p@127.0.0.1:{free_port()}/none"
    run = start()
    assert run.process.wait(30) == 1
    assert "No database at DATABASE_URL" in run.text
    assert not run.family()


def test_with_the_sandbox_it_ends_with_filled_pages_and_a_log_in_per_role(
    start: Callable[[], Run], env: dict[str, str]
) -> None:
    env |= {"SANDBOX": "1", "SANDBOX_DAYS": "2", "SANDBOX_MACHINES": "4"}
    run = start()
    run.wait_for("Ctrl-C stops everything.", seconds=180)
    for name in ("manager", "lead", "executive", "admin"):
        assert name in run.text
    assert "ended (" not in run.text
    assert status(env["PORT"], "/") == 302
    assert run.end(signal.SIGINT) == 0
    assert not run.family()
