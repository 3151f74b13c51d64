"""The first sync, as a person at a terminal sees it."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn

from kpis.models import StaleDay
from sync.progress import Progress as SyncProgress
from sync.progress import State, StreamProgress, snapshot

POLL_SECONDS = 0.5
PLAIN_SECONDS = 5.0
PATIENCE_SECONDS = 900.0


def follow(console: Console, meanwhile: Callable[[], None]) -> bool:
    """Show every stream until all have been read once, then the figures until the past has them.

    `meanwhile` is called between looks. Returns whether all came in good time; else it goes on unseen.
    """
    if snapshot().done and not waiting_days():
        return True
    show = follow_with_bars if console.is_terminal else follow_with_lines
    return show(console, looks(meanwhile))


def looks(meanwhile: Callable[[], None]) -> Iterator[SyncProgress]:
    """What there is to see, again and again, until patience ends."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < limit:
        yield snapshot()
        meanwhile()
        time.sleep(POLL_SECONDS)


def waiting_days() -> int:
    """Days of machines that wait for their figures. The last two always do, as they go on."""
    return StaleDay.objects.filter(day__lt=timezone.now().date() - timedelta(days=2)).count()


def follow_with_bars(console: Console, seen: Iterator[SyncProgress]) -> bool:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TextColumn("{task.fields[note]}"), console=console) as bars:
        tasks: dict[tuple[str, str], TaskID] = {}
        figures = bars.add_task("Figures", total=None, note="")
        most = 0
        for now in seen:
            draw(bars, tasks, now)
            left = waiting_days()
            most = max(most, left)
            bars.update(figures, total=most or None, completed=most - left, note="days of machines")
            if now.done and not left:
                return True
    return False


def draw(bars: Progress, tasks: dict[tuple[str, str], TaskID], now: SyncProgress) -> None:
    for stream in now.streams:
        key = (stream.source, stream.stream)
        if key not in tasks:
            tasks[key] = bars.add_task(title(stream), total=None, note="")
        finished = stream.state is State.DONE
        total = max(stream.read, 1) if finished else stream.total
        bars.update(tasks[key], completed=total if finished else stream.read, total=total, note=note(stream))


def follow_with_lines(console: Console, seen: Iterator[SyncProgress]) -> bool:
    said: set[tuple[str, State]] = set()
    spoken = time.monotonic()
    for now in seen:
        lines = [stream for stream in now.streams if (title(stream), stream.state) not in said]
        for stream in lines:
            said.add((title(stream), stream.state))
            if stream.state in {State.DONE, State.FAILING}:
                console.out(
                    f"  {title(stream)}: {stream.state.value}, {stream.read:,} rows {note(stream)}".rstrip()
                )
                spoken = time.monotonic()
        left = waiting_days()
        if now.done and not left:
            return True
        if time.monotonic() - spoken > PLAIN_SECONDS:
            spoken = time.monotonic()
            console.out(
                f"  {sum(stream.read for stream in now.streams):,} rows so far; {left:,} days to work out"
            )
    return False


def title(stream: StreamProgress) -> str:
    return f"{stream.source}: {stream.label}"


def note(stream: StreamProgress) -> str:
    return stream.error if stream.state is State.FAILING else ""
