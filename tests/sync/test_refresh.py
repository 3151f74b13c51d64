"""Reading whole again: what changes without a mark is found, and the stream's own place is never moved."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from kpis.models import Downtime
from sync import refresh
from sync.errors import SchemaDrift, SourcePaused, SourceUnavailable
from sync.models import Source, Stream, SyncException, SyncRun
from sync.refresh import read_since, read_whole, refresh_slice
from sync.schedule import due_refreshes, take_due
from tests.sync.conftest import good
from tests.sync.fake import World
from tests.sync.test_run import T, put_stop, stream_of

PlantOf = tuple[Source, World]
DAY = timedelta(days=1)


@pytest.fixture
def ten(plant: PlantOf, page_by_page: None) -> PlantOf:
    """Ten stops, read; from now on only what comes after the cursor is read, in pages of four."""
    source, world = plant
    for number in range(10):
        put_stop(world, number)
    good(source, "events")
    world.resumes, world.page = True, 4
    Stream.objects.filter(pk=stream_of(source).pk).update(refresh_every_s=DAY.total_seconds())
    return plant


def done(run: SyncRun | None) -> SyncRun:
    assert run is not None
    assert run.status == SyncRun.Status.DONE, run.error
    return run


def test_a_change_without_a_mark_is_found(ten: PlantOf) -> None:
    source, world = ten
    put_stop(world, 3, minutes=55)  # its time of change is the same as before
    assert good(source, "events")[0].read == 0
    run = done(refresh_slice(stream_of(source).pk))
    assert (run.trigger, run.read, run.unchanged, run.loaded) == ("refresh", 10, 9, 1)
    stop = Downtime.objects.get(external_key="stop/3")
    assert stop.end is not None
    assert stop.end - stop.start == timedelta(minutes=55)
    stream = stream_of(source)
    assert (stream.cursor, stream.refresh_cursor) == ({"rows": 10}, {})
    assert stream.refreshed_at is not None


def test_it_goes_on_slice_by_slice(ten: PlantOf, monkeypatch: pytest.MonkeyPatch) -> None:
    source, world = ten
    monkeypatch.setattr(refresh, "SLICE", timedelta(0))
    stream = stream_of(source)
    for place in ({"rows": 4}, {"rows": 8}):
        done(refresh_slice(stream.pk))
        stream.refresh_from_db()
        assert (stream.refresh_cursor, stream.refreshed_at) == (place, None)
        assert due_refreshes() == [stream.pk]
        Stream.objects.update(slow_due=None)
    done(refresh_slice(stream.pk))
    stream.refresh_from_db()
    assert (stream.refresh_cursor, stream.cursor) == ({}, {"rows": 10})
    assert stream.refreshed_at is not None
    assert world.asked[-3:] == [{}, {"rows": 4}, {"rows": 8}]
    assert due_refreshes() == []


def test_it_is_due_in_its_cycle_between_ordinary_reads(ten: PlantOf) -> None:
    source, _ = ten
    stream = stream_of(source)
    assert due_refreshes() == []
    with time_machine.travel(timezone.now() + DAY + timedelta(minutes=1), tick=False):
        assert due_refreshes() == []  # the ordinary read is due, and goes first
        good(source, "events")
        SyncRun.objects.create(stream=stream_of(source, "counts"), trigger=SyncRun.Trigger.SWEEP)
        assert due_refreshes() == []  # one slow thing per source
        SyncRun.objects.update(status=SyncRun.Status.DONE)
        assert due_refreshes() == [stream.pk]
        assert due_refreshes() == []  # leased


def test_it_does_not_stand_in_the_way_of_the_ordinary_read(ten: PlantOf) -> None:
    """What breaks off a slow read neither delays the stream nor counts as its failure."""
    source, world = ten
    stream = stream_of(source)

    def spent(name: str, page: int) -> None:
        if page == 1:
            raise SourcePaused("The budget is used up.", retry_after=600)

    world.fault = spent
    before = stream.next_due
    run = refresh_slice(stream.pk)
    assert run is not None
    assert (run.status, run.read, run.error) == ("done", 4, "The budget is used up.")
    stream.refresh_from_db()
    assert (stream.failures, stream.next_due, stream.refresh_cursor) == (0, before, {"rows": 4})
    assert stream.slow_due is not None
    assert stream.slow_due - timezone.now() > timedelta(minutes=9)
    assert due_refreshes() == []
    assert not SyncException.objects.exists()


def test_a_source_that_went_away_is_told_to_the_breaker_only(ten: PlantOf) -> None:
    source, world = ten

    def gone(name: str, page: int) -> None:
        raise SourceUnavailable("Gone.")

    world.fault = gone
    run = refresh_slice(stream_of(source).pk)
    assert run is not None
    assert run.status == SyncRun.Status.FAILED
    source.refresh_from_db()
    assert (source.failures, stream_of(source).failures) == (1, 0)
    assert not SyncException.objects.exists()


def test_what_a_person_must_see_to_is_told(ten: PlantOf) -> None:
    source, world = ten

    def drift(name: str) -> None:
        raise SchemaDrift("events", ["start: expected datetime, found no such field"])

    world.schema_fault = drift
    refresh_slice(stream_of(source).pk)
    assert SyncException.objects.get().kind == "schema_drift"
    world.schema_fault = None
    good(source, "events")
    assert SyncException.objects.get().status == "resolved"


def test_whole_by_hand_starts_at_the_start_and_is_gone_on_with_when_it_broke_off(ten: PlantOf) -> None:
    source, world = ten
    stream = stream_of(source)
    Stream.objects.filter(pk=stream.pk).update(refresh_cursor={"rows": 8}, refresh_every_s=None)

    def fault(name: str, page: int) -> None:
        if page == 1:
            raise SourceUnavailable("Gone.")

    world.fault = fault
    read_whole(stream.pk, by="ann")
    stream.refresh_from_db()
    assert stream.refresh_cursor == {"rows": 4}
    world.fault = None
    Stream.objects.update(slow_due=None)
    Source.objects.update(failures=0)
    assert due_refreshes() == [stream.pk]
    assert done(refresh_slice(stream.pk)).read == 6
    assert done(read_whole(stream.pk, by="ann")).read == 10


def test_since_a_moment_leaves_the_place_alone(ten: PlantOf) -> None:
    source, world = ten
    stream = stream_of(source)
    Stream.objects.filter(pk=stream.pk).update(cursor={"rows": 2})
    done(read_since(stream.pk, T, by="ann"))
    assert world.asked[-1] == {"since": T.isoformat()}
    stream.refresh_from_db()
    assert (stream.cursor, stream.refresh_cursor) == ({"rows": 2}, {})


def test_a_second_reader_leaves_quietly(ten: PlantOf, monkeypatch: pytest.MonkeyPatch) -> None:
    source, _ = ten
    SyncRun.objects.all().delete()
    assert take_due() is not None
    monkeypatch.setattr("sync.run.only_one", _taken)
    assert refresh_slice(stream_of(source).pk) is None
    assert read_whole(stream_of(source).pk) is None
    assert read_since(stream_of(source).pk, T) is None
    assert not SyncRun.objects.exists()


class _taken:  # noqa: N801 stands for a function
    def __init__(self, *_: int) -> None: ...

    def __enter__(self) -> bool:
        return False

    def __exit__(self, *_: object) -> None: ...
