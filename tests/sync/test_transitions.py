"""Changes of status are written down when they are seen, once each."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpis.models import StatusChange, WorkOrder
from sync.models import RawRecord, Source
from sync.records import WorkStatus
from sync.replay import replay_rows
from tests.sync.conftest import MakeSource, good
from tests.sync.fake import World

PlantOf = tuple[Source, World]
T0 = datetime(2026, 3, 2, 8, tzinfo=UTC)
KEY = "work-order/1"


def put(world: World, status: str, minute: int, **values: object) -> None:
    world.put("orders", KEY, T0 + timedelta(minutes=minute), number="WO1", status=status, **values)


def seen() -> list[tuple[str, str]]:
    return list(StatusChange.objects.order_by("id").values_list("status_from", "status_to"))


def test_the_first_sight_and_each_change_are_written_down(plant: PlantOf) -> None:
    source, world = plant
    created = (T0 - timedelta(hours=1)).isoformat()
    put(world, "open", 0, created=created)
    good(source, "orders")
    put(world, "in_progress", 10, created=created)
    good(source, "orders")
    done = T0 + timedelta(minutes=25)
    put(world, "completed", 30, created=created, completed=done.isoformat())
    good(source, "orders")
    rows = StatusChange.objects.order_by("id")
    assert seen() == [("", "open"), ("open", "in_progress"), ("in_progress", "completed")]
    assert [(row.at, row.basis) for row in rows] == [
        (T0 - timedelta(hours=1), "created"),
        (T0 + timedelta(minutes=10), "updated"),
        (done, "exact"),
    ]
    order = WorkOrder.objects.get()
    assert {row.work_order_id for row in rows} == {order.pk}
    assert rows.last().trace_id == order.trace_id  # type: ignore[union-attr]


def test_a_reopened_order_keeps_when_it_was_completed(plant: PlantOf) -> None:
    source, world = plant
    done = T0 + timedelta(minutes=5)
    put(world, "completed", 6, completed=done.isoformat())
    good(source, "orders")
    put(world, "open", 20)
    good(source, "orders")
    assert WorkOrder.objects.get().completed_at is None
    assert StatusChange.objects.get(status_to="completed").at == done
    assert seen() == [("", "completed"), ("completed", "open")]


def test_an_order_of_which_a_day_is_known_was_closed_by_its_end(plant: PlantOf) -> None:
    source, world = plant
    put(world, "completed", 60 * 24 * 9, completed_on="2026-03-03")
    good(source, "orders")
    row = StatusChange.objects.get()
    assert (row.at, row.basis) == (datetime(2026, 3, 4, tzinfo=UTC), "day")


def test_a_source_that_gives_no_time_leaves_when_we_saw_it(plant: PlantOf) -> None:
    source, world = plant
    world.put("orders", KEY, number="WO1", status="on_hold")
    good(source, "orders")
    row = StatusChange.objects.get()
    assert (row.at, row.basis, row.reported_at) == (None, "", None)
    assert row.seen_at is not None


def test_a_stage_changes_by_its_key_not_by_its_name(plant: PlantOf) -> None:
    source, world = plant
    for minute, key, name in ((0, "stage/1", "New"), (5, "stage/1", "Nouveau"), (9, "stage/2", "Waiting")):
        put(world, "open", minute, stage=name, stage_key=key)
        good(source, "orders")
    stages = list(StatusChange.objects.order_by("id").values_list("stage_from", "stage_to", "status_to"))
    assert stages == [("", "New", "open"), ("New", "Waiting", "open")]
    assert WorkOrder.objects.get().stage == "Waiting"


def test_replays_add_nothing(plant: PlantOf) -> None:
    source, world = plant
    put(world, "open", 0)
    good(source, "orders")
    put(world, "completed", 5)
    good(source, "orders")
    before = seen()
    for _ in range(3):
        replay_rows(list(RawRecord.objects.values_list("id", flat=True)))
    good(source, "orders")
    assert seen() == before


def test_what_stands_for_anothers_order_has_its_own_history(plant: PlantOf, make_source: MakeSource) -> None:
    source, world = plant
    put(world, "open", 0)
    good(source, "orders")
    other, theirs = make_source("b")
    for minute, status in ((1, "open"), (2, "completed"), (3, "completed")):
        theirs.put(
            "orders", "request/1", T0 + timedelta(minutes=minute), status=status, counterpart="WO1", n=minute
        )
        good(other, "orders")
    rows = StatusChange.objects.filter(source="b").order_by("id")
    assert [(row.status_to, row.external_key) for row in rows] == [
        ("open", "request/1"),
        ("completed", "request/1"),
    ]
    assert {row.work_order_id for row in StatusChange.objects.all()} == {WorkOrder.objects.get().pk}


def test_a_machine_goes_down_and_up(plant: PlantOf) -> None:
    source, world = plant
    for minute, down, state in (
        (0, False, "OPERATIONAL"),
        (1, True, "DOWN"),
        (2, True, "EMERGENCY_SHUTDOWN"),
    ):
        world.put(
            "machines", "machine/1", T0 + timedelta(minutes=minute),
            name="Press 1", codes=["PR-01"], plant="plant/1", work_unit=True, down=down, state=state,
        )  # fmt: skip
        good(source, "machines")
    rows = list(StatusChange.objects.filter(equipment__code="PR-01").order_by("id"))
    assert [(row.status_to, row.stage_to) for row in rows] == [
        ("up", "OPERATIONAL"),
        ("down", "DOWN"),
        ("down", "EMERGENCY_SHUTDOWN"),
    ]
    assert not StatusChange.objects.filter(equipment__code="PR-02").exists()  # nobody says how it is


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    deliveries=st.lists(
        st.tuples(st.integers(0, 20), st.sampled_from(sorted(WorkStatus)), st.integers(0, 2)), max_size=12
    )
)
@pytest.mark.django_db
def test_any_order_of_deliveries_and_replays_gives_a_chain(
    plant: PlantOf, deliveries: list[tuple[int, WorkStatus, int]]
) -> None:
    """Delivered late, twice or again, the history is a chain of changes that ends in the order's status."""
    source, world = plant
    StatusChange.objects.all().delete()
    RawRecord.objects.filter(stream__name="orders").delete()
    WorkOrder.objects.all().delete()
    for minute, status, replays in deliveries:
        put(world, status.value, minute)
        good(source, "orders")
        for _ in range(replays):
            replay_rows(list(RawRecord.objects.filter(stream__name="orders").values_list("id", flat=True)))
    rows = list(StatusChange.objects.order_by("id"))
    assert all(row.status_from != row.status_to for row in rows)
    assert [row.status_from for row in rows] == ["", *(row.status_to for row in rows[:-1])][: len(rows)]
    moments = [row.reported_at for row in rows if row.reported_at]
    assert moments == sorted(moments)
    if deliveries:
        assert rows[-1].status_to == WorkOrder.objects.get().status
