"""A dry run says what a run would do, and leaves no trace."""

from typing import Any

import pytest
from django.db import connection

from sync.errors import SourceUnavailable
from sync.models import Source
from sync.trial import Trial, try_stream
from tests.sync.conftest import good
from tests.sync.fake import World
from tests.sync.test_commands import told
from tests.sync.test_run import put_stop, stream_of

PlantOf = tuple[Source, World]


def everything() -> dict[str, list[Any]]:
    """All rows of our tables; a dry run may use up nothing but numbers of sequences."""
    found: dict[str, list[Any]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(("sync_", "kpis_")):
                cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')  # noqa: S608 our tables
                found[table] = cursor.fetchall()
    return found


def test_it_counts_what_would_be_loaded_held_and_unchanged_and_keeps_nothing(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)
    good(source, "events")
    world.page = 2
    put_stop(world, 2)
    put_stop(world, 3, machine="machine/77")
    put_stop(world, 4, machine="machine/77")
    put_stop(world, 5, minutes=-4)
    before = everything()
    trial = try_stream(stream_of(source), lambda stream, connector: {})
    assert everything() == before
    assert (trial.read, trial.unchanged, trial.loaded, trial.held) == (5, 1, 1, 3)
    assert sum(trial.causes.values()) == 3
    assert {kind for kind, _ in trial.causes} >= {"unmapped_key"}
    run = good(source, "events")[0]
    assert (run.unchanged, run.loaded, run.held) == (trial.unchanged, trial.loaded, trial.held)


def test_a_source_that_fails_half_way_leaves_no_trace_either(plant: PlantOf) -> None:
    source, world = plant
    world.page = 1
    put_stop(world, 1)
    put_stop(world, 2)

    def fault(stream: str, page: int) -> None:
        if page == 1:
            raise SourceUnavailable("Gone.")

    world.fault = fault
    before, closed = everything(), world.closed
    with pytest.raises(SourceUnavailable):
        try_stream(stream_of(source), lambda stream, connector: {})
    assert everything() == before
    assert world.closed == closed + 1


def test_the_command_says_it_in_words(plant: PlantOf) -> None:
    _, world = plant
    put_stop(world, 1)
    put_stop(world, 2, machine="machine/77")
    before = everything()
    said = told("sync", "a", "events", "--dry-run")
    assert "a/events: 2 read; would be: 0 unchanged, 1 loaded, 1 held" in said
    assert "1 × unmapped_key: " in said
    told("sync", "a", "--dry-run", "--full")
    told("sync", "a", "events", "--dry-run", "--since", "7d")
    assert everything() == before
    assert "since" in world.asked[-1]


def test_only_the_ten_most_frequent_causes_are_told(plant: PlantOf) -> None:
    _, world = plant
    for number in range(12):
        put_stop(world, number, machine=f"machine/{80 + number}")
    said = told("sync", "a", "events", "--dry-run")
    assert said.count("× unmapped_key") == 10
    assert "and 2 more causes" in said


def test_nothing_is_counted_of_an_empty_stream(plant: PlantOf) -> None:
    source, _ = plant
    assert try_stream(stream_of(source), lambda stream, connector: {}) == Trial()
