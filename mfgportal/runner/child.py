"""One program as a child process: started, watched, stopped, and never outliving us."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypedDict

PR_SET_PDEATHSIG = 1
LOG_BYTES = 10_000_000
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Account(NamedTuple):
    """A user of the system."""

    uid: int
    gid: int


class Identity(TypedDict):
    """What `subprocess` takes."""

    user: int | None
    group: int | None
    extra_groups: list[int] | None


class ProgramFailed(Exception):
    """A program ended, or did not get ready in time. The message holds the end of its log."""


@dataclass(frozen=True)
class Program:
    """What to run. `prepare` is called before each start, `ready` until it says yes."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10
    prepare: Callable[[], None] = lambda: None
    ready: Callable[[], bool] = lambda: True


class Child:
    """A program's process, with its output in a log file."""

    def __init__(self, program: Program, logs: Path) -> None:
        self.program = program
        self.log = logs / f"{program.name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    @property
    def outcome(self) -> str:
        """How it ended, in words."""
        code = self.process.returncode if self.process else None
        return f"killed by signal {-code}" if code is not None and code < 0 else f"exit code {code}"

    def start(self) -> None:
        """Start it in a process group of its own: Ctrl-C then reaches only us, and we stop all in order."""
        self.program.prepare()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.program.argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=os.environ | self.program.env,
                process_group=0,
                cwd="/" if self.program.account else None,  # ours may be closed to the account
                preexec_fn=self._die_with_parent,  # safe: we start from the main thread
                **as_account(self.program.account),
            )
        self.started_at = time.monotonic()

    def _die_with_parent(self) -> None:
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, self.program.stop_signal)

    def wait_ready(self, seconds: float = 60) -> None:
        """Return when the program answers; raise ProgramFailed when it ends or stays silent."""
        limit = time.monotonic() + seconds
        while not self.program.ready():
            if not self.alive:
                raise ProgramFailed(f"{self.program.name} ended at once:\n{self.tail()}")
            if time.monotonic() > limit:
                raise ProgramFailed(f"{self.program.name} gave no answer in {seconds:.0f} s:\n{self.tail()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ask it to end, insist after its time, and leave nobody of its group behind."""
        if self.process is None:
            return
        if self.alive:
            self.process.send_signal(self.program.stop_signal)
        try:
            self.process.wait(self.program.stop_seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.clear_group()

    def clear_group(self) -> None:
        """End what a killed leader left running."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return

    def tail(self, lines: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def as_account(account: Account | None) -> Identity:
    """Arguments for `subprocess` that drop from root to the account."""
    if account is None:
        return {"user": None, "group": None, "extra_groups": None}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}
