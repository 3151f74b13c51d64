"""Stops that gateways send: they take the way of all records, within the plants of the key."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from kpis.models import Downtime, Reason
from mfgportal.accounts.keys import make_key
from mfgportal.accounts.models import User
from mfgportal.accounts.scopes import Scope
from sync.exceptions import map_key
from sync.models import HeldRecord, RawRecord, Source, Stream, SyncException, SyncRun
from sync.replay import replay_rows
from sync.run import run_stream
from tests.factories import reason, standard_reasons
from tests.mfgportal.queue import World

EVENTS = "/api/v1/events"
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
STOP = {"external_key": "gw1/7", "machine": "press-1", "start": "2026-03-02T09:00:00+01:00"}


class Gateway:
    """A program with a key."""

    def __init__(self, owner: User, scope: str = Scope.WRITE_EVENTS, *plants: Any) -> None:
        token = make_key(owner, "Gateway", [scope], days=1, plants=plants)[1]
        self.client = Client(headers={"authorization": f"Token {token}"})

    def send(self, method: str = "post", path: str = "", key: str = "", **body: Any) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        ask = getattr(self.client, method)
        return ask(EVENTS + path, body, content_type="application/json", headers=headers)


@pytest.fixture
def gateway(world: World) -> Gateway:
    standard_reasons()
    return Gateway(world.admin)


def the_stop() -> Downtime:
    return Downtime.objects.get(source="api", deleted_at=None)


def test_a_stop_opens_closes_and_is_sent_twice(gateway: Gateway, world: World) -> None:
    opened = gateway.send(**STOP, reason="Equipment failure")
    assert opened.status_code == 201, opened.json()
    assert opened.headers["Location"] == "/api/v1/events/gw1/7"
    stop = the_stop()
    assert (stop.equipment, stop.reason, stop.start, stop.end) == (
        world.press,
        reason("equipment-failure"),
        START,
        None,
    )
    again = gateway.send(**STOP, reason="Equipment failure")
    assert (again.status_code, again.json()["change"]) == (200, "none")
    closed = gateway.send("patch", "/gw1/7", end="2026-03-02T08:30:00Z")
    assert (closed.status_code, closed.json()["change"], closed.json()["state"]) == (200, "changed", "loaded")
    assert the_stop().end == START + timedelta(minutes=30)
    assert the_stop().reason == reason("equipment-failure")
    raw = RawRecord.objects.get(stream__source__name="api")
    assert closed.json()["trace_id"] == str(the_stop().trace_id) == str(raw.trace_id)
    runs = SyncRun.objects.filter(stream=raw.stream).values_list("trigger", "status", "started_by")
    assert set(runs) == {("push", "done", world.admin.username)}
    put = gateway.send("put", "/gw1/7", machine_id=world.press.pk, start="2026-03-02T08:10:00Z")
    assert put.json()["reason"] == ""
    assert the_stop().end is None
    assert gateway.send("get", "/gw1/7").json()["start"] == "2026-03-02T08:10:00+00:00"


def test_one_idempotency_key_is_one_request(gateway: Gateway) -> None:
    first, second = (gateway.send(key="a", **STOP) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert first.json() == second.json()
    assert gateway.send(key="a", **STOP, note="another").status_code == 422


def test_older_messages_are_passed_over(gateway: Gateway) -> None:
    gateway.send(**STOP, end="2026-03-02T08:30:00Z", updated_at="2026-03-02T08:30:01Z")
    late = gateway.send(**STOP, updated_at="2026-03-02T08:00:01Z")
    assert (late.status_code, late.json()["change"]) == (200, "none")
    assert the_stop().end == START + timedelta(minutes=30)


def test_unknown_machine_waits_until_somebody_says_what_it_is(gateway: Gateway, world: World) -> None:
    sent = gateway.send(**STOP | {"machine": "M-77"})
    assert (sent.status_code, sent.json()["state"]) == (202, "waiting")
    (told,) = sent.json()["exceptions"]
    assert (told["kind"], told["title"]) == ("unmapped_key", "Unknown machine: M-77")
    assert not Downtime.objects.filter(source="api").exists()
    map_key(SyncException.objects.get(pk=told["id"]), canonical_id=world.press.pk, by="ada")
    assert gateway.send("get", "/gw1/7").json()["state"] == "loaded"
    double = gateway.send(**STOP | {"external_key": "gw1/8", "machine": "M-77"})
    assert [told["kind"] for told in double.json()["exceptions"]] == ["duplicate"]
    later = {"external_key": "gw1/9", "machine": "M-77", "start": "2026-03-02T11:00:00Z"}
    assert gateway.send(**STOP | later).status_code == 201


def test_unknown_reason_and_impossible_times_wait(gateway: Gateway) -> None:
    odd = gateway.send(**STOP, reason="Gremlins")
    assert odd.status_code == 202
    assert odd.json()["exceptions"][0]["title"] == "Unknown reason: Gremlins"
    exception = SyncException.objects.get(pk=odd.json()["exceptions"][0]["id"])
    map_key(exception, canonical_id=None, by="ada", loss_class="breakdown")
    assert the_stop().reason == Reason.objects.get(name="Gremlins")
    back = gateway.send("patch", "/gw1/7", end="2026-03-02T07:00:00Z")
    assert back.status_code == 202
    assert back.json()["exceptions"][0]["kind"] == "rejected_value"
    assert gateway.send("patch", "/gw1/7", end="2026-03-02T08:05:00Z").json()["exceptions"] == []
    assert the_stop().end == START + timedelta(minutes=5)
    assert not HeldRecord.objects.filter(raw__stream__source__name="api")


def test_replay_and_scheduled_runs_change_nothing(gateway: Gateway) -> None:
    gateway.send(**STOP)
    before = Downtime.objects.values().get()
    replay_rows(list(RawRecord.objects.filter(stream__source__name="api").values_list("pk", flat=True)))
    assert Downtime.objects.values().get() == before | {"loaded_at": the_stop().loaded_at}
    run = run_stream(Stream.objects.get(source__name="api").pk)
    assert run is not None
    assert (run.status, run.read, run.error) == ("done", 0, "")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"start": "2026-03-02T09:00:00"}, "start"),
        ({"start": "soon"}, "start"),
        ({"machine_id": 1}, "machine"),
        ({"external_key": "a\u2028b"}, "external_key"),
        ({"external_key": "x" * 101}, "external_key"),
        ({"updated_at": "2999-01-01T00:00:00Z"}, "updated_at"),
        ({"machine": None}, "machine"),
    ],
)
def test_bad_bodies_are_told_by_field(gateway: Gateway, body: dict[str, Any], field: str) -> None:
    answer = gateway.send(**STOP | body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in [error["parameter"] for error in answer.json()["errors"]]
    assert not RawRecord.objects.filter(stream__source__name="api").exists()


def test_a_key_of_a_plant_stays_in_it(gateway: Gateway, world: World) -> None:
    narrow, porto = Gateway(world.admin, Scope.WRITE_EVENTS, world.lyon), {**STOP, "machine": "LATHE-1"}
    refused = narrow.send(external_key="a", machine_id=world.lathe.pk, start="2026-03-02T08:00:00Z")
    assert refused.status_code == 400
    assert "may not see" in refused.json()["detail"]
    assert gateway.send(**porto).status_code == 201
    for method, path, body in (
        ("post", "", porto),
        ("patch", "/gw1/7", {"end": None}),
        ("get", "/gw1/7", {}),
    ):
        assert narrow.send(method, path, **body).status_code == 404
    # The code of another plant's machine is unknown here, and is never taken for that machine.
    mine = narrow.send(**porto | {"external_key": "gw2/1"})
    assert mine.status_code == 202
    assert HeldRecord.objects.filter(raw__external_key="downtime/gw2/1").exists()
    assert narrow.send("patch", "/gw2/1", end="2026-03-02T08:30:00Z").status_code == 202
    assert narrow.send(**STOP | {"external_key": "gw2/2"}).json()["equipment_id"] == world.press.pk


def test_scopes_and_rights(gateway: Gateway, world: World) -> None:
    assert Gateway(world.admin, Scope.READ_EVENTS).send(**STOP).status_code == 403
    assert gateway.send("get", "/none").status_code == 404
    gateway.send(**STOP)
    assert Gateway(world.lead, Scope.READ_EVENTS).send("get", "/gw1/7").status_code == 200


def test_a_paused_source_takes_nothing_in(gateway: Gateway) -> None:
    gateway.send(**STOP)
    Source.objects.filter(name="api").update(enabled=False)
    answer = gateway.send(**STOP, note="later")
    assert answer.status_code == 503
    assert "paused" in answer.json()["detail"]
