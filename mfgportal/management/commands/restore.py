"""`manage.py restore FILE`: the database as it was when the backup was made."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from mfgportal.backups.errors import CannotRestore
from mfgportal.backups.restoring import restore_backup
from mfgportal.backups.standing import alone, database
from mfgportal.runner.binaries import CannotEmbed
from mfgportal.runner.child import ProgramFailed
from mfgportal.runner.lock import AlreadyRuns


class Command(BaseCommand):
    help = "Restore a file of `backup`, all or nothing. The portal must be stopped."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="what the database holds now may go")

    def handle(self, *, file: Path, replace: bool, **options: Any) -> None:
        try:
            with alone("a restore of a backup"), database():
                manifest = restore_backup(file.absolute(), replace=replace)
        except AlreadyRuns as running:
            raise CommandError(f"Not restored: the portal runs ({running}). Stop it first.") from running
        except CannotRestore as refused:
            raise CommandError(f"Not restored. {refused}") from refused
        except (CannotEmbed, ProgramFailed, DatabaseError, OSError) as problem:
            raise CommandError(f"Nothing was restored. {problem}") from problem
        rows = sum(manifest.rows.values())
        self.stdout.write(f"Restored {rows:,} rows, as of {manifest.made_at}. Syncs go on from there.")
        self.stdout.write("Everyone logs in anew. Mails that waited then may be sent again.")
