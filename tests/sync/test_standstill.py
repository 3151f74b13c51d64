"""Machines that are down without a running stop, and stops that run on while the machine is up."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kpis.models import Downtime, StatusChange
from sync.exceptions import retry
from sync.models import Source, Stream, SyncException
from sync.standstill import GRACE, NAME, check, check_when_due
from tests.sync.conftest import good
from tests.sync.fake import World

PlantOf = tuple[Source, World]


def state(plant: PlantOf, name: str, *, down: bool) -> None:
    source, world = plant
    world.put(
        "machines", "machine/1", name="Press 1", codes=["PR-01"], plant="plant/1",
        work_unit=True, down=down, state=name,
    )  # fmt: skip
    good(source, "machines")


def stop(plant: PlantOf, end: bool) -> None:
    source, world = plant
    start = timezone.now() - timedelta(hours=1)
    ended = (timezone.now() - timedelta(minutes=1)).isoformat() if end else None
    world.put("events", "stop/1", machine="machine/1", reason="reason/1", start=start.isoformat(), end=ended)
    good(source, "events")


def later(by: timedelta = GRACE) -> None:
    """All was seen earlier by so much; the streams were read just now."""
    for row in StatusChange.objects.all():
        StatusChange.objects.filter(pk=row.pk).update(seen_at=row.seen_at - by)
    for fact in Downtime.objects.all():
        Downtime.objects.filter(pk=fact.pk).update(loaded_at=fact.loaded_at - by)
    Stream.objects.update(read_through=timezone.now())


def told() -> list[tuple[str, str]]:
    return list(SyncException.objects.filter(kind=NAME).values_list("title", "status"))


def test_a_machine_down_without_a_stop_is_told_after_the_grace(plant: PlantOf) -> None:
    stop(plant, end=True)
    state(plant, "EMERGENCY_SHUTDOWN", down=True)
    check()
    assert told() == []
    later()
    check()
    assert told() == [("Press 1 is down without a stop", "open")]
    found = SyncException.objects.get(kind=NAME)
    assert "emergency shutdown" in found.message
    assert (found.equipment.name, found.external_key) == ("Press 1", "machine/1")  # type: ignore[union-attr]
    check()
    assert SyncException.objects.get(kind=NAME).count == 1


def test_it_closes_itself_when_the_stop_comes_or_the_machine_is_up(plant: PlantOf) -> None:
    state(plant, "DOWN", down=True)
    stop(plant, end=True)
    later()
    check()
    stop(plant, end=False)
    check()
    assert told() == [("Press 1 is down without a stop", "resolved")]
    stop(plant, end=True)
    later()
    check()
    assert told() == [("Press 1 is down without a stop", "open")]
    state(plant, "OPERATIONAL", down=False)
    check()
    assert told() == [("Press 1 is down without a stop", "resolved")]


def test_a_stop_that_runs_on_while_the_machine_is_up_is_told(plant: PlantOf) -> None:
    state(plant, "OPERATIONAL", down=False)
    stop(plant, end=False)
    later()
    check()
    assert told() == [("A stop of Press 1 runs on though it is up", "open")]


@pytest.mark.parametrize("stream", ["machines", "events"])
def test_nothing_is_told_of_what_was_not_read_since(plant: PlantOf, stream: str) -> None:
    stop(plant, end=True)
    state(plant, "DOWN", down=True)
    later()
    Stream.objects.filter(name=stream).update(read_through=timezone.now() - timedelta(hours=2))
    check()
    assert told() == []


def test_machines_whose_state_nobody_tells_are_left_alone(plant: PlantOf) -> None:
    stop(plant, end=False)
    later()
    check()
    assert told() == []


def test_it_looks_once_a_minute_and_reads_again_on_demand(plant: PlantOf) -> None:
    stop(plant, end=True)
    state(plant, "DOWN", down=True)
    later()
    check_when_due()
    assert len(told()) == 1
    SyncException.objects.all().delete()
    check_when_due()
    assert told() == []
    check()
    Stream.objects.update(next_due=timezone.now() + timedelta(hours=1))
    retry(SyncException.objects.get(kind=NAME), by="ann")
    assert not Stream.objects.filter(next_due__gt=timezone.now()).exists()
