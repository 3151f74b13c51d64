import pytest
from django.db import DataError

from kpis.models import Downtime
from sync import poison
from sync.exceptions import retry
from sync.models import HeldRecord, Source, SyncException, SyncRun
from tests.sync.conftest import good, read
from tests.sync.fake import FakeConnector, World
from tests.sync.test_run import put_stop, stream_of

PlantOf = tuple[Source, World]


def test_one_poison_row_is_set_aside_and_the_rest_is_loaded(plant: PlantOf) -> None:
    source, world = plant
    for number in range(20):
        put_stop(world, number)
    put_stop(world, 13, poison=True)
    (run,) = good(source, "events")
    assert Downtime.objects.count() == 19
    assert (run.loaded, run.held) == (19, 1)
    exception = SyncException.objects.get()
    assert (exception.kind, exception.external_key) == ("dead_letter", "stop/13")
    assert "ZeroDivisionError" in exception.message
    assert HeldRecord.objects.get().raw.external_key == "stop/13"


def test_a_poison_row_that_is_cured_at_the_source_closes_its_exception(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1, poison=True)
    good(source, "events")
    put_stop(world, 1)
    good(source, "events")
    assert Downtime.objects.count() == 1
    assert SyncException.objects.get().status == "resolved"


def test_a_poison_row_can_be_tried_again(plant: PlantOf, monkeypatch: pytest.MonkeyPatch) -> None:
    source, world = plant
    put_stop(world, 1, poison=True)
    good(source, "events")
    exception = SyncException.objects.get()
    assert retry(exception, by="ann") == 0
    exception.refresh_from_db()
    assert exception.status == "open"
    fixed = FakeConnector.to_records.__func__  # type: ignore[attr-defined]
    monkeypatch.setattr(
        FakeConnector,
        "to_records",
        classmethod(lambda cls, stream, payload: fixed(cls, stream, {**payload, "poison": False})),
    )
    assert retry(exception, by="ann") == 1
    exception.refresh_from_db()
    assert (exception.status, exception.resolved_by) == ("resolved", "ann")


def test_a_value_the_database_refuses_is_poison_too(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1)
    world.put("counts", "count/1", machine="machine/1", start="2026-03-01T00:00:00+00:00", number="x" * 500)
    world.put("orders", "order/1", number="1", title="x" * 5000, status="open", machine="machine/1")
    good(source, "counts", "orders")
    assert not SyncException.objects.exists()


def test_when_most_rows_fail_the_fault_is_not_in_the_rows(
    plant: PlantOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, world = plant
    for number in range(60):
        put_stop(world, number)

    def broken(*args: object, **kwargs: object) -> None:
        raise DataError("no such column")

    monkeypatch.setattr(poison, "process", broken)
    (run,) = read(source, "events")
    assert run.status == SyncRun.Status.FAILED
    assert stream_of(source).cursor == {}
    assert SyncException.objects.get().kind == "failed_sync"
