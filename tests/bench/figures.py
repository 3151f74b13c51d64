"""The lines of the table that tell of KPIs: the roll-up, and what pages ask.

BENCH_MACHINES (200) and BENCH_HISTORY (365 days): of the roll-up. BENCH_ENTERPRISE (2,000): machines with
components of as many days.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

MACHINES = os.environ.get("BENCH_MACHINES", "200")
HISTORY = os.environ.get("BENCH_HISTORY", "365")
ENTERPRISE = os.environ.get("BENCH_ENTERPRISE", "2000")
Measure = Callable[..., Any]


def rollup(measure: Measure) -> Iterator[tuple[str, ...]]:
    """Full and by one day, beside the ORM loop and a short history."""
    found = measure("rollup", MACHINES, HISTORY)
    days = found["machine_days"]
    naive = found["naive"] * days
    what = f"{found['stops']:,} stops, {found['counts']:,} counts"
    yield (
        f"rebuild of {days:,} machine-days, {what}",
        f"{found['rebuild']:.0f} s by the clock, {found['rebuild_cpu'] / 2:.0f} s of each core's time",
        f"ORM loop {naive:,.0f} s",
        f"{naive / found['rebuild']:.0f} ×",
        "< 60 s; ≥ 20 ×",
    )
    yield (
        f"one day of {MACHINES} machines",
        f"{found['day'] * 1000:.0f} ms",
        f"with a month of history {found['day_short'] * 1000:.0f} ms",
        f"{found['day'] / found['day_short']:.2f} ×",
        "< 1 s; ≈ 1",
    )


def asking(measure: Measure) -> Iterator[tuple[str, ...]]:
    """Medians of the pages' queries, and what they read."""
    for found in measure("asking", ENTERPRISE, HISTORY):
        read = f"{found['rows']:,} component rows read"
        took = f"{found['ms']:.1f} ms, {found['computing_ms']:.0f} ms computing"
        yield found["title"], took, read, ", ".join(found["scans"]), "< 50 ms"
