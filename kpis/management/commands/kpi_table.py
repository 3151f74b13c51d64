"""Prints the catalogue of KPIs as Markdown, or writes it between the markers of a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kpis.definitions.table import markdown, placed


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", type=Path, metavar="FILE", help="Such as README.md.")

    def handle(self, *args: Any, write: Path | None, **options: Any) -> None:
        if write is None:
            self.stdout.write(markdown())
            return
        try:
            write.write_text(placed(write.read_text()))
        except ValueError as refused:
            raise CommandError(str(refused)) from refused
