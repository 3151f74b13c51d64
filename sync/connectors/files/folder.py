"""The drop folder: which files are there, and which of them are finished. Nothing in it is ever changed."""

import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sync.connectors.files.declaration import FileStream
from sync.errors import SourceRefused, SourceUnavailable

UNFINISHED = (".part", ".partial", ".tmp", ".filepart", ".crdownload")
HIDDEN = ("~$", ".", "~")
BLOCK = 1 << 20
LATEST = datetime(2100, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class Drop:
    """A file as it is now.

    Args:
        path: resolved, inside the folder.
        changed_ns: when its content was last written.
        arrived_ns: when it came to be here: a file that is moved or copied may keep its age.
    """

    path: Path
    name: str
    size: int
    changed_ns: int
    arrived_ns: int

    @property
    def changed_at(self) -> datetime:
        return datetime.fromtimestamp(min(max(self.changed_ns / 1e9, 0.0), LATEST), UTC)

    @property
    def is_still(self) -> bool:
        """Whether it is as it was when we looked."""
        try:
            now = self.path.stat()
        except OSError:
            return False
        return (now.st_size, now.st_mtime_ns) == (self.size, self.changed_ns)

    def digest(self) -> str:
        found = hashlib.blake2b(digest_size=12)
        with self.path.open("rb") as file:
            while block := file.read(BLOCK):
                found.update(block)
        return found.hexdigest()


@dataclass(frozen=True, slots=True)
class Listing:
    """Finished files, oldest first; and those still being written, or that lead out of the folder."""

    files: list[Drop]
    unfinished: list[Drop]
    outside: list[str]


def root_of(url: str) -> Path:
    """The folder a source's address names: ``file:///mnt/drops`` or ``/mnt/drops``.

    Raises:
        SourceRefused: it names none.
    """
    parts = urlsplit(url) if url.startswith("file:") else None
    if parts is not None and parts.netloc not in ("", "localhost"):
        raise SourceRefused(f"{url} is on another machine: mount it here, and write file:///the/folder.")
    path = Path(unquote(parts.path) if parts is not None else url)
    if not path.is_absolute():
        raise SourceRefused(f"“{url}” is no folder: write file:///mnt/drops, say.")
    return path


def listing(root: Path, stream: FileStream, settle_s: float) -> Listing:
    """The stream's files.

    Raises:
        SourceUnavailable: the folder is not there; a share may not be mounted.
        SourceRefused: we may not look into it.
    """
    home = root / stream.folder
    try:
        base = root.resolve(strict=True)
        found = list(_drops(base, home, stream.files))
    except PermissionError as error:
        raise SourceRefused(f"We may not read the folder {home}: give our user the right to.") from error
    except OSError as error:
        raise SourceUnavailable(f"The folder {home} cannot be read: {error.strerror}.") from error
    drops = sorted(
        (one for one in found if isinstance(one, Drop)), key=lambda one: (one.changed_ns, one.name)
    )
    fresh = {one.name for one in drops if _is_fresh(one, settle_s)}
    return Listing(
        [one for one in drops if one.name not in fresh],
        [one for one in drops if one.name in fresh],
        sorted(one for one in found if isinstance(one, str)),
    )


def _is_fresh(drop: Drop, settle_s: float) -> bool:
    """A time ahead of our clock by more than that tells nothing about when the file was written."""
    return abs(time.time() - drop.changed_ns / 1e9) < settle_s


def _drops(base: Path, home: Path, pattern: str) -> Iterator[Drop | str]:
    """Files, and the names of those that lead out of the folder."""
    with os.scandir(home) as entries:
        for entry in entries:
            if not _is_meant(entry.name, pattern):
                continue
            path = Path(entry.path).resolve()
            if not path.is_relative_to(base):
                yield entry.name
            elif path.is_file():
                about = path.stat()
                arrived = max(about.st_mtime_ns, about.st_ctime_ns)
                yield Drop(path, entry.name, about.st_size, about.st_mtime_ns, arrived)


def _is_meant(name: str, pattern: str) -> bool:
    small = name.lower()
    if small.endswith(UNFINISHED) or small.startswith(HIDDEN):
        return False
    return fnmatchcase(small, pattern.lower())
