"""Rows of an unknown machine count for the plant its own record names, and for no other."""

from datetime import datetime, timedelta
from typing import TypedDict

import pytest

from kpis.models import Plant
from mfgportal.accounts.access import exceptions_of
from mfgportal.accounts.models import Role
from sync.completeness import by_plant, completeness, held
from sync.locate import locate
from sync.models import HeldRecord, Source, SyncException
from tests.mfgportal.queue import a_person
from tests.sync.conftest import MakeSource, good
from tests.sync.fake import World
from tests.sync.test_run import T, put_stop

Two = tuple[Source, World]


class Period(TypedDict):
    start: datetime
    end: datetime


DAY = Period(start=T, end=T + timedelta(days=1))


@pytest.fixture
def other(plant: Two, make_source: MakeSource) -> Two:
    """Source ``b``, not the system of record of machines, which knows the plants North and South."""
    source, world = plant
    world.put("plants", "plant/2", name="South", codes=["S"], timezone="Europe/Madrid")
    good(source, "plants")
    other, theirs = make_source("b")
    theirs.put("plants", "site/1", name="North")
    theirs.put("plants", "site/2", name="South")
    theirs.put("reasons", "cause/1", name="Changeover")
    good(other, "plants", "reasons")
    return other, theirs


def put_center(world: World, **values: object) -> None:
    world.put("machines", "center/1", name="Robot", codes=["RB-1"], **values)


def put_stops(world: World, *numbers: int) -> None:
    for number in numbers:
        put_stop(world, number, machine="center/1", reason="cause/1")


def south() -> Plant:
    return Plant.objects.get(name="South")


def check_in_south(rows: int) -> None:
    exception = SyncException.objects.get(kind="unmapped_key", context__ref__kind="equipment")
    assert exception.plant == south()
    assert set(HeldRecord.objects.values_list("plant", flat=True)) == {south().pk}
    north = Plant.objects.get(name="North")
    assert held(**DAY, plant_ids=[south().pk]) == rows
    assert held(**DAY, plant_ids=[north.pk]) == 0
    parts = by_plant(**DAY, plant_ids=[north.pk, south().pk])
    assert sum(part.held for part in parts.values()) == completeness(**DAY).held == rows


def test_the_record_of_the_machine_tells_the_plant(other: Two) -> None:
    source, world = other
    put_center(world, plant="site/2")
    put_stops(world, 1, 2)
    good(source, "machines", "events")
    check_in_south(2)


def test_also_of_rows_that_came_before_the_record(other: Two) -> None:
    source, world = other
    put_stops(world, 1, 2)
    good(source, "events")
    assert held(**DAY, plant_ids=[south().pk]) == 2
    assert SyncException.objects.get().plant is None
    put_center(world, plant="site/2")
    good(source, "machines")
    check_in_south(2)


def test_also_when_the_plant_itself_became_known_last(other: Two) -> None:
    source, world = other
    put_center(world, plant="site/3")
    put_stops(world, 1, 2)
    put_stop(world, 3, machine="center/1", reason="cause/1", minutes=-1)
    good(source, "machines", "events")
    locate()
    assert SyncException.objects.get(kind="unmapped_key").plant is None
    source.identities.create(kind="plant", external_key="site/3", canonical_id=south().pk)
    locate()
    check_in_south(3)
    assert SyncException.objects.get(kind="rejected_value").plant == south()


def test_the_line_or_the_machine_above_tells_it_too(plant: Two, other: Two) -> None:
    owner, owners_world = plant
    source, world = other
    owners_world.put("lines", "line/9", name="Line 9", codes=["L9"], plant="plant/2")
    good(owner, "lines")
    world.put("lines", "row/9", name="Line 9", codes=["L9"], plant="site/2")
    world.put("machines", "center/0", name="Cell", codes=["C-0"], line="row/9")
    put_center(world, parent="center/0")
    put_stops(world, 1)
    good(source, "lines", "machines", "events")
    robot = SyncException.objects.get(external_key="center/1")
    assert robot.plant == south()
    assert held(**DAY, plant_ids=[south().pk]) == 1


def test_machines_that_name_each_other_end_the_search(other: Two) -> None:
    source, world = other
    world.put("machines", "center/0", name="Cell", codes=["C-0"], parent="center/1")
    put_center(world, parent="center/0")
    put_stops(world, 1)
    good(source, "machines", "events")
    assert set(SyncException.objects.values_list("plant", flat=True)) == {None}


def test_an_unknown_machine_is_asked_of_the_people_of_its_plant_only(other: Two) -> None:
    source, world = other
    put_center(world, plant="site/2")
    world.put("reasons", "cause/9", name="Sonstiges")
    put_stop(world, 1, machine="center/1", reason="cause/9")
    good(source, "machines", "reasons", "events")
    north = a_person("lead", Role.MAINTENANCE_LEAD, Plant.objects.get(name="North"))
    seen = exceptions_of(north).values_list("title", flat=True)
    # A reason is one for all plants, so all are asked what it means.
    assert list(seen) == ["Unknown reason: Sonstiges"]
