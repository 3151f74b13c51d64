"""The first sync, as a person at a terminal sees it."""

import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn

from sync.progress import Progress as SyncProgress
from sync.progress import State, StreamProgress, snapshot

POLL_SECONDS = 0.5
PLAIN_SECONDS = 5.0


def follow(console: Console, meanwhile: Callable[[], None]) -> None:
    """Show every stream until all have been read once; `meanwhile` is called between looks."""
    show = follow_with_bars if console.is_terminal else follow_with_lines
    show(console, meanwhile)


def follow_with_bars(console: Console, meanwhile: Callable[[], None]) -> None:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TextColumn("{task.fields[note]}"), console=console) as bars:
        tasks: dict[tuple[str, str], TaskID] = {}
        while not draw(bars, tasks, snapshot()):
            meanwhile()
            time.sleep(POLL_SECONDS)


def draw(bars: Progress, tasks: dict[tuple[str, str], TaskID], now: SyncProgress) -> bool:
    """Bring the bars up to date, and say whether all is done."""
    for stream in now.streams:
        key = (stream.source, stream.stream)
        if key not in tasks:
            tasks[key] = bars.add_task(title(stream), total=None, note="")
        total = stream.total if stream.state is not State.DONE else max(stream.read, 1)
        completed = max(stream.read, 1) if stream.state is State.DONE else stream.read
        bars.update(tasks[key], completed=completed, total=total, note=note(stream))
    return now.done


def follow_with_lines(console: Console, meanwhile: Callable[[], None]) -> None:
    said: set[tuple[str, State]] = set()
    spoken = time.monotonic()
    while True:
        now = snapshot()
        for stream in now.streams:
            if stream.state is not State.WAITING and (title(stream), stream.state) not in said:
                said.add((title(stream), stream.state))
                console.out(
                    f"  {title(stream)}: {stream.state.value}, {stream.read:,} rows {note(stream)}".rstrip()
                )
                spoken = time.monotonic()
        if now.done:
            return
        if time.monotonic() - spoken > PLAIN_SECONDS:
            spoken = time.monotonic()
            console.out(f"  {sum(stream.read for stream in now.streams):,} rows so far")
        meanwhile()
        time.sleep(POLL_SECONDS)


def title(stream: StreamProgress) -> str:
    return f"{stream.source}: {stream.label}"


def note(stream: StreamProgress) -> str:
    return stream.error if stream.state is State.FAILING else ""
