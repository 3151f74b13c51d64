import pytest
from django.core.exceptions import PermissionDenied

from kpis.models import Equipment, Line, Plant
from mfgportal.accounts import demo
from mfgportal.accounts.access import (
    Right,
    equipment_of,
    exceptions_of,
    lines_of,
    may,
    plants_of,
    require,
)
from mfgportal.accounts.models import Role, User
from sync.models import Source, SyncException

pytestmark = pytest.mark.django_db


@pytest.fixture
def places() -> tuple[Plant, Plant]:
    made = []
    for name in ("Lyon", "Pune"):
        plant = Plant.objects.create(name=name)
        line = Line.objects.create(name=f"{name} 1", plant=plant)
        Equipment.objects.create(name=f"{name} press", plant=plant, line=line)
        made.append(plant)
    return made[0], made[1]


def someone(role: Role, *plants: Plant) -> User:
    user = User.objects.create_user("someone", role=role)
    user.plants.set(plants)
    return user


def test_a_plant_manager_sees_only_own_plants(places: tuple[Plant, Plant]) -> None:
    lyon, _ = places
    user = someone(Role.PLANT_MANAGER, lyon)
    assert list(plants_of(user)) == [lyon]
    assert [line.name for line in lines_of(user)] == ["Lyon 1"]
    assert [machine.name for machine in equipment_of(user)] == ["Lyon press"]


def test_without_plants_nothing_is_seen(places: tuple[Plant, Plant]) -> None:
    assert not plants_of(someone(Role.MAINTENANCE_LEAD)).exists()


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.ADMIN])
def test_some_roles_see_every_plant(role: Role, places: tuple[Plant, Plant]) -> None:
    assert set(plants_of(someone(role))) == set(places)


def test_exceptions_of_foreign_plants_are_hidden_and_those_of_a_source_shown(
    places: tuple[Plant, Plant],
) -> None:
    lyon, pune = places
    source = Source.objects.create(name="odoo", title="Odoo", connector="odoo", url="http://odoo.example")
    for number, plant in enumerate((lyon, pune, None)):
        SyncException.objects.create(kind="overlap", fingerprint=str(number), source=source, plant=plant)
    seen = {exception.plant for exception in exceptions_of(someone(Role.MAINTENANCE_LEAD, lyon))}
    assert seen == {lyon, None}


@pytest.mark.parametrize(
    ("role", "right", "granted"),
    [
        (Role.EXECUTIVE, Right.RESOLVE_EXCEPTIONS, False),
        (Role.PLANT_MANAGER, Right.RUN_SYNC, False),
        (Role.MAINTENANCE_LEAD, Right.RESOLVE_EXCEPTIONS, True),
        (Role.MAINTENANCE_LEAD, Right.MANAGE_SOURCES, False),
        (Role.ADMIN, Right.MANAGE_SOURCES, True),
    ],
)
def test_rights_by_role(role: Role, right: Right, granted: bool) -> None:
    user = someone(role)
    assert may(user, right) is granted
    if not granted:
        with pytest.raises(PermissionDenied, match="may not"):
            require(user, right)


def test_demo_people_are_made_once_and_keep_a_changed_password(places: tuple[Plant, Plant]) -> None:
    demo.seed_users()
    lead = User.objects.get(username="lead")
    lead.set_password("another")
    lead.save()
    demo.seed_users()
    lead.refresh_from_db()
    assert lead.check_password("another")
    assert lead.plants.count() == 1
    assert User.objects.count() == len(demo.PEOPLE)
