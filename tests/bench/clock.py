"""What work takes: seconds by the clock, and of computing, ours and PostgreSQL's.

The clock counts what else runs on the machine, too; the computing is the work's alone, so that its ratios
hold on a busy one. No Django in here: other loaders are measured by it as well.
"""

import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Spent:
    """Seconds: by the clock, of this process and those it started, of PostgreSQL's processes."""

    wall: float = 0.0
    own: float = 0.0
    postgres: float = 0.0

    @property
    def cpu(self) -> float:
        return self.own + self.postgres

    @contextmanager
    def ours(self) -> Iterator[None]:
        """Add what the block takes by the clock and in this process; cheap enough for short ones."""
        own, began = own_cpu(), time.perf_counter()
        yield
        self.wall += time.perf_counter() - began
        self.own += own_cpu() - own

    @contextmanager
    def theirs(self) -> Iterator[None]:
        """Add PostgreSQL's share of the block, known to a hundredth of a second."""
        before = postgres_cpu()
        yield
        self.postgres += postgres_cpu() - before


def spent(work: Callable[[], Any]) -> Spent:
    """What one call takes."""
    found = Spent()
    with found.theirs(), found.ours():
        work()
    return found


def as_json(found: Spent) -> dict[str, float]:
    return asdict(found)


def own_cpu() -> float:
    """Of this process, and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def postgres_cpu() -> float:
    """Of the server ``BENCH_SERVER`` names by its process, and of what it started, past and present.

    0 where the system does not tell.
    """
    server = int(os.environ.get("BENCH_SERVER", "0"))
    stats = {int(path.parent.name): _stat(path) for path in Path("/proc").glob("[0-9]*/stat")}
    ticks = sum(sum(times[:2]) for parent, times in stats.values() if parent == server)
    return (ticks + sum(stats[server][1] if server in stats else ())) / TICKS


def _stat(path: Path) -> tuple[int, tuple[int, ...]]:
    """Parent, and user and system time of a process and of its children that ended."""
    try:
        fields = path.read_text().rpartition(")")[2].split()
    except OSError:
        return 0, ()
    return int(fields[1]), tuple(map(int, fields[11:15]))
