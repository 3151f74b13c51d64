"""One run per `var` folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRuns(Exception):
    """Another process holds the lock. The message is what that process wrote about itself."""


@contextmanager
def only_one(path: Path, about: str) -> Iterator[None]:
    """Hold the lock for the block; the system lets go of it when we die, however that is."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as held:
        raise AlreadyRuns(path.read_text()) from held
    else:
        os.truncate(descriptor, 0)
        os.write(descriptor, about.encode())
        yield
    finally:
        os.close(descriptor)
