"""The roll-up of a factory: from scratch, by one day of all machines, after a long and a short history.

``python -m tests.bench.rollup MACHINES DAYS`` prints seconds as JSON.
"""

import json
import sys
import time
from datetime import UTC, date, datetime, timedelta
from random import Random

import django

django.setup()

from django.db import transaction  # noqa: E402 models need the set-up

from kpis.models import StaleDay  # noqa: E402
from kpis.rebuilding import rebuild_with  # noqa: E402
from kpis.rollup import refresh  # noqa: E402
from tests.bench import factory, naive  # noqa: E402
from tests.bench.clock import spent  # noqa: E402

SHORT = 30
SAMPLE = 40
WORKERS = 2


def main(machines: int, days: int) -> None:
    short = _incremental(machines, min(SHORT, days))
    ids = factory.places(machines)
    stops, counts = factory.facts(days)
    as_of = _after(days)
    whole = spent(lambda: rebuild_with(WORKERS, as_of))
    long = _increment(ids, days)
    print(
        json.dumps(
            {
                "stops": stops,
                "counts": counts,
                "machine_days": machines * days,
                "rebuild": whole.wall,
                "rebuild_cpu": whole.cpu,
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
    return spent(lambda: refresh(_after(days))).wall


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


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
