"""The parts of ``make bench`` on few rows: both loaders must write the same, and the engine load it all."""

from typing import Any

import pytest

from kpis.models import Production, StaleDay
from sync.connectors import REGISTRY
from sync.load.facts import Ids
from tests.bench import loading, plant, rows, syncing

COUNT = 25
OURS = {"equipment_id", "product_id", "operation_id", "loaded_at", "ideal_cycle_s"}
LOADED = [name for name in rows.plain(0) if name not in OURS]


@pytest.fixture
def ids(db: None, monkeypatch: pytest.MonkeyPatch) -> Ids:
    monkeypatch.setitem(REGISTRY, "bench", plant.CONNECTOR)
    return plant.build(COUNT)[1]


def batch(version: int) -> loading.Batch:
    return [loading.read(number, version) for number in range(COUNT)]


def table() -> list[dict[str, Any]]:
    return sorted(Production.objects.values(*LOADED), key=lambda row: row["trace_id"])


def wanted(version: int) -> list[dict[str, Any]]:
    return [{name: rows.plain(number, version)[name] for name in LOADED} for number in range(COUNT)]


@pytest.mark.parametrize("load", [loading.ours, loading.bare])
def test_each_loader_writes_the_same(ids: Ids, load: Any) -> None:
    for version in loading.VERSIONS:
        load(batch(version), ids)
        assert table() == wanted(version)


def test_ours_marks_days_and_fills_the_ideal_cycle(ids: Ids) -> None:
    loading.ours(batch(0), ids)
    assert StaleDay.objects.exists()
    assert set(Production.objects.values_list("ideal_cycle_s", flat=True)) == {rows.IDEAL_CYCLE_S}


def test_the_engine_loads_every_row_and_then_finds_nothing_new(ids: Ids) -> None:
    assert syncing.sync(COUNT).unchanged == 0
    assert syncing.sync(COUNT).unchanged == COUNT
    assert Production.objects.count() == COUNT
