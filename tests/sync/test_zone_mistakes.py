"""A row written in local time as if it were UTC stays out, also when that time has passed."""

from datetime import timedelta

import pytest

from kpis.models import Downtime
from sync.exceptions import NotAllowed, correct, retry
from sync.models import Source, SyncException
from tests.sync.conftest import good
from tests.sync.fake import World
from tests.sync.test_run import T

PlantOf = tuple[Source, World]
ZONE = timedelta(hours=5, minutes=30)


@pytest.fixture
def mistaken(plant: PlantOf) -> SyncException:
    source, world = plant
    start = T + ZONE
    times = {"start": start.isoformat(), "end": (start + timedelta(minutes=20)).isoformat()}
    world.put("events", "stop/1", T + timedelta(minutes=20), machine="machine/1", reason="reason/1", **times)
    good(source, "events")
    return SyncException.objects.get()


def test_it_is_rejected_and_does_not_slip_in_later(mistaken: SyncException) -> None:
    assert (mistaken.kind, mistaken.context["fields"]) == ("rejected_value", ["start", "end"])
    assert "lies 5 h 10 min after it was written" in mistaken.message
    assert retry(mistaken, by="ann") == 0
    assert not Downtime.objects.exists()


def test_a_correction_of_both_ends_brings_it_in(mistaken: SyncException) -> None:
    key = {"external_key": "stop/1", "reason": "Local time.", "by": "ann"}
    end = (T + timedelta(minutes=20)).isoformat()
    with pytest.raises(NotAllowed, match="must not be before the start"):
        correct(mistaken, field="end", value=end, **key)
    correct(mistaken, field="start", value=T.isoformat(), **key)
    assert not Downtime.objects.exists()
    correct(mistaken, field="end", value=end, **key)
    assert Downtime.objects.get().start == T


def test_an_open_line_that_is_closed_later_is_written_again(plant: PlantOf) -> None:
    source, world = plant
    line = {"machine": "machine/1", "reason": "reason/1", "start": T.isoformat()}
    world.put("events", "stop/1", T, **line)
    good(source, "events")
    end = T + timedelta(hours=9)
    world.put("events", "stop/1", end, **line, end=end.isoformat())
    good(source, "events")
    assert Downtime.objects.get().end == end
    assert not SyncException.objects.exists()
