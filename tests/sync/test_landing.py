from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from sync.connectors.base import Row
from sync.landing import land, locked
from sync.models import RawHistory, RawRecord, Source, Stream
from tests.sync.fake import World

T = datetime(2026, 3, 1, tzinfo=UTC)
PlantOf = tuple[Source, World]


def stream_of(plant: PlantOf) -> Stream:
    return plant[0].streams.select_related("source").get(name="events")


def landed(stream: Stream, *rows: Row, incremental: bool = True) -> list[dict[str, object]]:
    with transaction.atomic():
        return [row.payload for row in land(stream, rows, incremental=incremental).changed]


def payloads(rows: QuerySet[Any]) -> list[Any]:
    return list(rows.values_list("payload", flat=True))


def test_content_is_kept_once_and_the_same_content_is_no_news(plant: PlantOf) -> None:
    stream = stream_of(plant)
    assert landed(stream, Row("x/1", {"a": 1, "b": 2}, T)) == [{"a": 1, "b": 2}]
    assert landed(stream, Row("x/1", {"b": 2, "a": 1}, T)) == []
    assert RawRecord.objects.filter(stream=stream).count() == 1


def test_new_content_takes_the_place_of_the_old_which_stays_as_history(plant: PlantOf) -> None:
    stream = stream_of(plant)
    landed(stream, Row("x/1", {"a": 1}, T))
    with transaction.atomic():
        (row,) = land(stream, [Row("x/1", {"a": 2}, T)], incremental=True).changed
    assert row.previous == {"a": 1}
    assert payloads(RawRecord.objects.filter(stream=stream)) == [{"a": 2}]
    assert payloads(RawHistory.objects.filter(raw=row.raw_id)) == [{"a": 1}]


def test_of_one_key_in_a_page_the_newest_counts(plant: PlantOf) -> None:
    stream = stream_of(plant)
    later = T + timedelta(hours=1)
    assert landed(stream, Row("x/1", {"a": 2}, later), Row("x/1", {"a": 1}, T)) == [{"a": 2}]


def test_a_late_delivery_of_older_content_is_passed_over(plant: PlantOf) -> None:
    stream = stream_of(plant)
    landed(stream, Row("x/1", {"a": 2}, T))
    assert landed(stream, Row("x/1", {"a": 1}, T - timedelta(hours=1))) == []
    assert landed(stream, Row("x/1", {"a": 1}, T - timedelta(hours=1)), incremental=False) == [{"a": 1}]


def test_content_seen_again_later_is_newer_than_a_late_delivery(plant: PlantOf) -> None:
    stream = stream_of(plant)
    landed(stream, Row("x/1", {"a": 2}, T))
    landed(stream, Row("x/1", {"a": 2}, T + timedelta(hours=3)))
    assert landed(stream, Row("x/1", {"a": 1}, T + timedelta(hours=1))) == []


def test_what_postgresql_cannot_hold_is_taken_out(plant: PlantOf) -> None:
    stream = stream_of(plant)
    assert landed(stream, Row("x/1", {"a": "b\0c", "d": ["\ud800"]}, T)) == [{"a": "bc", "d": ["?"]}]


def test_a_row_that_was_gone_is_news_again(plant: PlantOf) -> None:
    stream = stream_of(plant)
    landed(stream, Row("x/1", {"a": 1}, T))
    RawRecord.objects.filter(stream=stream).update(gone_at=T)
    assert landed(stream, Row("x/1", {"a": 1}, T)) == [{"a": 1}]


def test_replaced_content_is_not_mapped_again(plant: PlantOf) -> None:
    stream = stream_of(plant)
    landed(stream, Row("x/1", {"a": 1}, T))
    landed(stream, Row("x/1", {"a": 2}, T))
    with transaction.atomic():
        rows = locked(list(RawRecord.objects.values_list("id", flat=True)))
    assert [row.payload for row in rows if row.external_key == "x/1"] == [{"a": 2}]


def test_each_content_has_its_own_trace(plant: PlantOf) -> None:
    stream = stream_of(plant)
    landed(stream, Row("x/1", {"a": 1}, T), Row("x/2", {"a": 1}, T))
    traces = RawRecord.objects.filter(stream=stream).values_list("trace_id", flat=True)
    assert len(set(traces)) == 2


def test_numbers_that_json_libraries_refuse_are_kept(plant: PlantOf) -> None:
    """A whole number beyond 64 bits as it is; what is no number as nothing."""
    stream = stream_of(plant)
    row = Row("stop/1", {"counter": 10**30, "share": float("nan"), "note": "half \ud800"}, T)
    assert len(landed(stream, row)) == 1
    (payload,) = payloads(RawRecord.objects.filter(external_key="stop/1"))
    assert (payload["counter"], payload["share"]) == (10**30, None)
    assert landed(stream, row) == []
