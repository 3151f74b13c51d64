from uuid import uuid4

import pytest

from kpis.models import WorkOrder
from sync import settling
from sync.exceptions import AlreadyResolved, NotAllowed, take
from sync.models import Correction, Counterpart, Source, SyncException
from tests.sync.conftest import MakeSource, good
from tests.sync.fake import World

PlantOf = tuple[Source, World]
Two = tuple[Source, World, Source, World]


@pytest.fixture
def two(plant: PlantOf, make_source: MakeSource) -> Two:
    source, world = plant
    world.put("orders", "work-order/1", number="WO000001", title="Fix it", status="open", machine="machine/1")
    good(source, "orders")
    return (*plant, *make_source("b"))


def put_request(world: World, status: str, **values: object) -> None:
    world.put(
        "orders", "request/1", title="[WO000001] Fix it", status=status, counterpart="WO000001", **values
    )


def test_a_counterpart_is_no_second_fact(two: Two) -> None:
    _, _, other, theirs = two
    put_request(theirs, "in_progress")
    good(other, "orders")
    assert WorkOrder.objects.get().source == "a"
    assert Counterpart.objects.get(source__name="b").values["status"] == "in_progress"
    assert not SyncException.objects.exists()


def test_a_status_that_differs_opens_and_closes_by_itself(two: Two) -> None:
    source, world, other, theirs = two
    put_request(theirs, "completed")
    good(other, "orders")
    exception = SyncException.objects.get()
    assert (exception.kind, exception.status) == ("status_mismatch", "open")
    assert [(side["source"], side["value"], side["external_key"]) for side in exception.context["sides"]] == [
        ("a", "open", "work-order/1"),
        ("b", "completed", "request/1"),
    ]
    assert exception.equipment is not None
    world.put(
        "orders", "work-order/1", number="WO000001", title="Fix it", status="completed", machine="machine/1"
    )
    good(source, "orders")
    exception.refresh_from_db()
    assert exception.status == "resolved"
    put_request(theirs, "in_progress")
    good(other, "orders")
    exception.refresh_from_db()
    assert (exception.status, exception.count) == ("open", 2)


def test_the_same_mismatch_seen_again_counts_once(two: Two) -> None:
    _, _, other, theirs = two
    put_request(theirs, "completed")
    good(other, "orders")
    put_request(theirs, "completed", note="touched")
    good(other, "orders")
    assert SyncException.objects.get().count == 1


def test_a_counterpart_waits_for_its_work_order(plant: PlantOf, make_source: MakeSource) -> None:
    source, world = plant
    other, theirs = make_source("b")
    put_request(theirs, "completed")
    good(other, "orders")
    assert SyncException.objects.get().kind == "orphan"
    world.put(
        "orders", "work-order/1", number="WO000001", title="Fix it", status="completed", machine="machine/1"
    )
    good(source, "orders")
    assert Counterpart.objects.exists()
    assert SyncException.objects.get().status == "resolved"


def test_an_order_that_stands_for_another_from_now_on_is_taken_back(two: Two) -> None:
    _, _, other, theirs = two
    theirs.put("orders", "request/1", title="Fix it", status="open")
    good(other, "orders")
    assert WorkOrder.objects.filter(source="b", deleted_at=None).exists()
    put_request(theirs, "open")
    good(other, "orders")
    assert not WorkOrder.objects.filter(source="b", deleted_at=None).exists()
    theirs.put("orders", "request/1", title="Fix it", status="open")
    good(other, "orders")
    assert WorkOrder.objects.filter(source="b", deleted_at=None).exists()
    assert not Counterpart.objects.exists()


def test_what_both_sides_missed_is_found_later(two: Two) -> None:
    _, _, other, theirs = two
    put_request(theirs, "completed")
    good(other, "orders")
    WorkOrder.objects.update(status="completed", trace_id=uuid4())
    settling.recheck()
    assert SyncException.objects.get().status == "resolved"


def test_what_was_told_before_both_sides_were_kept_stays_told(two: Two) -> None:
    _, _, other, theirs = two
    put_request(theirs, "completed")
    good(other, "orders")
    Counterpart.objects.filter(source__name="a").delete()
    settling.recheck()
    assert SyncException.objects.get().status == "open"


def mismatch(two: Two) -> SyncException:
    _, _, other, theirs = two
    put_request(theirs, "completed")
    good(other, "orders")
    return SyncException.objects.get()


def test_the_side_that_is_right_is_taken_for_the_other(two: Two) -> None:
    source, world, other, theirs = two
    exception = mismatch(two)
    take(exception, source="b", reason="Seen on the floor.", by="ann")
    assert WorkOrder.objects.get().status == "completed"
    exception.refresh_from_db()
    assert (exception.status, exception.resolved_by) == ("resolved", "ann")
    assert "Seen on the floor." in exception.resolution
    correction = Correction.objects.get()
    assert (correction.source, correction.external_key, correction.field) == (
        source,
        "work-order/1",
        "status",
    )
    assert (correction.original, correction.value) == ("open", "completed")
    title = "Fix it at once"
    world.put("orders", "work-order/1", number="WO000001", title=title, status="on_hold", machine="machine/1")
    put_request(theirs, "completed", note="touched")
    good(source, "orders")
    good(other, "orders")
    exception.refresh_from_db()
    order = WorkOrder.objects.get()
    assert (order.title, order.status, exception.status) == (title, "completed", "resolved")


def test_the_counterpart_follows_when_the_order_is_right(two: Two) -> None:
    _, _, other, theirs = two
    exception = mismatch(two)
    take(exception, source="a", reason="Not finished.", by="ann")
    assert Counterpart.objects.get(source__name="b").values["status"] == "open"
    assert WorkOrder.objects.get().status == "open"
    put_request(theirs, "completed", note="touched")
    good(other, "orders")
    exception.refresh_from_db()
    assert exception.status == "resolved"
    put_request(theirs, "cancelled")
    good(other, "orders")
    exception.refresh_from_db()
    assert exception.status == "resolved"


def test_a_later_decision_takes_the_place_of_an_earlier_one(two: Two) -> None:
    source, world, _, _ = two
    exception = mismatch(two)
    take(exception, source="a", reason="Not finished.", by="ann")
    world.put(
        "orders", "work-order/1", number="WO000001", title="Fix", status="completed", machine="machine/1"
    )
    good(source, "orders")
    exception.refresh_from_db()
    assert exception.status == "open"
    take(exception, source="a", reason="Finished now.", by="bob")
    assert Counterpart.objects.get(source__name="b").values["status"] == "completed"
    in_force = Correction.objects.get(revoked_at=None)
    assert (in_force.original, in_force.value, in_force.author) == ("completed", "completed", "bob")


def test_taking_a_side_needs_a_reason_a_side_and_an_open_mismatch(two: Two) -> None:
    exception = mismatch(two)
    for source, reason in (("a", " "), ("c", "Why not.")):
        with pytest.raises(NotAllowed):
            take(exception, source=source, reason=reason, by="ann")
    assert not Correction.objects.exists()
    take(exception, source="a", reason="Not finished.", by="ann")
    with pytest.raises(AlreadyResolved, match="ann"):
        take(exception, source="b", reason="Finished.", by="bob")
