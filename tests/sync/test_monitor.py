"""The figures of the monitor against runs that can be reckoned by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kpis.models import Equipment, Plant, StaleDay
from sync import broker
from sync.models import ReconciliationRun, Source, Stream, SyncException, SyncRun
from sync.monitor import Monitor, StreamNow, monitor
from sync.run_figures import STRIP

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture
def stream(db: None) -> Stream:
    return a_stream()


def a_stream(source: str = "odoo", name: str = "productivity", **fields: Any) -> Stream:
    given = {"title": source.title(), "connector": "odoo", "url": "https://odoo.example"}
    owner, _ = Source.objects.get_or_create(name=source, defaults=given)
    return Stream.objects.create(source=owner, name=name, title=name, **{"read_through": NOW} | fields)


def a_run(stream: Stream, ago: timedelta, took_s: float | None = 1.0, **fields: Any) -> SyncRun:
    began = NOW - ago
    run = SyncRun.objects.create(stream=stream, **{"status": "done"} | fields)
    ended = None if took_s is None else began + timedelta(seconds=took_s)
    SyncRun.objects.filter(pk=run.pk).update(started_at=began, ended_at=ended)
    return run


def look(**given: Any) -> Monitor:
    with time_machine.travel(NOW, tick=False):
        return monitor(**given)


def only(found: Monitor) -> StreamNow:
    (stream,) = found.streams
    return stream


def test_success_is_counted_over_a_day_and_a_week(stream: Stream) -> None:
    for hours in range(1, 9):
        a_run(stream, timedelta(hours=hours))
    a_run(stream, timedelta(hours=20), status="failed")
    a_run(stream, timedelta(hours=21), status="failed")
    for days in (2, 3, 4, 5, 6):
        a_run(stream, timedelta(days=days), status="failed" if days == 2 else "done")
    a_run(stream, timedelta(days=8), status="failed")
    figures = only(look()).figures
    assert (figures.day.runs, figures.day.failed, figures.day.success) == (10, 2, 0.8)
    assert (figures.week.runs, figures.week.failed, figures.week.success) == (15, 3, 0.8)


def test_run_times_are_of_reading_alone(stream: Stream) -> None:
    for number in range(1, 101):
        a_run(stream, timedelta(minutes=number), took_s=number)
    a_run(stream, timedelta(hours=3), took_s=5000, trigger="sweep")
    a_run(stream, timedelta(seconds=3), took_s=None, status="running")
    took = only(look()).figures.took
    assert took.p50 == pytest.approx(50.5)
    assert took.p95 == pytest.approx(95.05)


def test_delays_of_the_days_runs_add_up(stream: Stream) -> None:
    a_run(stream, timedelta(hours=1), delays=[90, *[0] * 13])
    a_run(stream, timedelta(hours=2), delays=[0, 0, 0, 10, *[0] * 10])
    a_run(stream, timedelta(hours=30), delays=[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 999])
    delay = only(look()).figures.delay
    assert delay.p50 == pytest.approx(5 * 50 / 90)
    assert delay.p95 == pytest.approx(25)


def test_rows_per_hour_are_new_and_changed_ones(stream: Stream) -> None:
    a_run(stream, timedelta(hours=1), read=300, unchanged=60)
    a_run(stream, timedelta(hours=1), read=9999, trigger="sweep")
    assert only(look()).figures.rows_per_hour == 10


def test_a_stream_without_runs_has_no_figures_and_no_division_by_zero(stream: Stream) -> None:
    figures = only(look()).figures
    assert figures.day.success is None
    assert (figures.took.p50, figures.delay.p95, figures.rows_per_hour) == (None, None, 0)
    assert figures.latest == []


def test_the_latest_runs_come_oldest_first_and_no_more_than_fit(stream: Stream) -> None:
    runs = [a_run(stream, timedelta(minutes=number)) for number in range(1, STRIP + 5)]
    running = a_run(stream, timedelta(seconds=1), took_s=None, status="running")
    latest = only(look()).figures.latest
    assert len(latest) == STRIP
    assert [bar.run_id for bar in latest[-2:]] == [runs[0].pk, running.pk]
    assert latest[-1].took_s is None


def test_streams_stand_below_their_source_with_state_and_breaker(db: None) -> None:
    a_stream(), a_stream("atlas", "orders", failures=2)
    Source.objects.filter(name="atlas").update(
        open_until=timezone.now() + timedelta(days=365 * 50), failures=6
    )
    found = {now.source.name: now for now in look().sources}
    assert (found["odoo"].breaker, found["atlas"].breaker) == ("closed", "open")
    assert [stream.state for stream in found["atlas"].streams] == ["failed"]


def test_the_queues_are_counted(stream: Stream) -> None:
    a_stream(name="due", next_due=NOW - timedelta(seconds=1)), a_stream(name="paused", enabled=False)
    Stream.objects.filter(pk=stream.pk).update(next_due=NOW + timedelta(minutes=1))
    busy = a_stream(name="busy", next_due=NOW)
    a_run(busy, timedelta(seconds=2), took_s=None, status="running")
    plant = Plant.objects.create(name="Lyon", timezone="Europe/Paris")
    press = Equipment.objects.create(plant=plant, name="Press")
    StaleDay.objects.create(equipment=press, day=NOW.date())
    queues = look().queues
    assert (queues.due, queues.stale_days, queues.held, queues.replays) == (1, 1, 0, 0)
    assert queues.messages is not None


def test_only_what_the_reader_may_see_is_counted_of_the_queue(stream: Stream) -> None:
    for number, kind in enumerate(("schema_drift", "unmapped_key", "unmapped_key")):
        named = {"kind": kind, "title": kind, "message": "", "fingerprint": str(number)}
        SyncException.objects.create(severity="error", source=stream.source, stream=stream, **named)
    SyncException.objects.create(
        kind="duplicate", fingerprint="x", status="resolved", title="x", message="", source=stream.source
    )
    found = look()
    assert {kind.kind: kind.count for kind in found.exceptions} == {"schema_drift": 1, "unmapped_key": 2}
    assert only(found).drifts == 1
    assert look(exceptions=SyncException.objects.none()).exceptions == ()


def test_the_latest_comparison_of_each_rule_counts(db: None) -> None:
    for rule, status, differing in (
        ("a", "done", 9),
        ("a", "done", 2),
        ("b", "failed", 0),
        ("a", "running", 0),
    ):
        ReconciliationRun.objects.create(rule=rule, status=status, differing=differing)
    assert [(run.rule, run.differing) for run in look().comparisons] == [("a", 2), ("b", 0)]


def test_the_landing_and_its_months_have_a_size(db: None) -> None:
    storage = look().storage
    assert storage.database_bytes > storage.landing_bytes > 0
    assert all(len(month.month) == 7 and month.rows >= 0 for month in storage.months)


def test_the_number_of_queries_does_not_grow(stream: Stream) -> None:
    with CaptureQueriesContext(connection) as few:
        look()
    for source in ("one", "two", "three"):
        for name in ("a", "b", "c"):
            a_run(a_stream(source, name), timedelta(hours=1))
    with CaptureQueriesContext(connection) as many:
        look()
    assert len(many) == len(few) <= 18


def test_without_a_broker_its_depth_is_unknown(settings: LazySettings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert broker.depth() is None
