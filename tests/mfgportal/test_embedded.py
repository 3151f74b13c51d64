"""The embedded servers, for real: made, stopped, killed, left behind, in closed and in deep folders."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp

import psutil
import psycopg
import pytest
import redis

from mfgportal import embedded
from mfgportal.embedded import Place
from mfgportal.runner import binaries
from mfgportal.runner.binaries import CannotEmbed
from mfgportal.runner.child import Child

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another account")


@pytest.fixture
def var() -> Iterator[Path]:
    """A short folder that other accounts may pass, which pytest's own are not."""
    folder = Path(mkdtemp(prefix="mfg-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def start(var: Path) -> Iterator[Callable[[Place], Child]]:
    """Starts PostgreSQL at a place, and stops it after the test."""
    children: list[Child] = []

    def start_postgres(place: Place) -> Child:
        child = Child(embedded.postgres(place, fsync="off"), var / "log")
        children.append(child)
        child.start()
        child.wait_ready()
        return child

    yield start_postgres
    for child in children:
        child.stop()


def connect(place: Place) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(host=str(place.sockets), user="mfgportal", dbname="postgres", autocommit=True)


def one(place: Place, query: str) -> object:
    with connect(place) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row and row[0]


def test_both_servers_answer_and_leave_nothing(var: Path) -> None:
    place = embedded.place(var)
    programs = [embedded.postgres(place), embedded.redis_server(place)]
    with embedded.running(programs, var / "log"):
        assert one(place, "SELECT 1") == 1
        with redis.Redis.from_url(place.redis_url) as client:
            assert client.ping()
    assert not [process for process in psutil.process_iter() if str(var) in " ".join(cmdline(process))]
    assert not (place.data / "postmaster.pid").exists()


def cmdline(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def test_nothing_listens_on_the_network_and_other_accounts_stay_out(
    var: Path, start: Callable[[Place], Child]
) -> None:
    place = embedded.place(var)
    child = start(place)
    assert child.pid
    assert not psutil.Process(child.pid).net_connections("inet")
    assert place.sockets.stat().st_mode & 0o777 == 0o700
    assert place.data.stat().st_mode & 0o777 == 0o700


def test_text_is_utf8_and_sorts_alike_everywhere(var: Path, start: Callable[[Place], Child]) -> None:
    place = embedded.place(var)
    start(place)
    assert one(place, "SHOW server_encoding") == "UTF8"
    assert one(place, "SELECT string_agg(t, '' ORDER BY t) FROM unnest(ARRAY['b','A','ä','a']) t") == "Aabä"
    assert one(place, "SELECT upper('ä')") == "Ä"


def test_data_outlives_a_stop_and_a_kill(var: Path, start: Callable[[Place], Child]) -> None:
    place = embedded.place(var)
    first = start(place)
    with connect(place) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    first.stop()
    second = start(place)
    assert one(place, "SELECT n FROM kept") == 7
    assert second.process
    helpers = psutil.Process(second.process.pid).children()
    second.process.kill()
    second.process.wait()
    assert (place.data / "postmaster.pid").exists()
    psutil.wait_procs(helpers, timeout=10)
    start(place)
    assert one(place, "SELECT n FROM kept") == 7


def test_a_server_left_behind_is_ended(var: Path, start: Callable[[Place], Child]) -> None:
    place = embedded.place(var)
    left = start(place)
    assert left.process
    fresh = start(place)
    assert left.process.wait(5) == 0
    assert fresh.alive
    assert one(place, "SELECT 1") == 1


def test_a_number_given_to_another_program_does_not_block_and_is_not_touched(
    var: Path, start: Callable[[Place], Child]
) -> None:
    place = embedded.place(var)
    start(place).stop()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as other:
        (place.data / "postmaster.pid").write_text(f"{other.pid}\n{place.data}\n")
        start(place)
        assert other.poll() is None
        other.kill()


def test_it_dies_with_its_parent(var: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("the next run ends leftovers there")
    script = (
        "import sys, time; from pathlib import Path; from mfgportal import embedded\n"
        "from mfgportal.runner.child import Child\n"
        "var = Path(sys.argv[1]); child = Child(embedded.postgres(embedded.place(var)), var / 'log')\n"
        "child.start(); child.wait_ready(); print(child.pid, flush=True); time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(var)], stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout
        server = psutil.Process(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)
        psutil.wait_procs([server], timeout=10)
        assert not server.is_running()


@AS_ROOT
def test_root_runs_it_as_an_account_without_rights(var: Path, start: Callable[[Place], Child]) -> None:
    place = embedded.place(var)
    child = start(place)
    assert child.pid
    assert place.account
    assert psutil.Process(child.pid).uids() == (place.account.uid,) * 3
    assert psutil.Process(child.pid).gids() == (place.account.gid,) * 3
    assert place.data.stat().st_uid == place.account.uid


@AS_ROOT
def test_a_closed_project_folder_is_left_closed(var: Path, start: Callable[[Place], Child]) -> None:
    closed = var / "closed"
    closed.mkdir(mode=0o700)
    place = embedded.place(closed / "var")
    assert place.home.parent == Path("/var/tmp")
    assert place == embedded.place(closed / "var")
    start(place)
    assert one(place, "SELECT 1") == 1
    assert closed.stat().st_mode & 0o777 == 0o700
    assert place.home.stat().st_mode & 0o777 == 0o711
    shutil.rmtree(place.home)


@AS_ROOT
def test_binaries_in_a_closed_folder_are_copied(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = embedded.place(var)
    closed = var / "closed"
    found = binaries.postgres_folder(place.data)
    package = found.parents[1]
    for part in (found.parent, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, closed / part.relative_to(package.parent), symlinks=True)
    closed.chmod(0o700)
    monkeypatch.setattr(binaries, "postgres_folders", lambda: [closed / found.relative_to(package.parent)])
    with embedded.running([embedded.postgres(place)], var / "log"):
        assert one(place, "SELECT 1") == 1


def test_a_deep_folder_gets_a_short_socket(var: Path, start: Callable[[Place], Child]) -> None:
    deep = var / ("deep" * 30)
    deep.mkdir()
    deep.chmod(0o711)
    place = embedded.place(deep)
    assert place.sockets.parent == Path("/tmp")
    start(place)
    assert one(place, "SELECT 1") == 1
    shutil.rmtree(place.sockets)


def test_a_folder_of_somebody_else_is_refused(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    with pytest.raises(CannotEmbed, match="belongs to another user"):
        embedded.own_folder(var, None)
    (var / "link").symlink_to("/tmp")
    monkeypatch.undo()
    with pytest.raises(CannotEmbed, match="belongs to another user"):
        embedded.own_folder(var / "link", None)


def test_a_half_made_cluster_is_made_again(var: Path, start: Callable[[Place], Child]) -> None:
    place = embedded.place(var)
    half = place.data.with_suffix(".new")
    half.mkdir()
    (half / "rest").touch()
    start(place)
    assert one(place, "SELECT 1") == 1
    assert not half.exists()


def test_missing_programs_say_what_to_do(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "postgres_folders", lambda: [var])
    with pytest.raises(CannotEmbed, match=r"Install 14 or newer, or set DATABASE_URL"):
        binaries.postgres_folder(var / "postgres")
    monkeypatch.setattr(binaries, "wheel_files", lambda *_: [])
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CannotEmbed, match="set REDIS_URL"):
        binaries.redis_binary()


def test_data_of_another_version_asks_for_that_version(var: Path) -> None:
    (var / "PG_VERSION").write_text("9\n")
    with pytest.raises(CannotEmbed, match="version 9, which made"):
        binaries.postgres_folder(var)


def test_an_installed_postgres_serves_when_the_wheel_has_none(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "wheel_files", lambda *_: [])
    installed = [folder for folder in binaries.postgres_folders() if binaries.major_version(folder) >= 14]
    if not installed:
        pytest.skip("no PostgreSQL is installed")
    place = embedded.place(var)
    with embedded.running([embedded.postgres(place)], var / "log"):
        assert one(place, "SHOW server_encoding") == "UTF8"
