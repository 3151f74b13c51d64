"""A source that is down is left alone, tried by one stream, and caught up with."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from sync import breaker, tasks
from sync.errors import LoginRefused, SourceRefused, SourceUnavailable
from sync.models import Source, Stream, SyncException, SyncRun
from sync.run import run_stream
from sync.schedule import claims, due_refreshes, due_sweeps, take_due
from sync.sources import add_source
from tests.sync.conftest import MakeSource, good, read
from tests.sync.fake import World
from tests.sync.test_commands import told
from tests.sync.test_run import put_stop, stream_of

PlantOf = tuple[Source, World]
MANY = ("plants", "lines", "machines", "products", "parts")


def down(stream: str, page: int = 0) -> None:
    raise SourceUnavailable("A does not answer.")


def fresh(source: Source) -> Source:
    source.refresh_from_db()
    return source


@pytest.fixture
def dead(plant: PlantOf) -> PlantOf:
    """Read once, then down, and five streams have noticed."""
    source, world = plant
    put_stop(world, 1)
    good(source)
    world.schema_fault = down
    read(source, *MANY)
    return source, world


def test_it_opens_after_failures_in_a_row_over_all_streams(dead: PlantOf) -> None:
    source, _ = dead
    assert breaker.state(fresh(source)) is breaker.State.OPEN
    assert source.failures == breaker.MOST_FAILURES
    Stream.objects.update(next_due=None)
    assert take_due() == []
    exception = SyncException.objects.get()
    assert exception.kind == "source_unavailable"


def test_a_success_in_between_starts_the_count_anew(plant: PlantOf) -> None:
    source, world = plant
    world.schema_fault = down
    read(source, *MANY[:4])
    world.schema_fault = None
    good(source, "reasons")
    assert fresh(source).failures == 0
    world.schema_fault = down
    read(source, *MANY[:4])
    assert breaker.state(fresh(source)) is breaker.State.CLOSED


def test_when_its_time_has_come_one_stream_tries(dead: PlantOf) -> None:
    source, _ = dead
    Source.objects.update(open_until=timezone.now() - timedelta(seconds=1))
    assert breaker.state(fresh(source)) is breaker.State.HALF_OPEN
    assert len(take_due()) == 1
    Stream.objects.update(next_due=None)
    assert take_due() == []


def test_a_worker_that_dies_trying_only_delays_the_next_try(dead: PlantOf) -> None:
    source, _ = dead
    with time_machine.travel(timezone.now() + timedelta(minutes=10), tick=False) as clock:
        assert len(take_due()) == 1
        clock.shift(breaker.LEASE - timedelta(seconds=1))
        assert take_due() == []
        clock.shift(timedelta(seconds=2))
        assert len(take_due()) == 1
        assert breaker.state(fresh(source)) is breaker.State.HALF_OPEN


def test_success_closes_it_and_wakes_all(dead: PlantOf) -> None:
    source, world = dead
    world.schema_fault = None
    Source.objects.update(open_until=timezone.now() - timedelta(seconds=1))
    (probe,) = take_due()
    run_stream(probe)
    assert breaker.state(fresh(source)) is breaker.State.CLOSED
    assert source.failures == 0
    failed = Stream.objects.filter(failures__gt=0)
    assert failed.count() >= len(MANY) - 1
    assert not failed.filter(next_due__gt=timezone.now()).exists()
    assert set(failed.values_list("pk", flat=True)) <= set(take_due())
    good(source)
    assert SyncException.objects.get().status == "resolved"


def test_a_failed_try_opens_it_for_longer_up_to_five_minutes(dead: PlantOf) -> None:
    source, _ = dead
    with time_machine.travel(timezone.now(), tick=False) as clock:
        pauses = []
        for _ in range(12):
            until = fresh(source).open_until
            assert until is not None
            pauses.append((until - timezone.now()).total_seconds())
            clock.move_to(until + timedelta(seconds=1))
            (probe,) = take_due()
            run_stream(probe)
    assert pauses[0] <= 5
    assert max(pauses) <= 300
    assert min(pauses[8:]) >= 150
    assert SyncException.objects.filter(kind="source_unavailable").count() == 1


def test_it_is_left_alone_as_long_as_it_asks(dead: PlantOf) -> None:
    source, world = dead

    def busy(stream: str) -> None:
        raise SourceUnavailable("Later.", retry_after=1000)

    world.schema_fault = busy
    Source.objects.update(open_until=timezone.now() - timedelta(seconds=1))
    run_stream(take_due()[0])
    until = fresh(source).open_until
    assert until is not None
    assert until - timezone.now() > timedelta(seconds=990)


def test_a_bad_stream_does_not_try_alone(dead: PlantOf) -> None:
    """The first in rank always fails for itself, say by a time-out; another one finds the source well."""
    source, world = dead

    def slow(stream: str) -> None:
        if stream == "plants":
            down(stream)

    world.schema_fault = slow
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(3):
            until = fresh(source).open_until
            if until is None:
                break
            clock.move_to(until + timedelta(seconds=1))
            run_stream(take_due()[0])
    assert breaker.state(fresh(source)) is breaker.State.CLOSED


def test_by_hand_goes_through_and_counts_as_the_try(dead: PlantOf) -> None:
    source, world = dead
    world.schema_fault = None
    run = run_stream(stream_of(source).pk, trigger=SyncRun.Trigger.MANUAL)
    assert run is not None
    assert run.status == SyncRun.Status.DONE
    assert breaker.state(fresh(source)) is breaker.State.CLOSED


def test_a_failure_by_hand_while_it_is_open_says_nothing_new(dead: PlantOf) -> None:
    source, _ = dead
    before = fresh(source).open_until
    run_stream(stream_of(source).pk, trigger=SyncRun.Trigger.MANUAL)
    assert fresh(source).open_until == before


def test_a_message_sent_before_it_opened_is_let_go(dead: PlantOf) -> None:
    source, world = dead
    stream = stream_of(source)
    Stream.objects.filter(pk=stream.pk).update(next_due=timezone.now())
    ((stream_id, claim),) = claims([stream.pk])
    reads = SyncRun.objects.count()
    world.schema_fault = None
    tasks.run_stream(stream_id, claim=claim)
    assert SyncRun.objects.count() == reads


def test_nothing_slow_is_asked_of_a_source_that_is_down(dead: PlantOf) -> None:
    Stream.objects.update(failures=0, refresh_every_s=60, next_due=timezone.now() + timedelta(hours=1))
    Source.objects.update(created_at=timezone.now() - timedelta(days=9))
    assert due_sweeps() == []
    assert due_refreshes() == []
    Source.objects.update(open_until=None)
    assert len(due_sweeps()) == 1


def test_a_refused_login_is_tried_by_one_stream_at_a_time(make_source: MakeSource) -> None:
    source, world = make_source("a")

    def wrong(stream: str) -> None:
        raise LoginRefused("A refused the log-in of 'sync': check the password on the Sources page.")

    world.schema_fault = wrong
    read(source, "plants")
    assert breaker.state(fresh(source)) is breaker.State.OPEN
    assert take_due() == []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(4):
            until = fresh(source).open_until
            assert until is not None
            assert until - timezone.now() >= timedelta(seconds=30)
            clock.move_to(until + timedelta(seconds=1))
            (probe,) = take_due()
            run_stream(probe)
    exception = SyncException.objects.get()
    assert (exception.kind, exception.count) == ("source_refused", 5)
    assert "Sources page" in exception.message


def test_a_refused_stream_leaves_the_others_alone(plant: PlantOf) -> None:
    source, world = plant

    def refused(stream: str) -> None:
        if stream == "events":
            raise SourceRefused("Give the account read access to events.")

    world.schema_fault = refused
    for _ in range(6):
        read(source, "events")
    assert breaker.state(fresh(source)) is breaker.State.CLOSED
    good(source, "counts")


def test_a_source_that_was_entered_anew_is_tried_at_once(dead: PlantOf) -> None:
    source, _ = dead
    add_source(name="a", title="A", connector="fake", url=source.url, password="right")
    assert breaker.state(fresh(source)) is breaker.State.CLOSED
    assert Stream.objects.filter(failures__gt=0, next_due__lte=timezone.now()).count() == len(MANY)


def test_all_by_hand_is_given_up_when_nothing_answers(dead: PlantOf) -> None:
    source, _ = dead
    before = SyncRun.objects.count()
    tasks.sync_source(source.pk, by="ann")
    assert SyncRun.objects.count() == before + 1


def test_the_list_of_sources_says_so(dead: PlantOf) -> None:
    assert "does not answer; tried again from" in told("source", "list")
