"""A rebuild by several processes: machines share nothing, so that each takes the next few."""

import gc
import os
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from functools import partial
from multiprocessing import get_context

import django
from django.db import connections

from kpis.models import Plant
from kpis.months import sum_plants
from kpis.rollup import in_batches, rebuild, rebuild_machines
from kpis.stale import extend_history

SELDOM = (50_000, 20, 50)
"""Facts and rows hold no cycles; by default looking for some takes a good part of the time."""


def rebuild_with(workers: int, as_of: datetime) -> int:
    """Computes all days of all machines from scratch; returns how many. ``workers`` 0: one per core."""
    workers = workers or os.cpu_count() or 1
    if workers == 1:
        return rebuild(as_of)
    extend_history(as_of)
    batches = in_batches()
    connections.close_all()
    # Spawned, not forked: a child must not inherit what the parent's threads and connections hold.
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_begin) as pool:
        done = sum(pool.map(partial(rebuild_machines, as_of=as_of), batches))
    sum_plants(Plant.objects.values_list("pk", flat=True))
    return done


def _begin() -> None:
    gc.set_threshold(*SELDOM)
    django.setup()
