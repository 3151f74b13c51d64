from collections.abc import Callable
from datetime import timedelta

import pytest

from kpis.models import Downtime, Equipment, StaleDay
from sync.errors import SourcePaused
from sync.exceptions import KINDS
from sync.models import HeldRecord, Source, Stream, SweptKey, SyncException, SyncRun
from sync.schedule import due_sweeps
from sync.sweep import sweep_stream
from tests.sync.conftest import good
from tests.sync.fake import World
from tests.sync.test_run import WRITTEN, T, put_stop, stream_of

PlantOf = tuple[Source, World]


def swept(source: Source, name: str = "events", *, force: bool = False) -> SyncRun:
    run = sweep_stream(stream_of(source, name).pk, force=force)
    assert run is not None
    assert run.status == SyncRun.Status.DONE, run.error
    return run


def test_what_is_gone_gets_a_tombstone_and_what_comes_back_is_restored(plant: PlantOf) -> None:
    source, world = plant
    for number in (1, 2, 3):
        put_stop(world, number)
    good(source, "events")
    StaleDay.objects.all().delete()
    lost = world.rows["events"].pop("stop/2")
    run = swept(source)
    assert (run.read, run.gone) == (2, 1)
    assert Downtime.objects.get(external_key="stop/2").deleted_at is not None
    assert StaleDay.objects.filter(day=T.date()).exists()
    world.rows["events"]["stop/2"] = lost
    assert swept(source).loaded == 1
    assert not Downtime.objects.exclude(deleted_at=None).exists()


def test_a_row_that_is_read_again_is_restored_too(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)
    good(source, "events")
    world.drop("events", "stop/1")
    swept(source)
    put_stop(world, 1)
    good(source, "events")
    assert Downtime.objects.get().deleted_at is None


def test_a_master_that_is_gone_stays_and_says_so(plant: PlantOf) -> None:
    source, world = plant
    world.drop("machines", "machine/2")
    swept(source, "machines")
    machine = Equipment.objects.get(code="PR-02")
    assert machine.gone_at is not None
    assert machine.active is False
    world.put("machines", "machine/2", name="Press 2", codes=["PR-02"], plant="plant/1", work_unit=True)
    good(source, "machines")
    assert Equipment.objects.filter(code="PR-02", gone_at=None, active=True).exists()


def test_a_row_that_waited_and_is_gone_waits_no_more(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1, minutes=-9)
    put_stop(world, 2)
    good(source, "events")
    world.drop("events", "stop/1")
    swept(source)
    assert SyncException.objects.get().status == "resolved"
    assert not HeldRecord.objects.exists()


def test_the_twin_of_a_row_that_is_gone_counts(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)
    twin = dict(world.rows["events"]["stop/1"].payload)
    world.put("events", "stop/2", WRITTEN, **twin)
    good(source, "events")
    world.drop("events", "stop/1")
    swept(source)
    assert Downtime.objects.get(deleted_at=None).external_key == "stop/2"


def test_when_most_rows_are_gone_a_person_is_asked(plant: PlantOf) -> None:
    source, world = plant
    for number in range(60):
        put_stop(world, number)
    good(source, "events")
    world.rows["events"].clear()
    assert swept(source).gone == 0
    exception = SyncException.objects.get()
    assert exception.kind == "mass_deletion"
    assert exception.kind in KINDS
    assert not Downtime.objects.exclude(deleted_at=None).exists()
    assert swept(source, force=True).gone == 60
    exception.refresh_from_db()
    assert exception.status == "resolved"
    assert not Downtime.objects.filter(deleted_at=None).exists()


@pytest.fixture
def dear(plant: PlantOf) -> PlantOf:
    """Ten stops whose keys come in pages of four, and only so many at a time."""
    source, world = plant
    for number in range(10):
        put_stop(world, number)
    good(source, "events")
    world.resumes, world.page = True, 4
    return plant


def spent_after(pages: int) -> Callable[[str, int], None]:
    def fault(stream: str, page: int) -> None:
        if page == pages:
            raise SourcePaused("The budget is used up.", retry_after=600)

    return fault


def test_a_sweep_goes_on_where_the_budget_ended_it(dear: PlantOf) -> None:
    source, world = dear
    world.drop("events", "stop/9")
    world.fault = spent_after(1)
    for read_so_far in (4, 8):
        run = swept(source)
        assert (run.read, run.gone) == (4, 0)
        stream = stream_of(source)
        assert stream.sweep_cursor == {"keys": read_so_far}
        assert (stream.swept_at, stream.failures) == (None, 0)
        assert stream.slow_due is not None
        assert due_sweeps() == []
        Stream.objects.update(slow_due=None)
        assert due_sweeps() == [stream.pk]
        Stream.objects.update(slow_due=None)
    world.fault = None
    assert swept(source).gone == 1
    stream = stream_of(source)
    assert (stream.sweep_cursor, stream.sweep_began) == ({}, None)
    assert stream.swept_at is not None
    assert not SweptKey.objects.exists()


def test_a_sweep_stops_after_a_while_where_it_can_go_on(dear: PlantOf) -> None:
    source, _ = dear
    run = sweep_stream(stream_of(source).pk, ends=timedelta(0))
    assert run is not None
    assert (run.status, run.read) == (SyncRun.Status.DONE, 4)
    assert due_sweeps() == [stream_of(source).pk]
    assert swept(source).read == 6


def test_what_landed_after_the_sweep_had_passed_its_place_stays(dear: PlantOf) -> None:
    """Rows may come into a part of the source that a sweep of hours has behind it."""
    source, world = dear
    sweep_stream(stream_of(source).pk, ends=timedelta(0))
    late = {"stop/0": world.rows["events"]["stop/0"]}
    put_stop(world, 11)
    world.rows["events"] = {"stop/11": world.rows["events"].pop("stop/11"), **late, **world.rows["events"]}
    Stream.objects.update(cursor={})
    good(source, "events")
    assert swept(source).gone == 0
    assert not Downtime.objects.exclude(deleted_at=None).exists()
    assert swept(source).read == 11


def test_a_sweep_that_cannot_go_on_starts_anew(dear: PlantOf) -> None:
    """What a dead worker had gathered of keys that come all at once counts for nothing."""
    source, world = dear
    world.resumes = False
    SweptKey.objects.create(stream=stream_of(source), external_key="stop/3")
    world.drop("events", "stop/3")
    assert swept(source).gone == 1


def test_many_keys_come_in_pages(plant: PlantOf, monkeypatch: pytest.MonkeyPatch) -> None:
    source, world = plant
    monkeypatch.setattr("sync.connectors.base.KEYS_PER_PAGE", 3)
    for number in range(8):
        put_stop(world, number)
    good(source, "events")
    world.drop("events", "stop/5")
    run = swept(source)
    assert (run.read, run.gone) == (7, 1)
