"""Reads a source now, in the foreground."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sync.models import Source, Stream, SyncRun
from sync.run import run_stream


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help="name of a source, see “source list”")
        parser.add_argument("stream", nargs="?", default="", help="one of its streams; all, when left out")

    def handle(self, *, source: str, stream: str, **options: Any) -> None:
        failed = [name for name in self.streams(source, stream) if not self.read(name)]
        if failed:
            raise CommandError(f"Not read: {', '.join(str(name) for name in failed)}.")

    def streams(self, source: str, stream: str) -> list[Stream]:
        if not Source.objects.filter(name=source).exists():
            known = ", ".join(Source.objects.values_list("name", flat=True)) or "none yet"
            raise CommandError(f"There is no source “{source}”. Known: {known}.")
        every = list(
            Stream.objects.filter(source__name=source).select_related("source").order_by("rank", "name")
        )
        chosen = [one for one in every if stream in ("", one.name)]
        if not chosen:
            raise CommandError(
                f"“{source}” has no stream “{stream}”. It has: {', '.join(s.name for s in every)}."
            )
        return chosen

    def read(self, stream: Stream) -> bool:
        run = run_stream(stream.pk, trigger=SyncRun.Trigger.MANUAL, by="command line", report=self.report)
        if run is None:
            self.stdout.write(f"{stream}: another run is at it")
            return True
        if run.status == SyncRun.Status.FAILED:
            self.stderr.write(f"{stream}: {run.error}")
            return False
        self.stdout.write(
            f"{stream}: {run.read} read, {run.unchanged} unchanged, {run.loaded} loaded, {run.held} held"
        )
        return True

    def report(self, run: SyncRun) -> None:
        of = f" of {run.total}" if run.total is not None else ""
        self.stdout.write(f"{run.stream}: {run.read}{of} rows …")
