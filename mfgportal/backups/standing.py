"""A database to work on: the one that runs, or the embedded one for as long as it is needed."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import OperationalError, connection

from mfgportal import embedded
from mfgportal.env import VAR_DIR, env
from mfgportal.runner.lock import only_one

LOCK = VAR_DIR / "run.lock"


@contextmanager
def alone(about: str) -> Iterator[None]:
    """While the portal of this folder does not run, nor can be started.

    Raises:
        AlreadyRuns: it runs.
    """
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    with only_one(LOCK, about):
        yield


@contextmanager
def database() -> Iterator[None]:
    """The database of the settings; an embedded one that does not run is started for the block.

    Raises:
        OperationalError: DATABASE_URL leads to none.
    """
    if stands():
        yield
        return
    with embedded.running([embedded.postgres(settings.SERVERS)], VAR_DIR / "log"):
        try:
            yield
        finally:
            connection.close()


@contextmanager
def alone_if_needed(about: str) -> Iterator[None]:
    """The database, beside a portal that runs; else without one that could be started meanwhile."""
    if stands():
        yield
        return
    with alone(about), database():
        yield


def stands() -> bool:
    """Whether the database answers. Raises OperationalError when it does not and is none of ours to start."""
    try:
        connection.ensure_connection()
    except OperationalError:
        if env.str("DATABASE_URL", default=""):
            raise
        return False
    return True
