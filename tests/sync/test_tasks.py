from datetime import timedelta
from unittest.mock import patch

import pytest
import time_machine
from django.db import connection, connections
from django.utils import timezone

from kpis.models import Downtime, ShiftComponents, StaleDay
from sync import tasks
from sync.exceptions import retry
from sync.locks import only_one
from sync.models import Source, Stream, SyncException, SyncRun
from sync.schedule import LEASE, claims, take_due
from tests.sync.conftest import MakeSource, good, read
from tests.sync.fake import World
from tests.sync.test_run import put_stop, stream_of

PlantOf = tuple[Source, World]


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message is delivered at once, in this process."""
    for task in (tasks.run_stream, tasks.sweep_stream, tasks.refresh_stream, tasks.replay_exception):
        monkeypatch.setattr(task, "delay", task.run)


def test_a_tick_reads_what_is_due_and_a_first_load_goes_on_by_itself(make_source: MakeSource) -> None:
    source, world = make_source("a")
    world.put("plants", "plant/1", name="North", timezone="Europe/Berlin")
    world.put("machines", "machine/1", name="Press", codes=["P1"], plant="plant/1", work_unit=True)
    world.put("reasons", "reason/1", name="Changeover")
    put_stop(world, 1)
    tasks.wake_streams()
    assert not source.streams.filter(read_through=None).exists()
    assert Downtime.objects.count() == 1
    tasks.wake_streams()
    assert SyncRun.objects.count() == source.streams.count()


def test_a_tick_leaves_the_work_to_one_that_is_at_it(make_source: MakeSource) -> None:
    make_source("a")
    other = connections.create_connection("default")
    with patch("sync.locks.connection", other), only_one(tasks.TICK_LOCK, 0) as theirs:
        assert theirs
        with patch("sync.locks.connection", connection):
            tasks.wake_streams()
    other.close()
    assert not SyncRun.objects.exists()
    tasks.wake_streams()
    assert SyncRun.objects.exists()


def test_a_source_is_read_by_hand_in_order(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)
    tasks.sync_source(source.pk, by="ann")
    runs = SyncRun.objects.filter(trigger=SyncRun.Trigger.MANUAL)
    assert set(runs.values_list("started_by", flat=True)) == {"ann"}
    assert runs.count() == source.streams.count()


def test_a_released_name_is_found_at_the_next_tick(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1, machine="machine/77")
    good(source, "events")
    Stream.objects.update(enabled=False)
    source.identities.create(kind="equipment", external_key="machine/77", canonical_id=first_machine(source))
    tasks.wake_streams()
    assert Downtime.objects.count() == 1
    assert SyncException.objects.get().status == "resolved"


def first_machine(source: Source) -> int:
    return source.identities.filter(kind="equipment").values_list("canonical_id", flat=True)[0]


def test_retrying_a_failed_run_makes_its_stream_due(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)

    def fault(stream: str, page: int) -> None:
        raise ZeroDivisionError

    world.fault = fault
    read(source, "events")
    assert stream_of(source).pk not in {
        stream.pk for stream in Stream.objects.filter(next_due__lte=timezone.now())
    }
    retry(SyncException.objects.get(kind="failed_sync"), by="ann")
    world.fault = None
    tasks.wake_streams()
    assert SyncException.objects.get(kind="failed_sync").status == "resolved"
    assert Downtime.objects.count() == 1


def test_components_follow_the_facts(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)
    good(source, "events")
    tasks.refresh_components()
    assert not StaleDay.objects.exists()
    assert ShiftComponents.objects.filter(breakdown_s=1200).exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s", [0x72656672]
        )
        assert cursor.fetchone() == (0,)


def test_a_sweep_is_a_task_too(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)
    good(source, "events")
    world.rows["events"].clear()
    tasks.sweep_stream(stream_of(source).pk)
    assert Downtime.objects.get().deleted_at is not None


def test_messages_that_piled_up_cost_one_read(plant: PlantOf) -> None:
    """While no worker was there each tick sent a message; only the newest still stands, and only once."""
    source, world = plant
    put_stop(world, 1)
    good(source)
    stream = stream_of(source)
    told = []
    for _ in range(5):
        Stream.objects.filter(pk=stream.pk).update(next_due=timezone.now())
        told += claims(take_due())
    before = SyncRun.objects.count()
    for stream_id, claim in told:
        tasks.run_stream(stream_id, claim=claim)
    tasks.run_stream(*told[-1][:1], claim=told[-1][1])
    assert SyncRun.objects.count() == before + 1


def test_a_message_delivered_again_after_its_worker_died_still_stands(plant: PlantOf) -> None:
    source, _ = plant
    good(source)
    stream = stream_of(source)
    Stream.objects.filter(pk=stream.pk).update(next_due=timezone.now())
    ((stream_id, claim),) = claims(take_due())
    left = SyncRun.objects.create(stream=stream)  # and no more is heard of it
    tasks.run_stream(stream_id, claim=claim)
    left.refresh_from_db()
    assert left.status == SyncRun.Status.FAILED
    assert SyncRun.objects.filter(stream=stream, status=SyncRun.Status.DONE).count() == 2


def test_a_lost_message_only_delays(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)
    good(source)
    stream = stream_of(source)
    Stream.objects.filter(pk=stream.pk).update(next_due=timezone.now())
    assert take_due() == [stream.pk]  # and the broker loses it
    assert take_due() == []
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        assert stream.pk in take_due()


def test_a_paused_stream_is_not_read_by_an_old_message(plant: PlantOf) -> None:
    source, _ = plant
    good(source)
    Stream.objects.update(next_due=timezone.now())
    told = claims(take_due())
    Source.objects.update(enabled=False)
    before = SyncRun.objects.count()
    for stream_id, claim in told:
        tasks.run_stream(stream_id, claim=claim)
    assert SyncRun.objects.count() == before


def test_a_tick_goes_on_with_what_has_time(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)
    good(source)
    Source.objects.update(created_at=timezone.now() - timedelta(days=2))
    Stream.objects.exclude(name="events").update(enabled=False)
    Stream.objects.update(refresh_every_s=3600)
    tasks.wake_streams()
    tasks.wake_streams()
    triggers = (
        SyncRun.objects.filter(stream=stream_of(source)).order_by("pk").values_list("trigger", flat=True)
    )
    assert list(triggers) == ["schedule", "sweep", "refresh"]
    tasks.wake_streams()
    tasks.refresh_stream(stream_of(source).pk)  # a message that comes late
    assert SyncRun.objects.filter(trigger__in=["sweep", "refresh"]).count() == 2


@pytest.mark.usefixtures("page_by_page")
def test_a_long_read_gives_others_their_turn_and_comes_to_its_end(
    plant: PlantOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, world = plant
    monkeypatch.setattr(tasks, "SLICE", timedelta(0))
    world.resumes, world.page = True, 4
    for number in range(10):
        put_stop(world, number)
    tasks.wake_streams()
    runs = SyncRun.objects.filter(stream=stream_of(source)).order_by("pk")
    assert list(runs.values_list("read", "goes_on")) == [(4, True), (4, True), (2, False)]
    assert Downtime.objects.count() == 10
