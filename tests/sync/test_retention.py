"""The daily tick: months ahead are made, old ones dropped whole, and nothing else waits for that."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from pytest_django import Settings

from sync import partitions
from sync.models import RawHistory, RawRecord, Stream
from sync.partitions import drop_before, ensure, existing, months_after
from sync.tasks import tend_landing
from tests.mfgportal.queue import a_source, a_stream

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def stream(db: None) -> Stream:
    return a_stream(a_source("odoo"))


def tick(at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        tend_landing()


def content_of(month: date, stream: Stream) -> RawRecord:
    """A landed row with one earlier content, which came in that month."""
    row = RawRecord.objects.create(
        stream=stream, external_key=f"x/{month}", digest=b"2", payload={}, trace_id=uuid4()
    )
    with transaction.atomic():
        ensure([month])
    came = datetime(month.year, month.month, 9, tzinfo=UTC)
    RawHistory.objects.create(
        stream=stream,
        raw=row,
        external_key=row.external_key,
        digest=b"1",
        payload={},
        trace_id=uuid4(),
        landed_at=came,
    )
    return row


def test_months_count_across_years() -> None:
    assert months_after(NOVEMBER, 2) == date(2027, 1, 1)
    assert months_after(NOVEMBER, -11) == date(2025, 12, 1)
    assert months_after(NOVEMBER, -24) == date(2024, 11, 1)


@pytest.mark.django_db
def test_this_month_and_the_next_are_made_ahead() -> None:
    tick(NOW)
    assert {NOVEMBER, date(2026, 12, 1)} <= set(existing())


def test_what_is_older_than_the_retention_is_dropped_and_latest_content_never(
    stream: Stream, settings: Settings
) -> None:
    settings.LANDING_RETENTION_MONTHS = 24
    rows = [content_of(months_after(NOVEMBER, -back), stream) for back in (25, 24)]
    tick(NOW)
    assert list(RawHistory.objects.values_list("raw", flat=True)) == [rows[1].pk]
    assert months_after(NOVEMBER, -25) not in existing()
    assert RawRecord.objects.count() == 2


@pytest.mark.parametrize("months", [0, -3])
def test_without_a_retention_nothing_is_dropped(stream: Stream, settings: Settings, months: int) -> None:
    settings.LANDING_RETENTION_MONTHS = months
    content_of(date(2001, 1, 1), stream)
    tick(NOW)
    assert RawHistory.objects.count() == 1


def test_it_looks_once_a_day(stream: Stream, settings: Settings) -> None:
    settings.LANDING_RETENTION_MONTHS = 24
    tick(NOW)
    content_of(date(2001, 1, 1), stream)
    tick(NOW + timedelta(hours=23))
    assert RawHistory.objects.count() == 1
    tick(NOW + timedelta(hours=25))
    assert RawHistory.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_writers_who_need_the_same_new_month_both_get_it() -> None:
    month, together = date(2031, 1, 1), Barrier(2, timeout=20)

    def write() -> None:
        try:
            with transaction.atomic():
                together.wait()
                ensure([month])
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(write), pool.submit(write)]:
            done.result()
    assert month in existing()
    assert drop_before(date(2031, 2, 1))


@pytest.mark.django_db(transaction=True)
def test_a_month_in_use_is_left_to_the_next_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "PATIENCE", "50ms")
    month = date(2003, 1, 1)

    def drop() -> list[date]:
        try:
            return drop_before(date(2004, 1, 1))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            ensure([month])
        with transaction.atomic():
            ensure([month])
            assert pool.submit(drop).result() == []
        assert pool.submit(drop).result() == [month]
