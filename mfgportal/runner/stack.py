"""Several programs as one: started in order, restarted when they die, stopped in reverse."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mfgportal.runner.child import Child, Program
from mfgportal.runner.leftovers import remember

LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0  # seconds of life that forgive earlier deaths


@dataclass
class Watched:
    """A child, how often it died lately, and when it may start again (monotonic seconds)."""

    child: Child
    deaths: int = 0
    due: float | None = None


class Stack:
    """The programs of one run. `say` gets a line for the person at the terminal."""

    def __init__(self, var: Path, say: Callable[[str], None]) -> None:
        self.logs = var / "log"
        self.record = var / "children.json"
        self.say = say
        self.watched: list[Watched] = []

    def start(self, *programs: Program) -> None:
        """Start all, then wait for all. Raises ProgramFailed."""
        for program in programs:
            child = Child(program, self.logs)
            self.watched.append(Watched(child))
            self.begin(child)
        for watched in self.watched[-len(programs) :]:
            watched.child.wait_ready()

    def begin(self, child: Child) -> None:
        child.start()
        remember(self.record, [watched.child for watched in self.watched])

    def watch(self) -> None:
        """Look once at every child, and start again what died and has waited long enough."""
        now = time.monotonic()
        for watched in self.watched:
            if watched.due is not None:
                self.restart_when_due(watched, now)
            elif not watched.child.alive:
                self.note_death(watched, now)

    def note_death(self, watched: Watched, now: float) -> None:
        child = watched.child
        watched.deaths = 1 if now - child.started_at > STEADY_AFTER else watched.deaths + 1
        pause = min(LONGEST_PAUSE, 2.0 ** (watched.deaths - 1) - 1)
        watched.due = now + pause
        child.clear_group()
        self.say(f"{child.program.name} ended ({child.outcome}); starting it again. Its log: {child.log}")

    def restart_when_due(self, watched: Watched, now: float) -> None:
        if watched.due is not None and now >= watched.due:
            watched.due = None
            self.begin(watched.child)

    def stop(self) -> None:
        """Stop all, the last started first."""
        while self.watched:
            self.watched.pop().child.stop()
        self.record.unlink(missing_ok=True)
