"""A backup of one moment, while the portal goes on."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from mfgportal.accounts.kept_secrets import keys_in_use
from mfgportal.backups import programs
from mfgportal.backups.archive import FILES, FORMAT, KEYS, Manifest, pack
from mfgportal.backups.errors import CannotBackUp
from mfgportal.env import VAR_DIR
from sync.models import Source

# Who was logged in logs in again: sessions would outlive what has ended them since.
LEFT_OUT = ("django_session", "usersessions_usersession")
OUTSIDE = ("sandbox_since",)
"""Files of VAR_DIR that belong to the data: when the demo's factory first started."""


def make_backup(target: Path, *, with_keys: bool = False) -> Manifest:
    """Write the portal's state of one moment to a file.

    Args:
        with_keys: also SECRET_KEY and FIELD_ENCRYPTION_KEYS, in plain text.

    Raises:
        CannotBackUp: with the reason and the cure.
    """
    if not target.parent.is_dir():
        raise CannotBackUp(f"There is no folder {target.parent}.")
    with TemporaryDirectory(prefix=".mfgportal-backup-", dir=target.parent) as folder:
        dump = Path(folder) / "dump"
        try:
            manifest = _dump(dump)
        except (programs.NoProgram, programs.ProgramRefused) as failed:
            raise CannotBackUp(str(failed)) from failed
        pack(target, manifest, dump, _notes(with_keys))
    return manifest


@transaction.atomic
def _dump(dump: Path) -> Manifest:
    """The dump and what is said about it are of one snapshot, whatever is written meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot(), now()")
        snapshot, moment = cursor.fetchone()
    manifest = _manifest(moment)
    left_out = [f"--exclude-table-data=public.{table}" for table in LEFT_OUT]
    programs.run(
        programs.program("pg_dump", manifest.postgres),
        "--format=custom", "--schema=public", "--no-owner", "--no-privileges",
        f"--snapshot={snapshot}", f"--file={dump}", *left_out,
    )  # fmt: skip
    return manifest


def _manifest(moment: datetime) -> Manifest:
    if Source._meta.db_table not in connection.introspection.table_names():
        raise CannotBackUp("The database is empty: no portal has run on it yet.")
    keys = keys_in_use()
    if keys.pop("", 0):
        raise CannotBackUp(
            "Some secrets were encrypted with a key that is not in FIELD_ENCRYPTION_KEYS: a backup of them "
            "would be of no use. Add that key, or enter the credentials anew."
        )
    applied = MigrationRecorder(connection).applied_migrations()
    return Manifest(
        format=FORMAT,
        made_at=moment.astimezone(UTC).isoformat(timespec="seconds"),
        postgres=programs.server_major(),
        migrations=sorted(f"{app}.{name}" for app, name in applied),
        keys=sorted(keys),
        rows={table: rows for table, rows in rows_of_tables().items() if table not in LEFT_OUT},
    )


def rows_of_tables() -> dict[str, int]:
    """Rows of every table of the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return {table: _rows(table) for (table,) in cursor.fetchall()}


def _rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
        return int(cursor.fetchone()[0])


def _notes(with_keys: bool) -> Mapping[str, str]:
    files = {f"{FILES}/{name}": VAR_DIR / name for name in OUTSIDE}
    notes = {name: path.read_text() for name, path in files.items() if path.exists()}
    if with_keys:
        keys = {
            "SECRET_KEY": settings.SECRET_KEY,
            "FIELD_ENCRYPTION_KEYS": ",".join(settings.FIELD_ENCRYPTION_KEYS),
        }
        notes[KEYS] = json.dumps(keys, indent=1)
    return notes
