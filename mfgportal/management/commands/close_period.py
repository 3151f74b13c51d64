"""`manage.py close_period Lyon 2026-05`: keep a plant's month as published."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kpis.periods import NotClosable
from mfgportal import kpi_question as asked
from mfgportal.accounts.audit import COMMAND_LINE
from mfgportal.periods import close_month


class Command(BaseCommand):
    help = "Close a plant's month: its values are kept as published. Example: close_period Lyon 2026-05"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("plant", help="name, code or id")
        parser.add_argument("month", help="YYYY-MM")
        parser.add_argument("--note", default="", help="kept with it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            month = date.fromisoformat(f"{options['month']}-01")
        except ValueError:
            raise CommandError(f"“{options['month']}” is no month; write it as 2026-05.") from None
        try:
            (plant,) = asked.place_named(options["plant"], "", "").plants
            closed = close_month(plant, month, by=COMMAND_LINE, note=options["note"])
        except (asked.NotFound, NotClosable) as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{closed} is closed: {closed.published.count()} values are kept as published.")
