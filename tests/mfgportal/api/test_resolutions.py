"""Resolutions by the API: done once whatever is sent twice, kept with what they changed, and taken back."""

from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client

from mfgportal.accounts.models import Role
from mfgportal.api.models import KeptAnswer
from sync.models import Correction, ExceptionEvent, Rule
from tests.mfgportal.queue import LogIn, World, a_person, a_world, an_exception


def post(client: Client, address: str, body: dict[str, Any], key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"/api/v1/{address}", body, content_type="application/json", headers=headers)


def test_a_request_sent_twice_with_its_key_is_done_once(world: World, as_user: LogIn) -> None:
    client, address = as_user(world.lead), f"exceptions/{world.mine.pk}/dismiss"
    first = post(client, address, {"reason": "a test rig"}, "one")
    again = post(client, address, {"reason": "a test rig"}, "one")
    assert (first.status_code, again.status_code) == (200, 200)
    assert (first.json(), again["Idempotency-Replayed"]) == (again.json(), "true")
    assert world.mine.decisions.count() == 1
    assert ExceptionEvent.objects.filter(exception=world.mine, action="dismissed").count() == 1
    without = post(client, address, {"reason": "a test rig"})
    assert (without.status_code, without["Content-Type"]) == (409, "application/problem+json")


def test_a_key_is_good_for_one_request_of_one_person(world: World, as_user: LogIn) -> None:
    client, address = as_user(world.lead), f"exceptions/{world.mine.pk}/dismiss"
    assert post(client, address, {"reason": "one"}, "k").status_code == 200
    other = post(client, address, {"reason": "other"}, "k")
    assert (other.status_code, other.json()["title"]) == (422, "Unprocessable Entity")
    assert post(as_user(world.admin), address, {"reason": "other"}, "k").status_code == 409
    assert post(client, address, {"reason": "x"}, "k" * 256).status_code == 400


def test_a_refusal_is_kept_and_a_request_under_way_is_waited_for(world: World, as_user: LogIn) -> None:
    client, address = as_user(world.lead), f"exceptions/{world.mine.pk}/take"
    body = {"source": "odoo", "reason": "x"}
    first, again = post(client, address, body, "k"), post(client, address, body, "k")
    assert (first.status_code, again.status_code, first.json()) == (400, 400, again.json())
    assert again["Content-Type"] == "application/problem+json"
    KeptAnswer.objects.update(status=None)
    assert post(client, address, body, "k").status_code == 409


def test_a_rule_is_previewed_saved_listed_and_revoked(world: World, as_user: LogIn) -> None:
    client, address = as_user(world.admin), f"exceptions/{world.mine.pk}/rule"
    body = {"what": "key", "pattern": "PRS-*", "canonical_id": world.press.pk}
    found = post(client, f"{address}/preview", body).json()
    assert (found["settles"], found["against"]) == (2, 0)
    assert not Rule.objects.exists()
    assert post(client, address, body | {"reason": "all presses"}).status_code == 200
    (row,) = client.get("/api/v1/rules").json()["results"]
    assert (row["pattern"], row["author"], row["revoked_at"]) == ("PRS-*", "admin", None)
    assert post(as_user(world.lead), address, body | {"reason": "x"}).status_code == 403
    assert post(client, f"rules/{row['id']}/revoke", {}, "r").json()["status"] == "revoked"
    assert post(client, f"rules/{row['id']}/revoke", {}, "r").status_code == 200
    assert post(client, f"rules/{row['id']}/revoke", {}).status_code == 409


def test_overrides_of_another_plant_are_neither_seen_nor_revoked(world: World, as_user: LogIn) -> None:
    for exception, key in ((world.mine, "x/1"), (world.theirs, "x/2")):
        Correction.objects.create(
            source=world.source, external_key=key, field="end", value="b", original="a", reason="typo",
            author="ann", exception=exception,
        )  # fmt: skip
    client = as_user(world.lead)
    assert [row["external_key"] for row in client.get("/api/v1/overrides").json()["results"]] == ["x/1"]
    mine, theirs = Correction.objects.order_by("external_key")
    assert post(client, f"overrides/{theirs.pk}/revoke", {}).status_code == 404
    assert post(client, f"overrides/{mine.pk}/revoke", {}).status_code == 200
    manager = as_user(a_person("manager", Role.PLANT_MANAGER, world.lyon))
    assert post(manager, f"overrides/{mine.pk}/revoke", {}).status_code == 403


def test_a_decision_is_answered_with_the_kpis_it_changes(world: World, as_user: LogIn) -> None:
    world.mine.equipment = world.press
    world.mine.save()
    client = as_user(world.lead)
    done = post(client, f"exceptions/{world.mine.pk}/dismiss", {"reason": "no machine"}).json()
    (row,) = client.get(f"/api/v1/exceptions/{world.mine.pk}/decisions").json()
    assert (row["id"], row["by"], row["machines"]) == (done["decision"], "lead", [world.press.pk])
    assert {"downtime", "failures"} <= set(row["before"])
    assert client.get(f"/api/v1/exceptions/{world.theirs.pk}/decisions").status_code == 404


def test_a_split_and_a_merge_of_what_cannot_be_are_refused(world: World, as_user: LogIn) -> None:
    client = as_user(world.lead)
    address = f"exceptions/{world.mine.pk}"
    assert post(client, f"{address}/split", {"group": "month:2026-03", "reason": "x"}).status_code == 400
    assert post(client, f"{address}/merge", {"keep": 1, "reason": "x"}).status_code == 400


def test_money_is_shown_to_those_who_see_costs(world: World, as_user: LogIn) -> None:
    an_exception(
        world.stream, title="Dear", kpi_minutes=60, money=600, currency="EUR", context={"n": str(uuid4())}
    )
    integrator = as_user(a_person("integrator", Role.INTEGRATOR))
    costs = {
        name: client.get("/api/v1/exceptions", {"q": "Dear"}).json()["results"][0]["cost"]
        for name, client in (("lead", as_user(world.lead)), ("integrator", integrator))
    }
    assert costs["lead"] == 600
    assert costs["integrator"] is None


@pytest.mark.django_db(transaction=True)
def test_the_same_request_twice_at_the_same_moment_is_done_once(as_user: LogIn) -> None:
    world = a_world()
    address, clients = f"exceptions/{world.mine.pk}/dismiss", [as_user(world.lead) for _ in range(4)]
    together, statuses = Barrier(len(clients), timeout=20), list[int]()

    def send(client: Client) -> None:
        together.wait()
        statuses.append(post(client, address, {"reason": "rig"}, "same").status_code)
        connections.close_all()

    senders = [Thread(target=send, args=[client]) for client in clients]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(timeout=60)
    assert len(statuses) == len(clients)
    assert set(statuses) <= {200, 409}
    assert 200 in statuses
    assert world.mine.decisions.count() == 1
    assert post(clients[0], address, {"reason": "rig"}, "same").status_code == 200
