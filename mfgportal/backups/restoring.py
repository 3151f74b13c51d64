"""A database from a backup: all of it or nothing."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from redis.exceptions import ConnectionError as NoRedis

from mfgportal.accounts.models import User
from mfgportal.backups import programs
from mfgportal.backups.archive import Manifest, NoBackup, Unpacked, unpacked
from mfgportal.backups.errors import CannotRestore
from mfgportal.backups.making import LEFT_OUT, OUTSIDE, rows_of_tables
from mfgportal.env import VAR_DIR
from sync.heartbeat import last_tick
from sync.models import Checkpoint, Source
from sync.secrets import key_id

# Everything of ours goes: tables with what belongs to them, then functions; extensions stay.
EMPTY = """
SET client_min_messages = warning;
DO $$ DECLARE each record; BEGIN
  FOR each IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP TABLE IF EXISTS public.%I CASCADE', each.name);
  END LOOP;
  FOR each IN SELECT p.oid::regprocedure AS name FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
    EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', each.name);
  END LOOP;
END $$;
"""
QUIET = timedelta(seconds=15)
"""A tick comes every five seconds."""
CHECKPOINTS = Checkpoint._meta.db_table
OTHERS = """
SELECT count(*), coalesce(string_agg(DISTINCT coalesce(host(client_addr), 'this machine'), ', '), '')
FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


def restore_backup(source: Path, *, replace: bool = False) -> Manifest:
    """Make the database what it was when the backup was made, then bring it up to date with this program.

    Args:
        replace: what the database holds now may go.

    Raises:
        CannotRestore: with the reason and the cure.
    """
    try:
        with unpacked(source) as backup:
            _require_fit(backup.manifest)
            _require_nobody()
            if not replace:
                _require_empty()
            _restore(backup)
            return backup.manifest
    except (NoBackup, OSError, programs.NoProgram, programs.ProgramRefused) as failed:
        raise CannotRestore(str(failed)) from failed


def _require_fit(manifest: Manifest) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if unknown := sorted(set(manifest.migrations) - known):
        raise CannotRestore(
            f"The backup is of a newer portal than this one, which lacks {unknown[0]}. Update it first."
        )
    if (here := programs.server_major()) < manifest.postgres:
        raise CannotRestore(
            f"The backup is of PostgreSQL {manifest.postgres}; the server here is the older {here}."
        )
    if missing := set(manifest.keys) - set(map(key_id, settings.FIELD_ENCRYPTION_KEYS)):
        raise CannotRestore(
            f"Its credentials were encrypted with key {', '.join(sorted(missing))}, which is not among "
            "FIELD_ENCRYPTION_KEYS. Put that key there (a local portal's is in var/fernet_key). A backup "
            "made --with-keys holds it: tar -xOf FILE keys.json"
        )


def _require_nobody() -> None:
    with connection.cursor() as cursor:
        cursor.execute(OTHERS)
        count, hosts = cursor.fetchone()
    if count:
        raise CannotRestore(
            f"Others work with this database ({count} connections, from {hosts}). Stop web, worker, ticker "
            "and beat first."
        )
    # Between two tasks a worker has no connection.
    if CHECKPOINTS in connection.introspection.table_names() and (tick := last_tick()):
        age = timezone.now() - tick
        if timedelta() <= age < QUIET:
            raise CannotRestore(
                f"A worker was at work {age.total_seconds():.0f} seconds ago. Stop web, worker, ticker and "
                f"beat first; {QUIET.total_seconds():.0f} seconds later it can begin."
            )


def _require_empty() -> None:
    tables = set(connection.introspection.table_names())
    models = [model for model in (Source, User) if model._meta.db_table in tables]
    if held := [str(model._meta.verbose_name_plural) for model in models if model._default_manager.exists()]:
        raise CannotRestore(f"The database holds {' and '.join(held)} already. With --replace, they go.")


def _restore(backup: Unpacked) -> None:
    _write_database(backup)
    _require_whole(backup.manifest)
    for name in set(backup.files) & set(OUTSIDE):
        (VAR_DIR / name).write_text(backup.files[name])
    call_command("migrate", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    _forget_computed()


def _write_database(backup: Unpacked) -> None:
    """In one transaction: a restore that fails leaves what was there."""
    begin, script = backup.dump.with_name("begin.sql"), backup.dump.with_name("restore.sql")
    begin.write_text(EMPTY)
    major = backup.manifest.postgres
    connection.close()
    programs.run(
        programs.program("pg_restore", major),
        *("--schema=public", "--no-owner", "--no-privileges", f"--file={script}", str(backup.dump)),
    )
    programs.run(
        programs.program("psql", major),
        *("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"),
        *(f"--file={begin}", f"--file={script}"),
    )


def _require_whole(manifest: Manifest) -> None:
    rows = rows_of_tables()
    if lacking := [table for table, count in manifest.rows.items() if rows.get(table) != count]:
        raise CannotRestore(f"Restored, but not whole: the count of rows differs in {', '.join(lacking)}.")
    if unexpected := [table for table in LEFT_OUT if rows.get(table)]:
        raise CannotRestore(f"Restored, but {', '.join(unexpected)} is not empty.")


def _forget_computed() -> None:
    """What was computed from the other data. An embedded broker that does not run keeps nothing anyway."""
    try:
        cache.clear()
    except NoRedis:
        return
