from datetime import datetime, timedelta
from typing import TypedDict

import pytest

from kpis.models import Equipment, Plant
from sync.completeness import completeness, held, held_by_exception, loaded
from sync.exceptions import dismiss
from sync.models import Source, SyncException
from tests.sync.conftest import MakeSource, good
from tests.sync.fake import World
from tests.sync.test_run import T, put_stop

PlantOf = tuple[Source, World]


class Period(TypedDict):
    start: datetime
    end: datetime


DAY = Period(start=T, end=T + timedelta(days=1))
LATER = Period(start=T + timedelta(days=30), end=T + timedelta(days=31))


@pytest.fixture
def waiting(plant: PlantOf) -> PlantOf:
    """Three stops loaded; one rejected on press 1; two of a machine nobody knows."""
    source, world = plant
    for number in (1, 2, 3):
        put_stop(world, number)
    put_stop(world, 4, minutes=-3)
    put_stop(world, 5, machine="machine/77")
    put_stop(world, 6, machine="machine/77")
    good(source, "events")
    return plant


def test_held_and_loaded_rows_of_a_period(waiting: PlantOf) -> None:
    found = completeness(**DAY)
    assert (found.loaded, found.held, found.share) == (3, 3, 0.5)
    later = completeness(**LATER)
    assert (later.loaded, later.held, later.share) == (0, 0, 1.0)


def test_rows_of_an_unknown_place_count_for_each_plant_but_for_no_machine(
    waiting: PlantOf, make_source: MakeSource
) -> None:
    plant = Plant.objects.get()
    press = Equipment.objects.get(code="PR-01")
    other = Equipment.objects.get(code="PR-02")
    assert held(**DAY, plant_ids=[plant.pk]) == 3
    assert held(**DAY, plant_ids=[]) == 2
    assert held(**DAY, equipment_ids=[press.pk]) == 1
    assert held(**DAY, equipment_ids=[other.pk]) == 0
    assert loaded(**DAY, equipment_ids=[press.pk]) == 3
    assert loaded(**DAY, line_ids=[]) == 0


def test_the_exceptions_behind_it(waiting: PlantOf) -> None:
    found = held_by_exception(**DAY)
    assert [(by.kind, by.rows) for by in found] == [("unmapped_key", 2), ("rejected_value", 1)]


def test_a_dismissed_row_is_not_missing(waiting: PlantOf) -> None:
    dismiss(SyncException.objects.get(kind="rejected_value"), reason="Test.", by="ann")
    assert held(**DAY) == 2
