"""The file of a backup: a tar with what it is, PostgreSQL's dump, and small files from outside of it."""

import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

FORMAT = 1
MANIFEST, DUMP, KEYS, FILES = "manifest.json", "database.dump", "keys.json", "files"
LARGEST_NOTE = 1 << 24  # bytes of a manifest


class NoBackup(Exception):
    """The file is no backup of a portal, or a broken one."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is.

    Args:
        made_at: ISO 8601, UTC: the moment whose state it holds.
        postgres: major version of the server.
        migrations: those applied, as ``app.name``.
        keys: ids of the keys its secrets are encrypted with.
        rows: of each table.
    """

    format: int
    made_at: str
    postgres: int
    migrations: list[str]
    keys: list[str]
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A backup's parts on disk, for a while."""

    manifest: Manifest
    dump: Path
    files: Mapping[str, str]


def pack(target: Path, manifest: Manifest, dump: Path, notes: Mapping[str, str]) -> None:
    """Write the file; only its owner may read it. It is there when it is whole. ``notes``: text by name."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    texts = {MANIFEST: json.dumps(asdict(manifest), indent=1), **notes}
    staging = dump.parent
    try:
        draft.touch(mode=0o600)
        with tarfile.open(draft, "w") as tar:
            for name, text in texts.items():
                path = staging / Path(name).name
                path.write_text(text)
                tar.add(path, name)
            tar.add(dump, DUMP)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def unpacked(source: Path) -> Iterator[Unpacked]:
    """A backup's parts.

    Raises:
        NoBackup: it is none, or of a format that only a newer portal knows.
    """
    with TemporaryDirectory(prefix="mfgportal-restore-") as folder:
        try:
            with tarfile.open(source, "r:") as tar:
                manifest = _manifest(_text(tar, MANIFEST))
                dump = Path(folder) / DUMP
                _save(tar, dump)
                names = [name for name in tar.getnames() if name.startswith(f"{FILES}/")]
                files = {Path(name).name: _text(tar, name) for name in names}
        except (tarfile.TarError, KeyError) as broken:
            raise NoBackup(f"{source} is no backup of this portal, or it is not whole: {broken}.") from broken
        yield Unpacked(manifest, dump, files)


def _manifest(text: str) -> Manifest:
    told: dict[str, Any] = json.loads(text)
    if told["format"] != FORMAT:
        raise NoBackup(f"The backup has format {told['format']}; this portal reads format {FORMAT}.")
    return Manifest(**told)


def _text(tar: tarfile.TarFile, name: str) -> str:
    part = tar.extractfile(name)
    if part is None:
        raise KeyError(name)
    return part.read(LARGEST_NOTE).decode()


def _save(tar: tarfile.TarFile, dump: Path) -> None:
    """Only this one member is written, to a name of ours: an archive may name any path."""
    member = tar.getmember(DUMP)
    member.name = dump.name
    tar.extract(member, dump.parent, filter="data")
