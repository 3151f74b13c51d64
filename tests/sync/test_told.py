"""What is told without a wrong value: stops recorded twice, overlaps, missing cycle times."""

from datetime import timedelta

from kpis.models import Downtime, ShiftComponents, StaleDay
from sync.exceptions import correct, fields_to_correct
from sync.models import Source
from tests.sync.conftest import good
from tests.sync.fake import World
from tests.sync.test_exceptions import the
from tests.sync.test_run import WRITTEN, T, put_stop

PlantOf = tuple[Source, World]


def test_the_later_of_two_equal_stops_waits_in_whatever_order_they_come(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 5)
    twin = world.rows["events"].pop("stop/5").payload
    world.put("events", "stop/10", WRITTEN, **{**twin, "key": "stop/10"})
    good(source, "events")
    assert Downtime.objects.get(deleted_at=None).external_key == "stop/10"
    world.put("events", "stop/9", WRITTEN, **{**twin, "key": "stop/9"})
    good(source, "events")
    assert Downtime.objects.get(deleted_at=None).external_key == "stop/9"
    exception = the("duplicate")
    assert (exception.external_key, exception.context["original"]) == ("stop/10", "stop/9")


def test_a_twin_counts_when_the_original_changes(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)
    twin = world.rows["events"]["stop/1"].payload
    world.put("events", "stop/2", WRITTEN, **{**twin, "key": "stop/2"})
    good(source, "events")
    assert Downtime.objects.filter(deleted_at=None).count() == 1
    put_stop(world, 1, minutes=33)
    good(source, "events")
    assert Downtime.objects.filter(deleted_at=None).count() == 2
    assert the("duplicate").status == "resolved"


def test_overlapping_stops_are_told_once_per_machine_and_lose_nothing(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1, minutes=90)
    put_stop(world, 2, minutes=10)
    good(source, "events", "events")
    exception = the("overlap")
    assert (exception.context["overlaps"], exception.count) == (1, 1)
    assert Downtime.objects.count() == 2
    put_stop(world, 1, minutes=10)
    good(source, "events")
    exception.refresh_from_db()
    assert exception.status == "resolved"


def test_a_missing_cycle_is_told_once_and_heals_when_it_is_entered(plant: PlantOf) -> None:
    source, world = plant
    world.put("operations", "operation/2", name="Bend", machine="machine/2")
    for number in (1, 2):
        world.put(
            "counts",
            f"count/{number}",
            machine="machine/2",
            operation="operation/2",
            quantity=5.0,
            start=T.isoformat(),
            end=(T + timedelta(hours=1)).isoformat(),
        )
    good(source, "operations", "counts")
    exception = the("missing_ideal_cycle")
    StaleDay.objects.all().delete()
    key = fields_to_correct(exception)[0]
    assert key == {"external_key": "operation/2", "field": "ideal_cycle_s", "type": "number", "value": None}
    correct(
        exception, external_key="operation/2", field="ideal_cycle_s", value=40, reason="Data sheet.", by="ann"
    )
    exception.refresh_from_db()
    assert (exception.status, exception.resolved_by) == ("resolved", "ann")
    assert StaleDay.objects.exists()
    assert not ShiftComponents.objects.exists()
