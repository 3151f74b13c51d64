"""A run's progress for the one who started it: a bar on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import OutputWrapper
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from sync.models import SyncRun
from sync.progress import eta_of, rate_of
from sync.run import Report

LINE_EVERY_S = 2.0


def pace(run: SyncRun) -> str:
    """Rows per second and when it will be done, as far as they are known."""
    rate, eta = rate_of(run), eta_of(run)
    parts = [f"{rate:,.0f} rows/s"] if rate else []
    return ", ".join([*parts, f"done about {eta:%H:%M:%S} UTC"] if eta else parts)


@contextmanager
def showing(out: OutputWrapper) -> Iterator[Report]:
    """Something to call after each page of a run."""
    if not out.isatty():
        yield _Lines(out)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TextColumn("{task.fields[pace]}"), console=Console()) as bars:
        yield _Bars(bars)


class _Lines:
    def __init__(self, out: OutputWrapper) -> None:
        self.out = out
        self.told: dict[int, float] = {}

    def __call__(self, run: SyncRun) -> None:
        now = time.monotonic()
        if now - self.told.get(run.pk, -LINE_EVERY_S) < LINE_EVERY_S:
            return
        self.told[run.pk] = now
        of = f" of {run.total:,}" if run.total is not None else ""
        self.out.write(", ".join(filter(None, [f"{run.stream}: {run.read:,}{of} rows", pace(run)])))


class _Bars:
    def __init__(self, bars: Progress) -> None:
        self.bars = bars
        self.tasks: dict[int, TaskID] = {}

    def __call__(self, run: SyncRun) -> None:
        if run.pk not in self.tasks:
            self.tasks[run.pk] = self.bars.add_task(str(run.stream), total=None, pace="")
        self.bars.update(self.tasks[run.pk], completed=run.read, total=run.total, pace=pace(run))
