"""Loading marks the months of work it touches, of where it was and where it is, and keeps plans."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kpis.models import (
    CostEntry,
    Equipment,
    Labour,
    Plant,
    StaleWork,
    Technician,
    WorkComponents,
    WorkMonths,
    WorkOrder,
    WorkOrderSchedule,
)
from kpis.work.rollup import rebuild, refresh
from sync.load import facts, spending
from sync.load.work import keep_plans
from sync.models import Ownership, Source
from sync.records import Kind
from sync.tasks import refresh_components
from tests.sync.conftest import good
from tests.sync.fake import World

PlantOf = tuple[Source, World]
T0 = datetime(2026, 3, 2, 8, tzinfo=UTC)
KEY = "work-order/1"


def put(world: World, status: str, minute: int, **values: object) -> None:
    given = {"number": "WO1", "created": T0.isoformat(), "machine": "machine/1"} | values
    world.put("orders", KEY, T0 + timedelta(minutes=minute), status=status, **given)


def created() -> dict[date, int]:
    return dict(WorkComponents.objects.filter(created__gt=0).values_list("day", "created"))


def marked() -> set[date]:
    return set(StaleWork.objects.values_list("month", flat=True))


def test_a_new_order_is_computed_in_the_tick(plant: PlantOf) -> None:
    source, world = plant
    put(world, "open", 0)
    good(source, "orders")
    assert date(2026, 3, 1) in marked()
    refresh_components()
    assert created() == {T0.date(): 1}
    assert not StaleWork.objects.exists()


def test_an_order_that_says_the_same_marks_nothing(plant: PlantOf) -> None:
    source, world = plant
    put(world, "open", 0, work_type="preventive")
    good(source, "orders")
    refresh()
    put(world, "open", 10, work_type="preventive")
    good(source, "orders")
    refresh()
    kept = list(WorkComponents.objects.values())
    rebuild()
    assert [{**row, "id": 0} for row in WorkComponents.objects.values()] == [{**row, "id": 0} for row in kept]


def test_an_order_that_moves_leaves_its_month(plant: PlantOf) -> None:
    source, world = plant
    put(world, "open", 0, work_type="preventive")
    good(source, "orders")
    refresh()
    later = T0 + timedelta(days=90)
    put(world, "open", 10, work_type="preventive", created=later.isoformat())
    good(source, "orders")
    assert {date(2026, 3, 1), date(2026, 5, 1)} <= marked()
    refresh()
    assert created() == {later.date(): 1}
    assert list(WorkMonths.objects.values_list("month", flat=True)) == [date(2026, 5, 1)]


def test_an_order_that_is_gone_counts_no_more(plant: PlantOf) -> None:
    source, world = plant
    put(world, "open", 0)
    good(source, "orders")
    refresh()
    facts.withdraw(source.name, WorkOrder, [KEY])
    refresh()
    assert not WorkComponents.objects.exists()


def test_plans_are_written_down_before_they_are_overwritten(plant: PlantOf) -> None:
    source, world = plant
    for minute, day in ((0, 9), (10, 9), (20, 16), (30, None)):
        planned = datetime(2026, 3, day, 6, tzinfo=UTC).isoformat() if day else None
        put(world, "open", minute, scheduled=planned, title=f"Look {minute}")
        good(source, "orders")
    rows = WorkOrderSchedule.objects.values_list("known_at", "scheduled_at")
    assert list(rows) == [
        (T0, datetime(2026, 3, 9, 6, tzinfo=UTC)),
        (T0 + timedelta(minutes=20), datetime(2026, 3, 16, 6, tzinfo=UTC)),
        (T0 + timedelta(minutes=30), None),
    ]
    keep_plans([WorkOrder.objects.get().pk])
    assert WorkOrderSchedule.objects.count() == 3


def test_an_order_on_no_plan_has_none(plant: PlantOf) -> None:
    source, world = plant
    put(world, "open", 0)
    good(source, "orders")
    assert not WorkOrderSchedule.objects.exists()


@pytest.fixture
def booked(plant: PlantOf) -> WorkOrder:
    source, world = plant
    put(world, "open", 0)
    good(source, "orders")
    order = WorkOrder.objects.get()
    natural = {"source": "cmms", "external_key": "labour/1"}
    Labour.objects.create(**natural, work_order=order, start=T0, seconds=3600, hourly_rate=40)
    refresh()
    rebuild()
    return order


def cost() -> float:
    return sum(WorkComponents.objects.values_list("labour_cost", flat=True))


def test_whose_spending_counts_is_computed_anew(booked: WorkOrder, plant: PlantOf) -> None:
    source, _ = plant
    assert cost() == 40
    Ownership.objects.update_or_create(kind=Kind.LABOUR, field="", defaults={"source": source})
    spending.recount(Kind.LABOUR)
    refresh()
    assert cost() == 0


def test_labour_that_is_gone_costs_nothing(booked: WorkOrder) -> None:
    facts.withdraw("cmms", Labour, ["labour/1"])
    refresh()
    assert cost() == 0


def test_a_machine_that_moves_takes_its_work_along(booked: WorkOrder, plant: PlantOf) -> None:
    source, world = plant
    world.put("plants", "plant/9", name="Ohio", timezone="America/New_York")
    good(source, "plants")
    row = world.rows["machines"]["machine/1"].payload
    world.put("machines", "machine/1", T0, **{**row, "plant": "plant/9"})
    good(source, "machines")
    refresh()
    ohio = Plant.objects.get(name="Ohio")
    assert booked.equipment_id is not None
    assert Equipment.objects.get(pk=booked.equipment_id).plant == ohio
    assert set(WorkComponents.objects.values_list("plant", flat=True)) == {ohio.pk}


def test_costs_of_a_plant_are_marked_by_their_own_day(plant: PlantOf) -> None:
    place = Plant.objects.first()
    natural = {"source": "erp", "external_key": "cost/1"}
    CostEntry.objects.create(**natural, category="other", amount=5, plant=place, day=date(2026, 4, 3))
    facts.withdraw("erp", CostEntry, ["cost/1"])
    assert marked() == {date(2026, 4, 1)}
    assert not Technician.objects.exists()
