"""What is late, told once per stream, with its cause, and taken back when data arrives."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sync.errors import SourceUnavailable
from sync.failures import failed
from sync.freshness import GRACE, check_late, freshness, is_late
from sync.heartbeat import beat
from sync.models import Checkpoint, Source, Stream, SyncException
from sync.sources import switch_stream
from tests.sync.conftest import good
from tests.sync.fake import World

PlantOf = tuple[Source, World]


@pytest.fixture
def old(plant: PlantOf) -> Stream:
    """All streams were read a minute ago, but one an hour ago; its data may be 15 minutes old."""
    source, _ = plant
    source.streams.update(read_through=timezone.now() - timedelta(minutes=1), acceptable_delay_s=900)
    stream = source.streams.get(name="reasons")
    stream.read_through = timezone.now() - timedelta(hours=1)
    stream.save()
    return stream


def told(status: str = "open") -> list[SyncException]:
    return list(SyncException.objects.filter(kind="late_stream", status=status))


def test_a_late_stream_is_told_once_with_what_stands_still(old: Stream) -> None:
    for _ in range(3):
        check_late()
    (row,) = told()
    assert (row.stream, row.count, row.severity) == (old, 1, "warning")
    assert f"Last good read: {old.read_through:%d %b %Y, %H:%M} UTC. Allowed delay: 15 min." in row.message
    assert "not in the numbers: reason." in row.message


@pytest.mark.parametrize(("criticality", "severity"), [("high", "error"), ("low", "info")])
def test_it_is_as_severe_as_the_stream_is_critical(old: Stream, criticality: str, severity: str) -> None:
    Stream.objects.filter(pk=old.pk).update(criticality=criticality)
    check_late()
    assert [row.severity for row in told()] == [severity]


def test_it_closes_itself_when_data_arrives_and_comes_back_the_next_time(plant: PlantOf, old: Stream) -> None:
    check_late()
    good(plant[0], "reasons")
    check_late()
    assert told() == []
    (row,) = told("resolved")
    assert "allowed delay" in row.resolution
    Stream.objects.filter(pk=old.pk).update(read_through=timezone.now() - timedelta(hours=1))
    check_late()
    assert [again.pk for again in told()] == [row.pk]
    assert list(row.events.values_list("action", flat=True)) == ["raised", "resolved", "reopened"]


def test_it_names_the_cause_and_learns_of_it_later(old: Stream) -> None:
    check_late()
    for _ in range(3):
        failed(Stream.objects.select_related("source").get(pk=old.pk), SourceUnavailable("No route to host"))
    cause = SyncException.objects.get(kind="source_unavailable")
    check_late()
    check_late()
    (row,) = told()
    assert f"Cause: {cause.title}." in row.message
    assert row.context["cause"] == cause.pk
    assert row.count == 2


def test_a_pause_of_the_stream_or_its_source_takes_it_back(old: Stream) -> None:
    check_late()
    switch_stream(old, enabled=False)
    check_late()
    assert told() == []
    switch_stream(old, enabled=True)
    check_late()
    assert len(told()) == 1
    Source.objects.update(enabled=False)
    check_late()
    assert told() == []


def test_a_first_load_is_not_late_but_one_that_failed_is_no_excuse(old: Stream) -> None:
    other = Stream.objects.exclude(pk=old.pk).first()
    assert other is not None
    Stream.objects.filter(pk=other.pk).update(read_through=None)
    check_late()
    assert told() == []
    Stream.objects.filter(pk=other.pk).update(failures=4)
    check_late()
    assert [row.stream for row in told()] == [old]


def test_after_our_own_standstill_there_is_time_to_catch_up(old: Stream) -> None:
    beat()
    check_late()
    assert told() == []
    Checkpoint.objects.filter(name="awake").update(at=timezone.now() - GRACE)
    check_late()
    assert len(told()) == 1


def test_what_a_person_dismissed_stays_so_until_it_has_come_right(old: Stream) -> None:
    check_late()
    SyncException.objects.filter(kind="late_stream").update(status="dismissed")
    check_late()
    assert told() == []
    Stream.objects.filter(pk=old.pk).update(read_through=timezone.now())
    check_late()
    assert len(told("resolved")) == 1


def test_the_age_of_all_is_that_of_the_oldest_and_unknown_before_the_first_read(plant: PlantOf) -> None:
    source, _ = plant
    assert freshness().data_as_of is None
    now = timezone.now()
    source.streams.update(read_through=now)
    source.streams.filter(name="events").update(read_through=now - timedelta(hours=2))
    found = freshness()
    assert found.data_as_of == now - timedelta(hours=2)
    assert [stream.stream for stream in found.late] == ["events"]


def test_late_is_more_than_allowed(old: Stream) -> None:
    at = old.read_through
    assert at is not None
    assert not is_late(old, at + timedelta(seconds=900))
    assert is_late(old, at + timedelta(seconds=901))
    old.read_through = None
    assert is_late(old, at)
