"""Figures of the runs, per stream, each by one query: of a day or a week, however long the history is."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from sync.delays import LIMITS_S, percentile

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
STRIP = 30

# Answered from the index alone.
OF_WEEK = (
    "SELECT stream_id, count(*), count(*) FILTER (WHERE status = 'failed') FROM sync_syncrun"
    " WHERE started_at >= %s AND status <> 'running' GROUP BY stream_id"
)
OF_DAY = (
    "SELECT stream_id, count(*), count(*) FILTER (WHERE status = 'failed'),"
    " percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP"
    " (ORDER BY greatest(extract(epoch FROM ended_at - started_at), 0)::float8)"
    " FILTER (WHERE trigger IN ('schedule', 'manual')),"
    " coalesce(sum(read - unchanged) FILTER (WHERE trigger <> 'sweep'), 0) FROM sync_syncrun"
    " WHERE started_at >= %s AND status <> 'running' GROUP BY stream_id"
)
DELAYS = (
    "SELECT stream_id, size, sum(rows) FROM sync_syncrun,"
    " unnest(delays) WITH ORDINALITY AS counted(rows, size)"
    " WHERE started_at >= %s AND delays IS NOT NULL GROUP BY stream_id, size"
)
LATEST = (
    "SELECT stream.id, run.id, run.status, run.trigger, run.started_at, run.ended_at"
    " FROM sync_stream stream CROSS JOIN LATERAL (SELECT * FROM sync_syncrun"
    " WHERE stream_id = stream.id ORDER BY started_at DESC LIMIT %s) run ORDER BY run.started_at"
)


@dataclass(frozen=True, slots=True)
class Tally:
    """Ended runs, and how many of them failed. Each failed run is followed by a retry."""

    runs: int = 0
    failed: int = 0

    @property
    def success(self) -> float | None:
        """Share of the runs that went well; None without a run."""
        return (self.runs - self.failed) / self.runs if self.runs else None


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and 95th percentile, in seconds; None where nothing is known."""

    p50: float | None = None
    p95: float | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """One of the latest runs. ``took_s``: None while it runs."""

    run_id: int
    status: str
    trigger: str
    started_at: datetime
    took_s: float | None


@dataclass(slots=True)
class RunFigures:
    """What the runs of one stream tell.

    Args:
        day, week: runs of the last 24 hours and seven days.
        took: how long reading took, of the day.
        delay: how long after its change at the source a row was here, of the day's rows; not of a first load.
        rows_per_hour: new and changed rows, mean of the day.
        latest: the last runs, oldest first.
    """

    day: Tally = Tally()
    week: Tally = Tally()
    took: Spread = Spread()
    delay: Spread = Spread()
    rows_per_hour: float = 0.0
    latest: list[Bar] = field(default_factory=list)


def run_figures(now: datetime) -> dict[int, RunFigures]:
    """The figures by stream id. Four queries."""
    found: dict[int, RunFigures] = defaultdict(RunFigures)
    for stream, runs, failed in _ask(OF_WEEK, now - WEEK):
        found[stream].week = Tally(runs, failed)
    for stream, runs, failed, took, rows in _ask(OF_DAY, now - DAY):
        found[stream].day = Tally(runs, failed)
        found[stream].took = Spread(*(took or ()))
        found[stream].rows_per_hour = float(rows) / (DAY / timedelta(hours=1))
    for stream, counts in _delays(now).items():
        found[stream].delay = Spread(percentile(counts, 0.5), percentile(counts, 0.95))
    for stream, *run in _ask(LATEST, STRIP):
        found[stream].latest.append(_bar(*run))
    return found


def _delays(now: datetime) -> dict[int, list[int]]:
    counts: dict[int, list[int]] = defaultdict(lambda: [0] * (len(LIMITS_S) + 1))
    for stream, size, rows in _ask(DELAYS, now - DAY):
        counts[stream][size - 1] = int(rows)
    return counts


def _bar(run_id: int, status: str, trigger: str, started_at: datetime, ended_at: datetime | None) -> Bar:
    # Two workers' clocks may differ.
    took = max((ended_at - started_at).total_seconds(), 0.0) if ended_at else None
    return Bar(run_id, status, trigger, started_at, took)


def _ask(query: str, *values: Any) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
        return rows
