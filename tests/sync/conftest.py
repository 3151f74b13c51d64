"""A plant read from a fake source: what most tests of the engine start from."""

from collections.abc import Callable

import pytest

from sync.connectors import REGISTRY
from sync.models import Source, SyncRun
from sync.run import run_stream
from sync.sources import add_source
from tests.sync.fake import READERS, WORLDS, World

MakeSource = Callable[[str], tuple[Source, World]]


@pytest.fixture(autouse=True)
def fake_connector(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REGISTRY, "fake", "tests.sync.fake.FakeConnector")
    WORLDS.clear()


@pytest.fixture
def page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page is committed alone, however small."""
    monkeypatch.setattr("sync.batches.MOST_ROWS", 1)


@pytest.fixture
def make_source(db: None) -> MakeSource:
    def make(name: str) -> tuple[Source, World]:
        WORLDS[name] = World()
        source = add_source(name=name, title=name.upper(), connector="fake", url=f"http://fake.test/{name}")
        return source, WORLDS[name]

    return make


@pytest.fixture
def plant(make_source: MakeSource) -> tuple[Source, World]:
    """Source ``a``: a plant, two machines, a reason, an operation with an ideal cycle; masters are read."""
    source, world = make_source("a")
    world.put("plants", "plant/1", name="North", codes=["N"], timezone="Europe/Berlin")
    world.put("machines", "machine/1", name="Press 1", codes=["PR-01"], plant="plant/1", work_unit=True)
    world.put("machines", "machine/2", name="Press 2", codes=["PR-02"], plant="plant/1", work_unit=True)
    world.put("reasons", "reason/1", name="Equipment failure")
    world.put("operations", "operation/1", name="Stamp", machine="machine/1", cycle=30.0)
    read(source, "plants", "machines", "reasons", "operations")
    return source, world


def read(source: Source, *names: str) -> list[SyncRun]:
    """Run streams, all in rank order when none is named."""
    runs = []
    for name in names or READERS:
        run = run_stream(source.streams.get(name=name).pk)
        assert run is not None
        runs.append(run)
    return runs


def good(source: Source, *names: str) -> list[SyncRun]:
    """Run streams, which must succeed."""
    runs = read(source, *names)
    assert [run.error for run in runs if run.status != SyncRun.Status.DONE] == []
    return runs
