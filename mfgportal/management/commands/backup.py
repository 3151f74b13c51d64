"""`manage.py backup FILE`: the portal's data of this moment as one file; the portal may run on."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from mfgportal.backups.errors import CannotBackUp
from mfgportal.backups.making import make_backup
from mfgportal.backups.standing import alone_if_needed
from mfgportal.runner.binaries import CannotEmbed
from mfgportal.runner.child import ProgramFailed
from mfgportal.runner.lock import AlreadyRuns


class Command(BaseCommand):
    help = "Write all data of the portal to one file. The keys are not in it: keep them elsewhere."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--with-keys", action="store_true", help="put the keys into it, in plain text")

    def handle(self, *, file: Path, with_keys: bool, **options: Any) -> None:
        try:
            with alone_if_needed("a backup"):
                manifest = make_backup(file.absolute(), with_keys=with_keys)
        except AlreadyRuns as busy:
            raise CommandError(f"The database is being started or stopped ({busy}). Try again.") from busy
        except (CannotBackUp, CannotEmbed, ProgramFailed, DatabaseError, OSError) as problem:
            raise CommandError(f"No backup was made. {problem}") from problem
        rows = sum(manifest.rows.values())
        self.stdout.write(f"{file}: {file.stat().st_size:,} bytes, {rows:,} rows, as of {manifest.made_at}.")
        if with_keys:
            self.stdout.write("It holds the keys in plain text: whoever has it has all credentials.")
            return
        kept = ", ".join(manifest.keys) or "none in use"
        self.stdout.write(
            f"Not in it, and needed beside it: FIELD_ENCRYPTION_KEYS (key {kept}; a local portal's is "
            "var/fernet_key), SECRET_KEY, the rest of .env, folders that sources read files from."
        )
