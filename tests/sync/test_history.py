"""What a key's content was before: honest, by month, and no longer than is set."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from pytest_django import Settings

from sync.connectors.base import Row
from sync.landing import Landed, land
from sync.models import HeldRecord, RawHistory, RawRecord, Source, Stream, SyncException
from sync.partitions import existing
from tests.sync.conftest import good
from tests.sync.fake import World

T = datetime(2026, 3, 1, tzinfo=UTC)
PlantOf = tuple[Source, World]


@pytest.fixture
def stream(plant: PlantOf) -> Stream:
    return plant[0].streams.select_related("source").get(name="events")


def give(stream: Stream, payload: dict[str, Any], at: datetime = T) -> list[Landed]:
    with time_machine.travel(at, tick=False), transaction.atomic():
        return land(stream, [Row("x/1", payload, at)], incremental=True).changed


def contents(stream: Stream) -> list[tuple[Any, datetime]]:
    """All contents of the one key, oldest first, with when they came."""
    rows = [*RawHistory.objects.filter(stream=stream), *RawRecord.objects.filter(stream=stream)]
    return sorted(((row.payload, row.landed_at) for row in rows), key=lambda pair: pair[1])


def test_there_and_back_again_is_three_contents_each_with_its_own_time_and_trace(stream: Stream) -> None:
    for day, value in enumerate("aba"):
        give(stream, {"v": value}, T + timedelta(days=day))
    assert contents(stream) == [({"v": value}, T + timedelta(days=day)) for day, value in enumerate("aba")]
    row = RawRecord.objects.get(stream=stream)
    traces = {row.trace_id, *row.history.values_list("trace_id", flat=True)}
    assert len(traces) == 3


def test_the_landed_row_stays_the_same_row(stream: Stream) -> None:
    (first,) = give(stream, {"v": 1})
    (second,) = give(stream, {"v": 2}, T + timedelta(days=1))
    assert first.raw_id == second.raw_id
    assert second.previous == {"v": 1}


def test_content_that_comes_back_unchanged_after_it_was_gone_is_kept_once(stream: Stream) -> None:
    (first,) = give(stream, {"v": 1})
    RawRecord.objects.filter(stream=stream).update(gone_at=T)
    (back,) = give(stream, {"v": 1}, T + timedelta(days=1))
    assert back.trace_id == first.trace_id
    assert contents(stream) == [({"v": 1}, T)]
    assert RawRecord.objects.get(stream=stream).gone_at is None


def test_content_that_changed_while_it_was_gone_says_since_when(stream: Stream) -> None:
    give(stream, {"v": 1})
    RawRecord.objects.filter(stream=stream).update(gone_at=T + timedelta(hours=1))
    give(stream, {"v": 2}, T + timedelta(days=1))
    assert RawHistory.objects.get(stream=stream).gone_at == T + timedelta(hours=1)


def test_each_month_of_arrival_has_a_partition_made_when_needed(stream: Stream) -> None:
    for month in (1, 2, 3):
        give(stream, {"v": month}, datetime(2026, month, 28, tzinfo=UTC))
    assert {date(2026, 1, 1), date(2026, 2, 1)} <= set(existing())
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload ->> 'v' FROM sync_rawhistory_2026_02")
        assert cursor.fetchall() == [("2",)]


def test_a_month_begins_at_midnight_of_utc(stream: Stream) -> None:
    last = datetime(2026, 1, 31, 23, 59, 59, 999999, tzinfo=UTC)
    for value, at in enumerate((last, last + timedelta(microseconds=1), last + timedelta(days=40))):
        give(stream, {"v": value}, at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM sync_rawhistory ORDER BY landed_at")
        assert [name for (name,) in cursor.fetchall()] == [
            "sync_rawhistory_2026_01",
            "sync_rawhistory_2026_02",
        ]


def test_content_older_than_the_retention_is_not_kept_when_it_is_replaced(
    stream: Stream, settings: Settings
) -> None:
    settings.LANDING_RETENTION_MONTHS = 2
    for month in (1, 2, 4):
        give(stream, {"v": month}, datetime(2026, month, 15, tzinfo=UTC))
    assert [payload for payload, _ in contents(stream)] == [{"v": 1}, {"v": 2}, {"v": 4}]
    give(stream, {"v": 7}, datetime(2026, 7, 1, tzinfo=UTC))
    assert [payload for payload, _ in contents(stream)] == [{"v": 1}, {"v": 2}, {"v": 7}]


def test_for_ever_is_for_ever(stream: Stream, settings: Settings) -> None:
    settings.LANDING_RETENTION_MONTHS = 0
    give(stream, {"v": 1}, datetime(1999, 1, 1, tzinfo=UTC))
    give(stream, {"v": 2})
    assert len(contents(stream)) == 2


def wrong_stop(world: World, hours: int) -> None:
    at = T + timedelta(hours=hours)
    world.put("events", "stop/1", at, machine="machine/99", reason="reason/1", start=at.isoformat())


def test_a_held_row_that_changes_and_is_still_wrong_is_a_repeat_and_the_same_row(plant: PlantOf) -> None:
    source, world = plant
    wrong_stop(world, 0)
    good(source, "events")
    held = HeldRecord.objects.get()
    wrong_stop(world, 1)
    good(source, "events")
    assert HeldRecord.objects.get().raw_id == held.raw_id
    assert SyncException.objects.get(kind="unmapped_key").count == 2


def test_a_held_row_that_has_not_changed_is_no_repeat(plant: PlantOf) -> None:
    source, world = plant
    wrong_stop(world, 0)
    good(source, "events")
    good(source, "events")
    assert SyncException.objects.get(kind="unmapped_key").count == 1


def old_content(stream: Stream, key: str, value: int, *, current: bool, at: datetime) -> int:
    """A row as landing kept it before there was a history."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sync_rawrecord"
            " (stream_id, external_key, digest, payload, trace_id, landed_at, current)"
            " VALUES (%s, %s, 'd', jsonb_build_object('v', %s::int), %s, %s, %s) RETURNING id",
            [stream.pk, key, value, uuid4(), at, current],
        )
        return int(cursor.fetchone()[0])


def test_the_migration_moves_replaced_rows_and_what_waits_for_them(stream: Stream) -> None:
    moves = import_module("sync.migrations.0004_raw_history")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(
            "ALTER TABLE sync_rawrecord DROP CONSTRAINT one_row_per_key, ADD current bool DEFAULT true"
        )
    replaced = old_content(stream, "x/1", 1, current=False, at=datetime(2025, 5, 5, tzinfo=UTC))
    latest = old_content(stream, "x/1", 2, current=True, at=T)
    cause = SyncException.objects.create(
        kind="unmapped_key", fingerprint="f", title="t", message="m", source=stream.source
    )
    HeldRecord.objects.create(exception=cause, raw_id=replaced, kind="downtime")
    with connection.cursor() as cursor:
        cursor.execute(moves.MONTHS)
        cursor.execute(moves.MOVE)
    assert contents(stream) == [({"v": 1}, datetime(2025, 5, 5, tzinfo=UTC)), ({"v": 2}, T)]
    assert list(RawHistory.objects.values_list("raw_id", flat=True)) == [latest]
    assert list(HeldRecord.objects.values_list("raw_id", flat=True)) == [latest]
