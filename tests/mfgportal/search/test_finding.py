"""What the box finds: by code, name and source key, within the plants of the person, best first."""

import pytest
from django.db import connection

from kpis.models import Equipment, Labour, Part, PartUse, Plant, Technician, WorkOrder
from mfgportal.accounts.models import Role, User
from mfgportal.search import find
from mfgportal.search.orders import begins, titled
from sync.models import Counterpart, Identity
from tests.factories import work_order
from tests.mfgportal.queue import START, World, a_line, a_machine

pytestmark = pytest.mark.django_db
Named = list[tuple[str, str]]


@pytest.fixture
def lead(world: World) -> User:
    """Of Lyon, whose names of technicians a lead sees."""
    a_line(world.lyon, "Stamping")
    a_machine(world.lyon, "Old press", code="P-10")
    a_machine(world.lyon, "Xpress sorter", code="S-1")
    for number, machine in (("WO000123", world.press), ("WO000124", world.lathe)):
        order = work_order(machine, START, 60, number=number, title="Change the seal", source="atlas")
        _spend(order, machine.plant)
    return world.lead


def _spend(order: WorkOrder, plant: Plant) -> None:
    who = Technician.objects.create(name=f"Jo of {plant.name}")
    part = Part.objects.create(name=f"Seal {plant.name}", code=f"SEAL-{plant.pk}")
    booked = {"work_order": order, "source": "atlas", "external_key": f"x/{plant.pk}"}
    Labour.objects.create(technician=who, seconds=60, **booked)
    PartUse.objects.create(part=part, quantity=1, **booked)


def named(user: User, query: str) -> Named:
    return [(hit.kind, hit.thing.name) for hit in find(user, query, 20)]


def test_an_exact_code_comes_before_a_beginning_and_that_before_a_word(lead: User) -> None:
    found = [name for kind, name in named(lead, "press-1") if kind == "Machine"]
    assert found[0] == "Press 1"
    assert [name for _, name in named(lead, "press")] == ["Press 1", "Old press", "Xpress sorter"]
    assert named(lead, "p-10")[0] == ("Machine", "Old press")


def test_a_misspelt_name_is_guessed_and_marked(lead: User) -> None:
    (first, *_) = find(lead, "olt prss", 20)
    assert first.thing.name == "Old press"
    assert first.guessed


def test_each_kind_is_found(world: World, lead: User) -> None:
    assert ("Line", "Stamping") in named(lead, "stamping")
    assert ("Plant", "Lyon") in named(lead, "lyo")
    assert ("Work order", "Change the seal") in named(lead, "wo000123")
    assert ("Part", "Seal Lyon") in named(lead, "seal")
    assert ("Technician", "Jo of Lyon") in named(lead, "jo")
    assert ("KPI", "OEE") in named(lead, "oee")
    assert named(lead, f"#{world.mine.pk}")[0] == ("Exception", world.mine.title)


def test_a_key_of_any_source_leads_to_the_machine(world: World, lead: User) -> None:
    Identity.objects.create(
        source=world.source, kind="equipment", external_key="mrp.workcenter/12", canonical_id=world.press.pk
    )
    assert named(lead, "mrp.workcenter/12") == [("Machine", "Press 1")]
    order = WorkOrder.objects.get(number="WO000123")
    Counterpart.objects.create(
        source=world.source, kind="work_order", external_key="maintenance.request/5", canonical_id=order.pk
    )
    assert named(lead, "maintenance.request/5") == [("Work order", "Change the seal")]


def test_nothing_of_other_plants_is_found(world: World, lead: User) -> None:
    Identity.objects.create(
        source=world.source, kind="equipment", external_key="x/77", canonical_id=world.lathe.pk
    )
    for query in ("lathe", "porto", "wo000124", "seal porto", "jo of porto", "x/77", str(world.theirs.pk)):
        words = " ".join(name for _, name in named(lead, query)).lower()
        assert "porto" not in words, query
        assert world.lathe.name.lower() not in words, query
    assert ("Work order", "Change the seal") not in named(lead, "wo000124")


def test_technicians_are_found_only_by_those_who_see_names(world: World, lead: User) -> None:
    manager = User.objects.create_user("chief", role=Role.PLANT_MANAGER)
    manager.plants.add(world.lyon)
    assert "Technician" not in {kind for kind, _ in named(manager, "jo of lyon")}


@pytest.mark.parametrize("query", ["", " ", "\0", "'; DROP", "a & !b | <-> :*", "%", "_", "\\", "💥" * 60])
def test_any_typing_is_answered(lead: User, query: str) -> None:
    assert isinstance(named(lead, query), list)


def test_orders_are_found_by_index(lead: User) -> None:
    """Plans over a table that is large enough for it to matter."""
    machine = Equipment.objects.filter(name="Press 1").get()
    WorkOrder.objects.bulk_create(
        WorkOrder(
            equipment=machine,
            number=f"WO{n:07}",
            title=f"Repair no{n}",
            work_type="corrective",
            status="completed",
            source="atlas",
            external_key=f"work-order/{n}",
        )
        for n in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE kpis_workorder")
    every = WorkOrder.objects.all()
    assert "work_number" in begins(every, "number", "WO0001234")[:20].explain()
    assert "work_key" in begins(every, "external_key", "work-order/12")[:20].explain()
    assert "work_title" in titled(every, "no1234", 2000).order_by("-pk")[:20].explain()
    assert [hit.thing.name for hit in find(lead, "wo0001234", 5)] == ["Repair no1234"]
