from kpis.models import Downtime, Equipment, StaleDay
from sync.exceptions import KINDS
from sync.models import HeldRecord, Source, SyncException, SyncRun
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
