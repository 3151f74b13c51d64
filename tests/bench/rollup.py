"""The roll-up of a factory: from scratch, by one day of all machines, after a long and a short history.

``python -m tests.bench.rollup MACHINES DAYS`` prints seconds as JSON.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 models need the set-up

from kpis.models import StaleDay  # noqa: E402
from kpis.rebuilding import rebuild_with  # noqa: E402
from kpis.rollup import refresh  # noqa: E402
from tests.bench import factory, naive  # noqa: E402

SHORT = 30
SAMPLE = 40
TICKS = os.sysconf("SC_CLK_TCK")
WORKERS = 2


def main(machines: int, days: int) -> None:
    short = _incremental(machines, min(SHORT, days))
    ids = factory.places(machines)
    stops, counts = factory.facts(days)
    as_of = _after(days)
    wall, cpu = _timed(lambda: rebuild_with(WORKERS, as_of))
    long = _increment(ids, days)
    print(
        json.dumps(
            {
                "stops": stops,
                "counts": counts,
                "machine_days": machines * days,
                "rebuild": wall,
                "rebuild_cpu": cpu,
                "naive": _naive(ids, days),
                "day": long,
                "day_short": short,
            }
        )
    )


def _incremental(machines: int, days: int) -> float:
    """Seconds of one day of all machines with so much history behind them."""
    ids = factory.places(machines)
    factory.facts(days)
    rebuild_with(WORKERS, _after(days))
    return _increment(ids, days)


def _increment(ids: list[int], days: int) -> float:
    """The best of some tries: the machine is not ours alone."""
    return min(_one_day(ids, factory.FIRST + timedelta(days=days - 2 - n), days) for n in range(5))


def _one_day(ids: list[int], day: date, days: int) -> float:
    StaleDay.objects.bulk_create(StaleDay(equipment_id=pk, day=day) for pk in ids)
    wall, _ = _timed(lambda: refresh(_after(days)))
    return wall


def _naive(ids: list[int], days: int) -> float:
    """Seconds per machine and day, of a sample that is taken back."""
    random = Random(1)
    began = time.perf_counter()
    with transaction.atomic():
        for _ in range(SAMPLE):
            day = factory.FIRST + timedelta(days=random.randrange(1, days - 1))
            naive.compute(random.choice(ids), day, _after(days))
        transaction.set_rollback(True)
    return (time.perf_counter() - began) / SAMPLE


def _after(days: int) -> datetime:
    last = factory.FIRST + timedelta(days=days)
    return datetime(last.year, last.month, last.day, 12, tzinfo=UTC)


def _timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds by the clock, and of our processes' computing: other work on the machine slows the first."""
    began, before = time.perf_counter(), _cpu()
    work()
    return time.perf_counter() - began, _cpu() - before


def _cpu() -> float:
    """Ours and PostgreSQL's."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used) + _postgres_cpu()


def _postgres_cpu() -> float:
    """Of the server and what it started, past and present; 0 where the system does not tell."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    stats = {int(path.parent.name): _stat(path) for path in Path("/proc").glob("[0-9]*/stat")}
    server = stats[pid][0] if pid in stats else 0
    ticks = sum(sum(times[:2]) for parent, times in stats.values() if parent == server)
    return (ticks + sum(stats[server][1] if server in stats else ())) / TICKS


def _stat(path: Path) -> tuple[int, tuple[int, ...]]:
    """Parent, and user and system time of a process and of its children that ended."""
    try:
        fields = path.read_text().rpartition(")")[2].split()
    except OSError:
        return 0, ()
    return int(fields[1]), tuple(map(int, fields[11:15]))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
