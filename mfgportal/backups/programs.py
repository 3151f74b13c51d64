"""PostgreSQL's own programs, of the server's version where they are at hand."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.db import connection

from mfgportal.runner.binaries import postgres_folders

# What the settings say of a connection, as PostgreSQL's programs are told: never by their arguments, which
# other accounts of the machine can read.
VARIABLES = {
    "HOST": "PGHOST",
    "PORT": "PGPORT",
    "USER": "PGUSER",
    "PASSWORD": "PGPASSWORD",
    "NAME": "PGDATABASE",
}
OPTIONS = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "service": "PGSERVICE",
}  # fmt: skip


class NoProgram(Exception):
    """A program of PostgreSQL is missing. The message says what to install."""


class ProgramRefused(Exception):
    """A program of PostgreSQL ended with an error, which is the message."""


def server_major() -> int:
    """The server's version, such as 17."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10000


def program(name: str, major: int) -> Path:
    """The program of that version of PostgreSQL, else of the next newer one: an older one refuses."""
    on_path = shutil.which(name)
    folders = [*postgres_folders(), *([Path(on_path).resolve().parent] if on_path else [])]
    found = {
        version_of(folder / name): folder / name for folder in reversed(folders) if (folder / name).exists()
    }
    usable = [version for version in found if version >= major]
    if not usable:
        raise NoProgram(
            f"{name} of PostgreSQL {major} or newer is not here. Install PostgreSQL's client programs "
            f"(Debian: apt-get install postgresql-client)."
        )
    return found[min(usable)]


def version_of(path: Path) -> int:
    """0 for a program that does not run on this machine."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    match = re.search(r"\d+", answer.stdout)
    return int(match[0]) if match else 0


def environment() -> dict[str, str]:
    """How PostgreSQL's programs find the database of the settings."""
    told = connection.settings_dict
    options: dict[str, Any] = told.get("OPTIONS") or {}
    given = {VARIABLES[name]: told.get(name) for name in VARIABLES}
    given |= {OPTIONS[name]: options.get(name) for name in OPTIONS}
    return os.environ | {name: str(value) for name, value in given.items() if value}


def run(path: Path, *arguments: str) -> None:
    """Run to the end.

    Raises:
        ProgramRefused: it ended with an error.
    """
    done = subprocess.run(
        [path, *arguments],
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ProgramRefused(done.stderr.strip()[-2000:] or f"{path.name} ended with {done.returncode}")
