"""A declared source through the engine: from its API to the facts, and what changes with its declaration."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from kpis.models import Downtime, Equipment, Labour, PartUse, Plant, WorkOrder
from sync.connectors.declared.classes import declaration_in, shipped
from sync.connectors.rest.connector import RestConnector
from sync.errors import SourceRefused
from sync.models import Source, Stream, SyncException, SyncRun
from sync.run import run_stream
from sync.sources import add_source, class_of, offers, record_url, specs_of
from tests.sync.connectors.rest import maintainx
from tests.sync.connectors.rest.lists import Api, serving


def maintainx_declaration() -> dict[str, Any]:
    return declaration_in(RestConnector, shipped(RestConnector)["maintainx"])


@pytest.fixture
def api() -> Api:
    return maintainx.stand_in()


@pytest.fixture
def source(db: None, api: Api) -> Iterator[Source]:
    with serving(api.answer) as server:
        yield add("mx", server.url + maintainx.BASE, maintainx_declaration())


def add(name: str, url: str, declaration: dict[str, Any]) -> Source:
    options = {"declaration": declaration, "requests_per_minute": 10**6}
    return add_source(name=name, title="MX", connector="rest", url=url, api_key="key-1", options=options)


def synced(source: Source) -> None:
    for stream in source.streams.filter(enabled=True).order_by("rank"):
        run = run_stream(stream.pk)
        assert run is not None
        assert (run.status, run.error) == (SyncRun.Status.DONE, "")


def test_from_the_api_to_the_facts(source: Source, api: Api) -> None:
    synced(source)
    assert set(Plant.objects.values_list("name", "timezone")) == {
        ("Place 1", "Europe/Paris"),
        ("Place 4", "Europe/Paris"),
    }
    assert Equipment.objects.count() == 4
    assert WorkOrder.objects.count() == 12
    assert Labour.objects.count() == 12
    assert PartUse.objects.count() == 6
    assert Downtime.objects.count() == 2
    told = set(SyncException.objects.values_list("title", flat=True))
    assert told == {f"Unknown product: B-{part}" for part in (1, 2, 3)}  # no ERP is read here


def test_time_logged_in_an_order_never_waits_for_it(source: Source, api: Api) -> None:
    synced(source)
    assert not SyncException.objects.filter(
        kind__in=("unmapped_key", "orphan"), external_key__startswith="workorder/"
    ).exists()


def test_time_taken_out_of_an_order_is_taken_back(source: Source, api: Api) -> None:
    synced(source)
    order = api.lists["/v1/workorders"][2]
    order["timeItems"], order["updatedAt"] = [], maintainx.moment(1)
    synced(source)
    assert Labour.objects.filter(deleted_at=None).count() == 11
    order["deletedAt"] = maintainx.moment(0)
    synced(source)
    assert WorkOrder.objects.filter(deleted_at=None).count() == 11


def test_an_unknown_constant_waits_in_the_queue_and_the_rest_goes_on(source: Source, api: Api) -> None:
    api.lists["/v1/workorders"][2]["status"] = "ARCHIVED"
    synced(source)
    assert WorkOrder.objects.count() == 11
    found = SyncException.objects.get(kind="rejected_value")
    assert "status: wanted one of CANCELED, DONE, IN_PROGRESS" in found.message
    assert found.context["field"] == "payload.status"


def test_a_missing_field_stops_its_stream_alone(source: Source, api: Api) -> None:
    for row in api.lists["/v1/parts"]:
        del row["barcode"]
    runs = {stream.name: run_stream(stream.pk) for stream in source.streams.order_by("rank")}
    failed = {name for name, run in runs.items() if run and run.status == SyncRun.Status.FAILED}
    assert failed == {"parts"}
    assert (
        "barcode: expected string, found no such field"
        in SyncException.objects.get(kind="schema_drift").message
    )


def test_streams_follow_the_declaration(source: Source) -> None:
    declaration = maintainx_declaration()
    shorter = copy.deepcopy(declaration)
    parts = shorter["streams"].pop("parts")
    shorter["streams"]["spares"] = {**parts, "title": "Spares"}
    shorter["streams"]["users"]["title"] = "Staff"
    again = add("mx", source.url, shorter)
    assert Stream.objects.get(source=again, name="parts").enabled is False
    assert Stream.objects.get(source=again, name="spares").enabled is True
    assert Stream.objects.get(source=again, name="users").title == "Staff"
    add("mx", source.url, declaration)
    assert Stream.objects.get(source=again, name="parts").enabled is True
    assert Stream.objects.get(source=again, name="spares").enabled is False


def test_a_declaration_is_checked_before_it_is_kept(source: Source) -> None:
    wrong = maintainx_declaration()
    wrong["streams"]["parts"]["records"][0]["kind"] = "spare"
    with pytest.raises(SourceRefused, match=r"streams\.parts\.records\[0\]: input tag 'spare'"):
        add("mx", source.url, wrong)
    assert class_of(Source.objects.get(name="mx")).streams["parts"].kinds == ("part",)
    with pytest.raises(SourceRefused, match="none yet"):
        add_source(name="other", title="O", connector="rest", url=source.url)
    assert not Source.objects.filter(name="other").exists()


def test_pages_stand_while_a_kept_declaration_is_broken(source: Source) -> None:
    Source.objects.update(options={"declaration": {"system": "x"}})
    broken = Source.objects.get(name="mx")
    assert (specs_of(broken), offers(broken), record_url("mx", "asset/1")) == ({}, frozenset(), "")
    run = run_stream(broken.streams.get(name="parts").pk)
    assert run is not None
    assert "streams: is missing" in run.error
