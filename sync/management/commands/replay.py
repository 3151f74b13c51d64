"""Runs the mapping again over rows that have landed: those held in the queue, or all, of a choice.

Safe beside running syncs. When it is broken off, what is done stays done, and it says how to go on.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sync.models import SyncException
from sync.moments import moment
from sync.rerun import Choice, Step, steps, streams_of


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--source", default="", help="only of this source")
        parser.add_argument("--stream", default="", help="only of this stream")
        parser.add_argument("--since", type=moment, help="only what landed since: 7d, 36h, or a time")
        parser.add_argument("--until", type=moment, help="only what landed before")
        parser.add_argument("--exception", type=int, metavar="ID", help="only what this exception holds")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--held", action="store_true", help="rows held in the queue (the default)")
        which.add_argument("--all", action="store_true", help="loaded rows too")
        parser.add_argument(
            "--after", type=int, default=0, metavar="ROW", help="go on after this row of the stream named"
        )

    def handle(self, **options: Any) -> None:
        choice = Choice(
            **{name: options[name] for name in ("source", "stream", "since", "until", "exception", "after")},
            held=not options["all"],
        )
        self.ensure(choice)
        read = loaded = held = 0
        for step in steps(choice):
            read += step.rows
            loaded += step.outcome.loaded
            held += step.outcome.held
            self.tell(step, read)
        self.stdout.write(f"{read} rows mapped again: {loaded} records loaded, {held} rows held.")

    def ensure(self, choice: Choice) -> None:
        if not streams_of(choice).exists():
            raise CommandError("There is no such stream; see “source list”.")
        if choice.exception is not None and not SyncException.objects.filter(pk=choice.exception).exists():
            raise CommandError(f"There is no exception {choice.exception}.")
        if choice.after and not (choice.source and choice.stream):
            raise CommandError("--after is about one stream: name it by --source and --stream.")

    def tell(self, step: Step, read: int) -> None:
        stream, outcome = step.stream, step.outcome
        self.stdout.write(
            f"{stream}: {step.rows} rows, {outcome.loaded} loaded, {outcome.held} held ({read} so far; "
            f"go on by: --source {stream.source.name} --stream {stream.name} --after {step.last})"
        )
