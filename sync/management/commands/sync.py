"""Reads a source now, in the foreground."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sync import breaker
from sync.connectors.base import Connector, Cursor
from sync.errors import SyncError
from sync.management.showing import showing
from sync.models import Source, Stream, SyncRun
from sync.moments import moment
from sync.refresh import read_since, read_whole
from sync.run import Report, run_stream
from sync.sweep import sweep_stream
from sync.trial import Trial, try_stream

BY = "command line"
MOST_CAUSES = 10
Way = Callable[[Stream, Report], list[SyncRun | None]]


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help="name of a source, see “source list”")
        parser.add_argument("stream", nargs="?", default="", help="one of its streams; all, when left out")
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--since",
            type=moment,
            help="read again what changed since: 7d, 36h, or a time such as 2026-01-31",
        )
        what.add_argument(
            "--full",
            action="store_true",
            help="read everything again from the start, and take out what the source has no more",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what would be loaded and held; change nothing"
        )

    def handle(self, *, source: str, stream: str, **options: Any) -> None:
        chosen = self.streams(source, stream)
        if options["dry_run"]:
            failed = [one for one in chosen if not self.attempt(one, options["since"], full=options["full"])]
        else:
            failed = self.read_all(chosen, _way(options["since"], full=options["full"]))
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

    def read_all(self, streams: list[Stream], way: Way) -> list[Stream]:
        """Read; return what was not. A source that does not answer is not asked once per stream."""
        failed: list[Stream] = []
        with showing(self.stdout) as report:
            for position, stream in enumerate(streams):
                told = [self.told(stream, run) for run in way(stream, report)]
                if all(told):
                    continue
                failed.append(stream)
                if breaker.is_open(stream.source_id):
                    return failed + streams[position + 1 :]
        return failed

    def told(self, stream: Stream, run: SyncRun | None) -> bool:
        if run is None:
            self.stdout.write(f"{stream}: another run is at it")
            return True
        if run.status == SyncRun.Status.FAILED:
            self.stderr.write(f"{stream}: {run.error}")
            return False
        counts = f"{run.read} read, {run.unchanged} unchanged, {run.loaded} loaded, {run.held} held"
        if run.trigger == SyncRun.Trigger.SWEEP:
            counts = f"{run.read} keys compared, {run.gone} gone, {run.loaded} restored"
        self.stdout.write(f"{stream}: {counts}")
        if run.error:
            self.stdout.write(f"{stream}: {run.error}")
        return True

    def attempt(self, stream: Stream, since: datetime | None, *, full: bool) -> bool:
        def start(stream: Stream, connector: Connector) -> Cursor:
            if since:
                return connector.cursor_since(stream.name, since)
            return {} if full else stream.cursor

        try:
            self.tell_trial(stream, try_stream(stream, start))
        except SyncError as error:
            self.stderr.write(f"{stream}: {error}")
            return False
        return True

    def tell_trial(self, stream: Stream, trial: Trial) -> None:
        self.stdout.write(
            f"{stream}: {trial.read} read; would be: {trial.unchanged} unchanged, {trial.loaded} loaded, "
            f"{trial.held} held"
        )
        for (kind, title), rows in trial.causes.most_common(MOST_CAUSES):
            self.stdout.write(f"  {rows} × {kind}: {title}")
        if len(trial.causes) > MOST_CAUSES:
            self.stdout.write(f"  and {len(trial.causes) - MOST_CAUSES} more causes")


def _way(since: datetime | None, *, full: bool) -> Way:
    if since is not None:
        return lambda stream, report: [read_since(stream.pk, since, by=BY, report=report)]
    return _whole if full else _on


def _on(stream: Stream, report: Report) -> list[SyncRun | None]:
    return [run_stream(stream.pk, trigger=SyncRun.Trigger.MANUAL, by=BY, report=report)]


def _whole(stream: Stream, report: Report) -> list[SyncRun | None]:
    """All of it, and then what the source has no more. A first read is a full one already."""
    read = (
        _on(stream, report) if stream.read_through is None else [read_whole(stream.pk, by=BY, report=report)]
    )
    good = all(run is not None and run.status == SyncRun.Status.DONE for run in read)
    return [*read, sweep_stream(stream.pk, by=BY, ends=None)] if good else read
