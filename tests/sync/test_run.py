from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from kpis.models import Downtime, Production, Run, StaleDay
from sync import failures
from sync.errors import SchemaDrift, SourcePaused, SourceRefused, SourceUnavailable
from sync.models import ExceptionEvent, RawRecord, Source, Stream, SyncException, SyncRun
from sync.run import run_stream, stream_lock
from tests.sync.conftest import MakeSource, good, read
from tests.sync.fake import World

PlantOf = tuple[Source, World]
T = datetime(2026, 3, 2, 8, tzinfo=UTC)
# Sources write stops down when they are over.
WRITTEN = T + timedelta(days=30)


def put_stop(world: World, number: int, *, minutes: int = 20, **payload: object) -> None:
    start = T + timedelta(hours=number)
    values = {
        "machine": "machine/1",
        "reason": "reason/1",
        "start": start.isoformat(),
        "end": (start + timedelta(minutes=minutes)).isoformat(),
        **payload,
    }
    world.put("events", f"stop/{number}", WRITTEN, **values)


def stream_of(source: Source, name: str = "events") -> Stream:
    return source.streams.get(name=name)


def test_a_run_loads_moves_the_cursor_and_counts(plant: PlantOf) -> None:
    source, world = plant
    for number in range(5):
        put_stop(world, number)
    (run,) = good(source, "events")
    assert (run.read, run.loaded, run.unchanged, run.held, run.total) == (5, 5, 0, 0, 5)
    stream = stream_of(source)
    assert stream.cursor == {"rows": 5}
    assert stream.read_through is not None
    assert stream.next_due is not None
    assert stream.next_due > timezone.now()
    stop = Downtime.objects.get(external_key="stop/0")
    assert stop.trace_id == RawRecord.objects.get(external_key="stop/0").trace_id
    assert StaleDay.objects.exists()


def test_the_same_again_changes_nothing(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)
    good(source, "events")
    before = list(Downtime.objects.values())
    StaleDay.objects.all().delete()
    (run,) = good(source, "events")
    assert (run.read, run.unchanged, run.loaded) == (1, 1, 0)
    assert list(Downtime.objects.values()) == before
    assert not StaleDay.objects.exists()


def test_a_change_marks_the_old_and_the_new_days(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)
    good(source, "events")
    StaleDay.objects.all().delete()
    start = T + timedelta(days=3)
    put_stop(world, 1, start=start.isoformat(), end=(start + timedelta(minutes=9)).isoformat())
    good(source, "events")
    assert set(StaleDay.objects.values_list("day", flat=True)) == {T.date(), start.date()}


def test_a_row_that_becomes_something_else_takes_its_old_fact_back(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)
    good(source, "events")
    put_stop(world, 1, runs=True)
    good(source, "events")
    assert Downtime.objects.get().deleted_at is not None
    assert Run.objects.get().deleted_at is None


def test_a_row_that_means_nothing_any_more_takes_its_fact_back(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)
    good(source, "events")
    put_stop(world, 1, draft=True)
    good(source, "events")
    assert Downtime.objects.get().deleted_at is not None
    put_stop(world, 1)
    good(source, "events")
    assert Downtime.objects.get().deleted_at is None


def test_the_cursor_is_never_ahead_of_what_is_there(plant: PlantOf) -> None:
    source, world = plant
    world.page = 2
    for number in range(6):
        put_stop(world, number)

    def fault(stream: str, page: int) -> None:
        if page == 2:
            raise SourceUnavailable("The source went away.")

    world.fault = fault
    (run,) = read(source, "events")
    assert run.status == SyncRun.Status.FAILED
    assert stream_of(source).cursor == {"rows": 4}
    assert Downtime.objects.count() == 4
    world.fault = None
    good(source, "events")
    assert Downtime.objects.count() == 6


@pytest.mark.usefixtures("page_by_page")
def test_a_run_whose_time_is_over_is_gone_on_with(plant: PlantOf) -> None:
    source, world = plant
    world.resumes, world.page = True, 4
    for number in range(10):
        put_stop(world, number)
    stream = stream_of(source)
    first = run_stream(stream.pk, ends=timedelta(0))
    assert first is not None
    assert (first.status, first.goes_on, first.read) == ("done", True, 4)
    stream.refresh_from_db()
    assert (stream.cursor, stream.read_through) == ({"rows": 4}, None)
    assert stream.next_due is not None
    assert stream.next_due <= timezone.now()
    (rest,) = good(source, "events")
    assert (rest.read, rest.goes_on) == (6, False)
    stream.refresh_from_db()
    assert stream.read_through == first.started_at  # what changed since then is for the next reading
    good(source, "events")
    stream.refresh_from_db()
    assert stream.read_through is not None
    assert stream.read_through > rest.started_at


def test_a_run_that_may_ask_no_more_has_not_failed(plant: PlantOf) -> None:
    source, world = plant
    world.resumes, world.page = True, 4
    for number in range(10):
        put_stop(world, number)

    def spent(stream: str, page: int) -> None:
        if page == 1:
            raise SourcePaused("The budget is used up.", retry_after=600)

    world.fault = spent
    (run,) = read(source, "events")
    assert (run.status, run.goes_on, run.read) == ("done", True, 4)
    stream = stream_of(source)
    assert (stream.failures, stream.read_through) == (0, None)
    assert stream.next_due is not None
    assert stream.next_due - timezone.now() > timedelta(minutes=9)
    assert not SyncException.objects.exists()


def test_counts_of_an_order_get_the_cycle_of_their_operation(plant: PlantOf) -> None:
    source, world = plant
    world.put(
        "counts",
        "count/1",
        T,
        machine="machine/1",
        operation="operation/1",
        quantity=10.0,
        start=T.isoformat(),
    )
    good(source, "counts")
    assert Production.objects.get().ideal_cycle_s == 30
    world.put("operations", "operation/1", name="Stamp", machine="machine/1", cycle=60.0)
    world.put(
        "counts",
        "count/1",
        T,
        machine="machine/1",
        operation="operation/1",
        quantity=12.0,
        start=T.isoformat(),
    )
    good(source, "operations", "counts")
    row = Production.objects.get()
    assert (row.quantity, row.ideal_cycle_s) == (12, 30)


def test_unavailable_is_told_after_three_failures_and_closes_itself(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)

    def fault(stream: str, page: int) -> None:
        raise SourceUnavailable("A does not answer at http://a. Start it.")

    world.fault = fault
    for count in (1, 2, 3, 4):
        read(source, "events")
        assert stream_of(source).failures == count
        assert SyncException.objects.count() == (count >= 3)
    exception = SyncException.objects.get()
    assert (exception.kind, exception.status, exception.count) == ("source_unavailable", "open", 2)
    assert "Start it" in exception.message
    world.fault = None
    good(source, "events")
    exception.refresh_from_db()
    assert exception.status == "resolved"
    assert stream_of(source).failures == 0


def test_several_streams_of_a_source_that_is_down_are_one_cause(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)
    world.put("counts", "count/1", machine="machine/1", quantity=1.0, start=T.isoformat())

    def fault(stream: str, page: int) -> None:
        raise SourceUnavailable("down")

    world.fault = fault
    for _ in range(3):
        read(source, "events", "counts")
    exception = SyncException.objects.get()
    assert exception.context["streams"] == ["counts", "events"]
    world.fault = None
    good(source, "events")
    exception.refresh_from_db()
    assert (exception.status, exception.context["streams"]) == ("open", ["counts"])
    due = stream_of(source, "counts").next_due
    assert due is not None
    assert due <= timezone.now()
    good(source, "counts")
    exception.refresh_from_db()
    assert exception.status == "resolved"


def test_what_is_asked_for_during_a_reading_is_read_again(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)
    asked = timezone.now()
    stream = stream_of(source)
    run_stream(stream.pk, report=lambda run: Stream.objects.update(next_due=asked))
    assert stream_of(source).next_due == asked
    run_stream(stream.pk)
    due = stream_of(source).next_due
    assert due is not None
    assert due > timezone.now()


def test_a_schedule_changed_during_a_reading_holds_at_its_end(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)
    run_stream(stream_of(source).pk, report=lambda run: Stream.objects.update(every_s=7200))
    due = stream_of(source).next_due
    assert due is not None
    assert due - timezone.now() > timedelta(seconds=7100)


def test_retry_after_is_honoured(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)

    def fault(stream: str, page: int) -> None:
        raise SourceUnavailable("slow down", retry_after=4000)

    world.fault = fault
    read(source, "events")
    due = stream_of(source).next_due
    assert due is not None
    assert due - timezone.now() > timedelta(seconds=3900)


def test_a_refusal_is_told_at_once_and_once(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)
    world.put("counts", "count/1", machine="machine/1", quantity=1.0, start=T.isoformat())

    def fault(stream: str, page: int) -> None:
        raise SourceRefused("A refuses the password of sync. Set the right one.")

    world.fault = fault
    read(source, "events", "counts", "events")
    exception = SyncException.objects.get()
    assert (exception.kind, exception.count) == ("source_refused", 3)
    assert [event.action for event in ExceptionEvent.objects.filter(exception=exception)] == ["raised"]


def test_schema_drift_stops_one_stream_and_the_others_go_on(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)
    world.put("counts", "count/1", machine="machine/1", quantity=1.0, start=T.isoformat())

    def drift(stream: str) -> None:
        if stream == "events":
            raise SchemaDrift("events", ["start: expected datetime, found no such field"])

    world.schema_fault = drift
    events, counts = read(source, "events", "counts")
    assert (events.status, counts.status) == (SyncRun.Status.FAILED, SyncRun.Status.DONE)
    exception = SyncException.objects.get()
    assert exception.kind == "schema_drift"
    assert exception.context["problems"] == ["start: expected datetime, found no such field"]
    world.schema_fault = None
    good(source, "events")
    exception.refresh_from_db()
    assert exception.status == "resolved"


def test_what_came_before_a_drift_was_noticed_is_read_again(plant: PlantOf) -> None:
    """A row read while its field had another type has no new mark of change when the field is mended."""
    source, world = plant
    world.resumes = True
    put_stop(world, 1, machine=["wrong", "shape"])
    read(source, "events")
    assert not Downtime.objects.exists()

    def drift(stream: str) -> None:
        raise SchemaDrift("events", ["machine: expected text, found a list"])

    world.schema_fault = drift
    read(source, "events")
    world.schema_fault = None
    put_stop(world, 1)
    good(source, "events")
    assert Downtime.objects.filter(external_key="stop/1", deleted_at=None).exists()


def test_our_own_fault_ends_the_run_and_is_told_once(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)

    def fault(stream: str, page: int) -> None:
        raise KeyError("ours")

    world.fault = fault
    read(source, "events", "events")
    exception = SyncException.objects.get()
    assert (exception.kind, exception.count) == ("failed_sync", 2)


def test_a_run_whose_worker_died_is_found_and_closed(plant: PlantOf) -> None:
    source, _ = plant
    left = SyncRun.objects.create(stream=stream_of(source))
    good(source, "events")
    left.refresh_from_db()
    assert left.status == SyncRun.Status.FAILED
    assert "worker was ended" in left.error


@pytest.mark.django_db(transaction=True)
def test_a_second_runner_leaves_quietly(make_source: MakeSource) -> None:
    source, _ = make_source("a")
    stream = stream_of(source)
    held, done = Event(), Event()

    def hold() -> None:
        with stream_lock(stream.pk) as mine:
            assert mine
            held.set()
            done.wait(10)
        connections.close_all()

    other = Thread(target=hold)
    other.start()
    assert held.wait(10)
    assert run_stream(stream.pk) is None
    done.set()
    other.join()
    assert run_stream(stream.pk) is not None
    assert SyncRun.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        assert cursor.fetchone() == (0,)


def down(stream: str, page: int) -> None:
    raise SourceUnavailable("down")


@pytest.mark.parametrize("fault", [None, down])
def test_the_end_of_a_run_is_written_down_though_the_database_ends_a_deadlock(
    plant: PlantOf, monkeypatch: pytest.MonkeyPatch, fault: Callable[[str, int], None] | None
) -> None:
    source, world = plant
    put_stop(world, 1)
    world.fault = fault
    tries: list[int] = []
    asked = "recovered" if fault is None else "_count"
    whole = getattr(failures, asked)

    def first_in_vain(*given: object) -> None:
        whole(*given)
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError from DeadlockDetected()

    monkeypatch.setattr(failures, asked, first_in_vain)
    (run,) = read(source, "events")
    assert len(tries) == 2
    assert run.status == (SyncRun.Status.DONE if fault is None else SyncRun.Status.FAILED)
    assert stream_of(source).failures == (0 if fault is None else 1)


def test_late_counts_get_the_cycle_valid_at_their_start(plant: PlantOf) -> None:
    source, world = plant
    world.put("operations", "operation/1", WRITTEN, name="Stamp", machine="machine/1", cycle=60.0)
    good(source, "operations")
    for number, start in ((1, T), (2, WRITTEN + timedelta(hours=1))):
        world.put(
            "counts",
            f"count/{number}",
            machine="machine/1",
            operation="operation/1",
            quantity=10.0,
            start=start.isoformat(),
        )
    good(source, "counts")
    assert dict(Production.objects.values_list("external_key", "ideal_cycle_s")) == {
        "count/1": 30,
        "count/2": 60,
    }
