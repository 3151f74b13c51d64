"""What is raised, and closed with its cause: orphans, late acknowledgements, what stands still."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.test import override_settings
from django.utils import timezone

from kpis.models import Downtime, Equipment, WorkOrder
from sync import twins, unacknowledged
from sync.errors import SchemaDrift
from sync.exceptions import AlreadyResolved, decide, dismiss, map_key, retry
from sync.models import Decision, ExceptionEvent, Source, Stream, SyncException
from sync.queue.writer import Problem, close_cause, close_left_over, raise_all
from tests.factories import standard_reasons
from tests.sync.conftest import MakeSource, good, read
from tests.sync.fake import World
from tests.sync.test_run import put_stop, stream_of

PlantOf = tuple[Source, World]


def test_what_a_changed_schema_causes_closes_with_it(plant: PlantOf) -> None:
    source, world = plant

    def drift(stream: str) -> None:
        if stream == "machines":
            raise SchemaDrift("machines", ["name is gone"])

    world.schema_fault = drift
    read(source, "machines")
    put_stop(world, 1, machine="machine/77")
    good(source, "events")
    cause = SyncException.objects.get(kind="schema_drift")
    caused = SyncException.objects.get(kind="unmapped_key")
    assert caused.caused_by == cause
    world.schema_fault = None
    world.put("machines", "machine/77", name="Press 77", plant="plant/1")
    good(source, "machines")
    for exception in (cause, caused):
        exception.refresh_from_db()
        assert exception.status == "resolved"
    assert Downtime.objects.count() == 1


def test_a_closed_cause_closes_what_has_no_rows_too(plant: PlantOf) -> None:
    source, _ = plant
    stream = stream_of(source)
    raise_all(stream, [Problem(kind="failed_sync", cause="events", title="Failed", message="x")])
    raise_all(stream, [Problem(kind="reconciliation_difference", cause="r", title="Differs", message="x")])
    difference = SyncException.objects.get(kind="reconciliation_difference")
    assert difference.caused_by is not None
    close_cause("failed_sync", source, ["events"], "It was read.")
    difference.refresh_from_db()
    assert (difference.status, difference.resolution) == ("resolved", "What caused it is over: Failed.")
    raise_all(stream, [Problem(kind="reconciliation_difference", cause="r", title="Differs", message="y")])
    difference.refresh_from_db()
    assert (difference.status, difference.count) == ("open", 2)
    assert "It had been resolved" in difference.events.latest("id").detail
    assert difference.caused_by is None


def test_what_was_worked_on_when_its_cause_closed_is_closed_later(plant: PlantOf) -> None:
    source, _ = plant
    stream = stream_of(source)
    raise_all(stream, [Problem(kind="failed_sync", cause="events", title="Failed", message="x")])
    raise_all(stream, [Problem(kind="reconciliation_difference", cause="r", title="R", message="x")])
    SyncException.objects.filter(kind="failed_sync").update(status="resolved")
    assert (close_left_over(), close_left_over()) == (1, 0)
    assert not SyncException.objects.filter(status="open").exists()


def test_a_request_for_an_order_nobody_has_is_an_orphan_until_it_comes(
    plant: PlantOf, make_source: MakeSource
) -> None:
    source, world = plant
    other, theirs = make_source("b")
    theirs.put("orders", "request/1", title="Fix", status="open", counterpart="WO000007")
    good(other, "orders")
    orphan = SyncException.objects.get()
    assert (orphan.kind, orphan.held_records.count()) == ("orphan", 1)
    world.put("orders", "work-order/7", number="WO000007", title="Fix", status="open", machine="machine/1")
    good(source, "orders")
    orphan.refresh_from_db()
    assert orphan.status == "resolved"


def test_an_order_nobody_takes_up_is_told_until_somebody_does(plant: PlantOf) -> None:
    source, world = plant
    created = timezone.now() - timedelta(hours=5)
    order = {"title": "Leak", "number": "WO9", "machine": "machine/1", "created": created.isoformat()}
    world.put("orders", "work-order/9", created, **order, status="open")
    good(source, "orders")
    with override_settings(ACKNOWLEDGE_WITHIN_HOURS=8):
        unacknowledged.check()
    with override_settings(ACKNOWLEDGE_WITHIN_HOURS_BY_PRIORITY={"": 6}):
        unacknowledged.check()
    assert not SyncException.objects.exists()
    unacknowledged.check()
    late = SyncException.objects.get(kind="late_acknowledgement")
    assert (late.equipment, late.severity) == (Equipment.objects.get(code="PR-01"), "warning")
    unacknowledged.check()
    late.refresh_from_db()
    assert (late.count, late.status) == (1, "open")
    world.put("orders", "work-order/9", timezone.now(), **order, status="in_progress")
    good(source, "orders")
    unacknowledged.check()
    late.refresh_from_db()
    assert (late.status, WorkOrder.objects.get().status) == ("resolved", "in_progress")


def test_a_double_a_person_dismissed_is_told_no_more(plant: PlantOf) -> None:
    source, world = plant
    for key in ("machine/51", "machine/52"):
        world.put("machines", key, name="Pump", plant="plant/1")
    good(source, "machines")
    twins.check()
    double = SyncException.objects.get(kind="duplicate_master")
    dismiss(double, reason="two pumps", by="ann")
    twins.check()
    double.refresh_from_db()
    assert (double.status, double.count) == ("dismissed", 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_the_second_is_told_and_nothing_is_doubled(make_source: MakeSource) -> None:
    standard_reasons()
    source, world = make_source("a")
    world.put("plants", "plant/1", name="North", timezone="Europe/Berlin")
    world.put("machines", "machine/1", name="Press 1", codes=["PR-01"], plant="plant/1", work_unit=True)
    world.put("machines", "machine/2", name="Press 2", codes=["PR-02"], plant="plant/1", work_unit=True)
    world.put("reasons", "reason/1", name="Equipment failure")
    for number in range(1, 6):
        put_stop(world, number, machine="machine/77")
    good(source, "plants", "machines", "reasons", "events")
    exception = SyncException.objects.get()
    together, told = Barrier(2, timeout=20), list[str]()

    def resolve(by: str, code: str) -> None:
        target = Equipment.objects.get(code=code).pk
        mine = SyncException.objects.get(pk=exception.pk)
        together.wait()
        try:
            decide(
                mine, way="map", by=by, equipment_id=target,
                action=lambda: map_key(mine, canonical_id=target, by=by),
            )  # fmt: skip
        except AlreadyResolved as late:
            told.append(str(late))
        connections.close_all()

    people = [Thread(target=resolve, args=pair) for pair in (("ann", "PR-01"), ("bob", "PR-02"))]
    for each in people:
        each.start()
    for each in people:
        each.join(timeout=60)
    exception.refresh_from_db()
    assert told == [f"It was resolved by {exception.resolved_by} meanwhile."]
    assert Downtime.objects.values("equipment").distinct().count() == 1
    assert (Downtime.objects.count(), Decision.objects.count()) == (5, 1)
    assert ExceptionEvent.objects.filter(exception=exception, action="resolved").count() == 1


def test_a_retry_wakes_what_stands_still(plant: PlantOf) -> None:
    source, _ = plant
    stream = stream_of(source)
    raise_all(stream, [Problem(kind="schema_drift", cause="events", title="Drift", message="x")])
    later = timezone.now() + timedelta(hours=1)
    Stream.objects.filter(pk=stream.pk).update(next_due=later)
    retry(SyncException.objects.get(), by="ann")
    stream.refresh_from_db()
    assert stream.next_due is not None
    assert stream.next_due < later
