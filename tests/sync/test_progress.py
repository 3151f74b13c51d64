from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from sync.errors import SourceUnavailable
from sync.models import Source, SyncRun
from sync.progress import State, StreamProgress, snapshot
from sync.refresh import read_whole
from sync.sweep import sweep_stream
from tests.sync.conftest import good, read
from tests.sync.fake import World
from tests.sync.test_run import put_stop, stream_of

PlantOf = tuple[Source, World]


@pytest.fixture
def ten(plant: PlantOf) -> PlantOf:
    """Ten stops, in pages of four."""
    _, world = plant
    world.page = 4
    for number in range(10):
        put_stop(world, number)
    return plant


def events() -> StreamProgress:
    return next(stream for stream in snapshot().streams if stream.stream == "events")


def test_before_the_first_run_nothing_is_known(ten: PlantOf) -> None:
    assert (events().state, events().read, events().total) == (State.WAITING, 0, None)


def test_rows_read_add_up_over_the_runs_a_first_read_takes(ten: PlantOf) -> None:
    source, world = ten

    def fault(stream: str, page: int) -> None:
        if page == 1:
            raise SourceUnavailable("Gone for lunch.")

    world.fault = fault
    read(source, "events")
    assert (events().state, events().read, events().total) == (State.FAILING, 4, 10)
    read(source, "events")
    assert events().read == 8


def test_counts_never_go_down(ten: PlantOf) -> None:
    source, world = ten
    seen = [events().read]
    good(source, "events")
    seen.append(events().read)
    world.drop("events", "stop/9")
    sweep_stream(stream_of(source).pk)
    good(source, "events", "events")
    stream_of(source).runs.create(status="running", total=3, read=0)
    seen.append(events().read)
    assert seen == [0, 10, 10]
    assert events().total == 10
    assert events().state == State.RUNNING


def test_three_queries_whatever_there_is(
    ten: PlantOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    good(ten[0], "events")
    with django_assert_num_queries(3):
        snapshot()


def test_rate_and_end_are_those_of_the_run_under_way(ten: PlantOf) -> None:
    source, _ = ten
    began = timezone.now()
    run = SyncRun.objects.create(stream=stream_of(source), total=100)
    assert (events().rate_per_s, events().eta) == (None, None)
    SyncRun.objects.filter(pk=run.pk).update(
        read=20, started_at=began, heartbeat_at=began + timedelta(seconds=10)
    )
    assert events().rate_per_s == pytest.approx(2)
    assert events().eta == began + timedelta(seconds=50)
    SyncRun.objects.filter(pk=run.pk).update(total=None)
    assert events().eta is None
    SyncRun.objects.filter(pk=run.pk).update(
        status=SyncRun.Status.DONE, ended_at=began + timedelta(seconds=20)
    )
    assert (events().rate_per_s, events().eta) == (None, None)


def test_reading_again_does_not_set_counts_back(ten: PlantOf) -> None:
    source, _ = ten
    good(source, "events")
    read_whole(stream_of(source).pk)
    assert (events().state, events().read, events().total) == (State.DONE, 10, 10)
