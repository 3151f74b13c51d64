"""Replay over what has landed: chosen, in batches, resumable, beside running syncs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError
from django.utils import timezone

from kpis.models import Downtime
from sync import rerun
from sync.models import HeldRecord, RawRecord, Source, SyncException
from sync.moments import moment
from sync.rerun import Choice, steps
from tests.sync.conftest import MakeSource, good
from tests.sync.fake import World
from tests.sync.test_commands import told
from tests.sync.test_run import put_stop

PlantOf = tuple[Source, World]


@pytest.fixture
def waiting(plant: PlantOf, monkeypatch: pytest.MonkeyPatch) -> PlantOf:
    """Two stops loaded, three held for an unknown machine; batches of two."""
    source, world = plant
    for number in range(5):
        put_stop(world, number, machine="machine/77" if number > 1 else "machine/1")
    good(source, "events")
    monkeypatch.setattr(rerun, "BATCH", 2)
    return plant


def know(source: Source) -> None:
    """The machine becomes known, and nobody has noticed yet."""
    machine = source.identities.filter(kind="equipment").values_list("canonical_id", flat=True)[0]
    source.identities.create(kind="equipment", external_key="machine/77", canonical_id=machine)


def test_held_rows_are_loaded_once_they_can_be(waiting: PlantOf) -> None:
    source, _ = waiting
    know(source)
    assert [step.rows for step in steps(Choice(held=True))] == [2, 1]
    assert Downtime.objects.count() == 5
    assert not HeldRecord.objects.exists()
    assert SyncException.objects.get().status == "resolved"


def test_what_cannot_be_loaded_is_tried_once_and_stays(waiting: PlantOf) -> None:
    done = list(steps(Choice(held=True)))
    assert [step.rows for step in done] == [2, 1]
    assert sum(step.outcome.held for step in done) == 3
    assert HeldRecord.objects.count() == 3


def test_all_rows_masters_first_change_nothing(waiting: PlantOf) -> None:
    before = list(Downtime.objects.order_by("id").values())
    done = list(steps(Choice()))
    assert sum(step.rows for step in done) == RawRecord.objects.count()
    ranks = [step.stream.rank for step in done]
    assert ranks == sorted(ranks)
    assert list(Downtime.objects.order_by("id").values()) == before


def test_a_fact_that_was_lost_comes_back(waiting: PlantOf) -> None:
    Downtime.objects.get(external_key="stop/1").delete()
    list(steps(Choice(source="a", stream="events")))
    assert Downtime.objects.filter(external_key="stop/1").exists()


def test_by_stream_time_and_exception(waiting: PlantOf, make_source: MakeSource) -> None:
    exception = SyncException.objects.get()

    def rows(**given: Any) -> int:
        return sum(step.rows for step in steps(Choice(**given)))

    assert rows(stream="events") == 5
    assert rows(source="b") == 0
    assert rows(stream="events", held=True) == 3
    assert rows(exception=exception.pk) == 3
    assert rows(exception=exception.pk + 1) == 0
    later = timezone.now() + timedelta(hours=1)
    assert rows(stream="events", since=later) == 0
    assert rows(stream="events", until=later) == 5
    assert rows(stream="events", until=later - timedelta(hours=2)) == 0


def test_broken_off_it_goes_on_after_the_last_batch(waiting: PlantOf) -> None:
    under_way = steps(Choice(source="a", stream="events"))
    first = next(under_way)
    under_way.close()
    rest = list(steps(Choice(source="a", stream="events", after=first.last)))
    assert sum(step.rows for step in rest) == 3


def test_the_command_tells_counts_and_how_to_go_on(waiting: PlantOf) -> None:
    source, _ = waiting
    said = told("replay")
    assert "3 rows mapped again: 0 records loaded, 3 rows held." in said
    last = RawRecord.objects.get(external_key="stop/4").pk
    assert f"--source a --stream events --after {last}" in said
    know(source)
    assert "loaded, 0 rows held" in told("replay", "--exception", str(SyncException.objects.get().pk))
    assert "5 rows mapped again" in told("replay", "--all", "--stream", "events", "--since", "1d")
    assert "\n0 rows" in "\n" + told("replay", "--all", "--stream", "events", "--until", "2026-01-01")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--stream", "nothing"], "no such stream"),
        (["--exception", "987654"], "no exception 987654"),
        (["--after", "3"], "name it by --source"),
        (["--since", "soon"], "is no moment"),
    ],
)
def test_wrong_arguments_are_named(plant: PlantOf, arguments: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        told("replay", *arguments)


@time_machine.travel(datetime(2026, 11, 24, 9, tzinfo=UTC), tick=False)
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("7d", datetime(2026, 11, 17, 9, tzinfo=UTC)),
        ("36h", datetime(2026, 11, 22, 21, tzinfo=UTC)),
        ("90m", datetime(2026, 11, 24, 7, 30, tzinfo=UTC)),
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T08:00+02:00", datetime(2026, 1, 31, 6, tzinfo=UTC)),
    ],
)
def test_moments_as_people_write_them(text: str, meant: datetime) -> None:
    assert moment(text) == meant
