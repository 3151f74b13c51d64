"""`manage.py rebuild`: all component rows from the facts, from scratch."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from kpis.rebuilding import rebuild_with
from kpis.work.rollup import rebuild as rebuild_work


class Command(BaseCommand):
    help = "Compute the components of all machines and days again from the facts, on all cores."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workers", type=int, default=0, help="processes (default: one per core)")

    def handle(self, *args: Any, **options: Any) -> None:
        done = rebuild_with(options["workers"], timezone.now())
        rebuild_work()
        self.stdout.write(f"{done} days of machines computed.")
