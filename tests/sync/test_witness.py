"""Two systems that saw the same stops or orders say which machine an unknown one is."""

from datetime import UTC, datetime, timedelta

import pytest

from kpis.models import Equipment
from sync.exceptions import suggestions
from sync.models import Source, SyncException
from tests.sync.conftest import MakeSource, good
from tests.sync.fake import World

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)


def stop(world: World, key: str, machine: str, start: datetime, reason: str = "reason/1") -> None:
    world.put(
        "events",
        key,
        machine=machine,
        reason=reason,
        start=start.isoformat(),
        end=(start + timedelta(minutes=40)).isoformat(),
    )


def unknown() -> SyncException:
    return SyncException.objects.get(kind="unmapped_key", context__ref__key="center/9")


@pytest.fixture
def other(plant: tuple[Source, World], make_source: MakeSource) -> World:
    """Source ``b`` names a machine that shares neither name nor code with those of ``a``."""
    source, world = make_source("b")
    world.put("machines", "center/9", name="Big one", codes=["ZZ-9"])
    world.put("reasons", "reason/1", name="Equipment failure")
    good(source, "machines", "reasons")
    return world


def test_stops_that_begin_together_name_the_machine(plant: tuple[Source, World], other: World) -> None:
    source, world = plant
    for day in range(6):
        at = MONDAY + timedelta(days=day, hours=day)
        stop(world, f"stop/{day}", "machine/2", at)
        stop(world, f"stop/9{day}", "machine/1", at + timedelta(hours=7))
        stop(other, f"halt/{day}", "center/9", at + timedelta(seconds=20))
    good(source, "events")
    good(Source.objects.get(name="b"), "events")
    first = suggestions(unknown())[0]
    assert first.canonical_id == Equipment.objects.get(code="PR-02").pk
    assert first.reason.startswith("6 of its 6 stops")
    assert first.score == 100


def test_a_single_stop_at_the_same_time_is_chance(plant: tuple[Source, World], other: World) -> None:
    source, world = plant
    stop(world, "stop/1", "machine/2", MONDAY)
    for minutes in range(0, 600, 50):
        stop(other, f"halt/{minutes}", "center/9", MONDAY + timedelta(minutes=minutes))
    good(source, "events")
    good(Source.objects.get(name="b"), "events")
    assert not [found for found in suggestions(unknown()) if "begin when" in found.reason]


def test_work_orders_that_stand_for_another_systems_name_the_machine(
    plant: tuple[Source, World], other: World
) -> None:
    source, world = plant
    world.put("orders", "order/1", number="WO1", status="open", machine="machine/2")
    other.put("orders", "request/1", number="R1", status="open", machine="center/9", counterpart="WO1")
    good(source, "orders")
    good(Source.objects.get(name="b"), "orders")
    first = suggestions(unknown())[0]
    assert first.canonical_id == Equipment.objects.get(code="PR-02").pk
    assert first.reason == "1 of 1 work orders of this one are on it in another system"
