"""Where the embedded PostgreSQL and Redis-protocol server live when no URL names others."""

import hashlib
import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

SOCKET_PATH_LIMIT = 103  # bytes in sun_path: 107 on Linux, 103 on macOS
LONGEST_SOCKET_NAME = "/.s.PGSQL.5432.lock"
DATABASE_USER = "mfgportal"


@dataclass(frozen=True)
class Place:
    """Folders of one embedded pair of servers; the same for every process that starts from one `var` folder."""

    home: Path
    sockets: Path
    account: str | None  # whom the servers run as when we are root, which PostgreSQL refuses

    @property
    def data(self) -> Path:
        return self.home / "postgres"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def database_url(self) -> str:
        return f"postgres://{DATABASE_USER}@/{quote(str(self.sockets))}/postgres"

    @property
    def redis_url(self) -> str:
        return f"unix://{quote(str(self.redis_socket))}"


def place(var: Path) -> Place:
    """The place for a `var` folder. Touches nothing, so settings may ask."""
    key = hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:12]
    account = service_account() if os.geteuid() == 0 else None
    home = var.resolve()
    if account and not open_to_all(home):
        home = Path("/var/tmp") / f"mfgportal-{key}"  # noqa: S108 owner and mode are checked when it is made
    sockets = home / "sockets"
    if len(os.fsencode(sockets)) + len(LONGEST_SOCKET_NAME) > SOCKET_PATH_LIMIT:
        sockets = Path("/tmp") / f"mfgportal-{key}"  # noqa: S108 owner and mode are checked when it is made
    return Place(home, sockets, account)


def service_account() -> str:
    """An unprivileged account that every system has."""
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def open_to_all(folder: Path) -> bool:
    """Whether any account may pass through every existing part of the path."""
    return all(part.stat().st_mode & 0o001 for part in [folder, *folder.parents] if part.exists())
