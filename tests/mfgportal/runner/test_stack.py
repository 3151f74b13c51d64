"""Several programs as one, with real processes."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from mfgportal.runner.child import Child, Program, ProgramFailed
from mfgportal.runner.leftovers import end_leftovers
from mfgportal.runner.lock import AlreadyRuns, only_one
from mfgportal.runner.ports import answers, is_free
from mfgportal.runner.stack import Stack

SLEEP = "import time; time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "print('up', flush=True); time.sleep(60)"
)
PARENT = (
    "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "print('up', flush=True); time.sleep(60)"
)


def program(name: str, code: str, **more: object) -> Program:
    return Program(name, (sys.executable, "-c", code), **more)  # type: ignore[arg-type]


def says_up(log: Path) -> Callable[[], bool]:
    return lambda: log.exists() and "up" in log.read_text()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def stack(tmp_path: Path, said: list[str]) -> Iterator[Stack]:
    made = Stack(tmp_path, said.append)
    yield made
    made.stop()


def watch_until(stack: Stack, done: Callable[[], bool], seconds: float = 10) -> None:
    limit = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < limit
        stack.watch()
        time.sleep(0.02)


def test_output_goes_to_a_log_of_its_own(stack: Stack, tmp_path: Path) -> None:
    log = tmp_path / "log" / "talker.log"
    stack.start(program("talker", f"print('up', flush=True); {SLEEP}", ready=says_up(log)))
    assert log.read_text() == "up\n"


def test_a_large_log_is_put_aside(stack: Stack, tmp_path: Path) -> None:
    log = tmp_path / "log" / "talker.log"
    log.parent.mkdir()
    log.write_bytes(b"x" * 10_000_001)
    stack.start(program("talker", f"print('up', flush=True); {SLEEP}", ready=says_up(log)))
    assert log.stat().st_size < 100
    assert log.with_suffix(".log.1").stat().st_size == 10_000_001


def test_a_program_that_ends_at_once_is_reported_with_its_last_words(stack: Stack) -> None:
    with pytest.raises(ProgramFailed, match=r"(?s)broken ended.*no such table"):
        stack.start(program("broken", "raise SystemExit('no such table')", ready=lambda: False))


def test_a_program_that_stays_silent_is_reported(tmp_path: Path) -> None:
    child = Child(program("silent", SLEEP, ready=lambda: False), tmp_path)
    child.start()
    with pytest.raises(ProgramFailed, match="silent gave no answer in 0 s"):
        child.wait_ready(seconds=0.1)
    child.stop()


def test_what_dies_is_started_again_and_said(stack: Stack, said: list[str]) -> None:
    stack.start(program("mortal", SLEEP))
    first = stack.watched[0].child.pid
    assert first
    os.kill(first, signal.SIGKILL)
    watch_until(stack, lambda: stack.watched[0].child.alive and stack.watched[0].child.pid != first)
    assert said[0].startswith("mortal ended (killed by signal 9); starting it again.")
    assert len(said) == 1


def test_what_keeps_dying_is_given_longer_pauses(stack: Stack, said: list[str]) -> None:
    stack.start(program("doomed", "raise SystemExit(3)"))
    began = time.monotonic()
    watch_until(stack, lambda: len(said) == 3)
    assert time.monotonic() - began > 1
    assert "exit code 3" in said[0]


def test_what_its_dead_leader_left_is_ended_before_it_starts_again(stack: Stack, tmp_path: Path) -> None:
    stack.start(program("parent", PARENT, ready=says_up(tmp_path / "log" / "parent.log")))
    leader = psutil.Process(stack.watched[0].child.pid)
    orphans = leader.children()
    leader.kill()
    watch_until(stack, lambda: stack.watched[0].child.pid != leader.pid)
    psutil.wait_procs(orphans, timeout=5)
    assert orphans
    assert not [orphan for orphan in orphans if orphan.is_running() and orphan.status() != "zombie"]


def test_stopping_is_in_reverse_order_and_complete(stack: Stack, tmp_path: Path) -> None:
    last_words = "import signal, sys, time\ndef bye(*_): print(time.monotonic(), flush=True); sys.exit()\n"
    waiting = f"{last_words}signal.signal(signal.SIGTERM, bye); print('up', flush=True); time.sleep(60)"
    for name in ("first", "second"):
        stack.start(program(name, waiting, ready=says_up(tmp_path / "log" / f"{name}.log")))
    children = [watched.child for watched in stack.watched]
    stack.stop()
    first, second = (float(child.log.read_text().split()[1]) for child in children)
    assert second < first
    assert not any(child.alive for child in children)
    assert not (tmp_path / "children.json").exists()


def test_what_will_not_stop_is_killed(stack: Stack, tmp_path: Path) -> None:
    log = tmp_path / "log" / "stubborn.log"
    stack.start(program("stubborn", STUBBORN, ready=says_up(log), stop_seconds=0.2))
    child = stack.watched[0].child
    stack.stop()
    assert child.outcome == "killed by signal 9"


def test_the_next_run_ends_what_a_killed_run_left(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], process_group=0) as left:
        time.sleep(0.5)
        process = psutil.Process(left.pid)
        family = process.children()
        entry = {"pid": left.pid, "began": process.create_time(), "signal": signal.SIGTERM.value}
        dead = {"pid": left.pid, "began": 1.0, "signal": signal.SIGTERM.value}
        record = tmp_path / "children.json"
        record.write_text(json.dumps([entry, dead]))
        assert end_leftovers(record, seconds=1) == 1
        assert left.poll() is not None
        assert family
        assert not [child for child in family if child.is_running() and child.status() != "zombie"]
        assert end_leftovers(record) == 0


def test_only_one_may_run(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"
    with only_one(lock, "at home"), pytest.raises(AlreadyRuns, match="at home"), only_one(lock, "me"):
        pytest.fail("two at once")
    with only_one(lock, "here"):
        assert lock.read_text() == "here"


def test_ports() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not is_free("127.0.0.1", port)
        assert answers("127.0.0.1", port)
    assert is_free("127.0.0.1", port)
    assert not answers("127.0.0.1", port)
