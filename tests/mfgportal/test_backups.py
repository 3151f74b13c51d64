"""What is no backup, or none for here, is refused before anything is touched. tests/faults has the drill."""

import json
import tarfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from mfgportal.backups.archive import Manifest, NoBackup, pack, unpacked
from mfgportal.backups.errors import CannotRestore
from mfgportal.backups.restoring import restore_backup

GOOD = Manifest(format=1, made_at="2026-11-24T00:00:00+00:00", postgres=14, migrations=[], keys=[], rows={})


def packed(folder: Path, **changed: Any) -> Path:
    (folder / "dump").write_bytes(b"a dump")
    pack(
        folder / "a.backup", Manifest(**{**asdict(GOOD), **changed}), folder / "dump", {"files/since": "then"}
    )
    return folder / "a.backup"


def test_what_is_packed_is_unpacked(tmp_path: Path) -> None:
    with unpacked(packed(tmp_path)) as backup:
        assert backup.dump.read_bytes() == b"a dump"
        assert (backup.manifest, backup.files) == (GOOD, {"since": "then"})


@pytest.mark.parametrize("content", [b"", b"no tar at all"])
def test_what_is_no_backup(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(NoBackup, match="no backup of this portal"), unpacked(tmp_path / "x"):
        pass


def test_a_backup_cut_short(tmp_path: Path) -> None:
    whole = packed(tmp_path)
    with tarfile.open(whole) as tar:
        begins = tar.getmember("database.dump").offset_data
    whole.write_bytes(whole.read_bytes()[: begins + 3])
    with pytest.raises(NoBackup), unpacked(whole):
        pass


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"format": 2}, "format 2"),
        ({"migrations": ["sync.9999_later"]}, "newer portal"),
        ({"postgres": 99}, "older"),
        ({"keys": ["0123456789ab"]}, "0123456789ab.*FIELD_ENCRYPTION_KEYS"),
    ],
)
@pytest.mark.django_db
def test_what_does_not_fit_here(tmp_path: Path, changed: dict[str, Any], says: str) -> None:
    with pytest.raises(CannotRestore, match=says):
        restore_backup(packed(tmp_path, **changed), replace=True)
    assert "sync_source" in connection.introspection.table_names()


def test_a_member_that_points_elsewhere_is_not_written_there(tmp_path: Path) -> None:
    evil, note = tmp_path / "evil.backup", tmp_path / "manifest.json"
    note.write_text(json.dumps(asdict(GOOD)))
    with tarfile.open(evil, "w") as tar:
        tar.add(note, "manifest.json")
        link = tarfile.TarInfo("database.dump")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(NoBackup), unpacked(evil):
        pass
