from typing import Any

import pytest

from kpis.models import Reason
from mfgportal.accounts.models import Role
from sync.exceptions import dismiss, naming
from tests.mfgportal.queue import LogIn, World, a_disagreement, a_person, an_exception


def titles(answer: Any) -> list[str]:
    return [row["title"] for row in answer.json()["results"]]


def test_the_queue_holds_what_is_mine_and_nobodys_most_harmful_first(world: World, as_user: LogIn) -> None:
    answer = as_user(world.lead).get("/api/v1/exceptions")
    assert titles(answer) == ["Unknown machine in Lyon", "Odoo does not answer"]
    first = answer.json()["results"][0]
    assert (first["held"], first["count"], first["status"], first["source_name"]) == (3, 1, "open", "odoo")
    assert titles(as_user(world.admin).get("/api/v1/exceptions"))[0] == "Unknown machine in Porto"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"kind": "source_unavailable"}, 1),
        ({"status": "resolved"}, 0),
        ({"status": "any"}, 3),
        ({"source": "odoo"}, 3),
        ({"source": "atlas"}, 0),
        ({"q": "porto"}, 1),
        ({"q": "workcenter/none"}, 0),
    ],
)
def test_the_queue_is_filtered(world: World, as_user: LogIn, query: dict[str, str], found: int) -> None:
    assert as_user(world.admin).get("/api/v1/exceptions", query).json()["count"] == found


def test_one_exception_shows_its_context_and_none_of_another_plant(world: World, as_user: LogIn) -> None:
    client = as_user(world.lead)
    assert client.get(f"/api/v1/exceptions/{world.mine.pk}").json()["context"]["ref"]["kind"] == "equipment"
    assert client.get(f"/api/v1/exceptions/{world.theirs.pk}").status_code == 404


ACTIONS = [
    ("map", {"canonical_id": 1}),
    ("correct", {"external_key": "x/1", "field": "end", "value": None, "reason": "typo"}),
    ("take", {"source": "odoo", "reason": "test"}),
    ("dismiss", {"reason": "test"}),
    ("retry", {}),
]


@pytest.mark.parametrize(("action", "body"), ACTIONS)
def test_a_role_that_only_looks_resolves_nothing(
    world: World, as_user: LogIn, action: str, body: dict[str, Any]
) -> None:
    manager = a_person("manager", Role.PLANT_MANAGER, world.lyon)
    address = f"/api/v1/exceptions/{world.mine.pk}/{action}"
    answer = as_user(manager).post(address, body, content_type="application/json")
    assert answer.status_code == 403
    assert "Plant manager" in answer.json()["detail"]


@pytest.mark.parametrize(("action", "body"), ACTIONS)
def test_nothing_of_another_plant_is_resolved(
    world: World, as_user: LogIn, action: str, body: dict[str, Any]
) -> None:
    address = f"/api/v1/exceptions/{world.theirs.pk}/{action}"
    assert as_user(world.lead).post(address, body, content_type="application/json").status_code == 404


def test_a_key_is_not_mapped_to_a_machine_of_another_plant(world: World, as_user: LogIn) -> None:
    address = f"/api/v1/exceptions/{world.mine.pk}/map"
    body = {"canonical_id": world.lathe.pk}
    answer = as_user(world.lead).post(address, body, content_type="application/json")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "canonical_id")


def test_many_rows_are_left_to_a_worker_and_said_to_be(
    world: World, as_user: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(naming, "INLINE", 2)
    address = f"/api/v1/exceptions/{world.mine.pk}/map"
    body = {"canonical_id": world.press.pk}
    answer = as_user(world.lead).post(address, body, content_type="application/json")
    said = {"id": world.mine.pk, "status": "resolved", "released": 0, "left": 3}
    assert answer.json() == said | {"decision": world.mine.decisions.get().pk}


def test_a_new_reason_needs_its_loss_class(world: World, as_user: LogIn) -> None:
    ref = {"kind": "reason", "key": "loss/9", "codes": ["Sonstiges"], "label": "Sonstiges"}
    unknown = an_exception(world.stream, context={"ref": ref}, title="Unknown reason")
    client, address = as_user(world.lead), f"/api/v1/exceptions/{unknown.pk}/map"
    answer = client.post(address, {"canonical_id": None}, content_type="application/json")
    assert (answer.status_code, "loss tree" in answer.content.decode()) == (400, True)
    answer = client.post(
        address, {"canonical_id": None, "loss_class": "lunch"}, content_type="application/json"
    )
    assert answer.status_code == 400
    answer = client.post(
        address, {"canonical_id": None, "loss_class": "external"}, content_type="application/json"
    )
    assert answer.json()["status"] == "resolved"
    assert Reason.objects.get(name="Sonstiges").loss_class == "external"


def test_only_a_side_can_be_taken(world: World, as_user: LogIn) -> None:
    mismatch = an_exception(world.stream, kind="status_mismatch", context=a_disagreement())
    client, address = as_user(world.lead), f"/api/v1/exceptions/{mismatch.pk}/take"
    answer = client.post(address, {"source": "sap", "reason": "Sure."}, content_type="application/json")
    assert (answer.status_code, "none of the sides" in answer.content.decode()) == (400, True)
    assert client.post(address, {"source": "odoo"}, content_type="application/json").status_code == 400


def test_dismissing_needs_a_reason_and_closes(world: World, as_user: LogIn) -> None:
    client, address = as_user(world.lead), f"/api/v1/exceptions/{world.mine.pk}/dismiss"
    assert client.post(address, {}, content_type="application/json").status_code == 400
    answer = client.post(address, {"reason": "Scrapped machine"}, content_type="application/json")
    said = {"id": world.mine.pk, "status": "dismissed", "released": 0, "left": 0}
    assert answer.json() == said | {"decision": world.mine.decisions.get().pk}


def test_who_comes_second_gets_a_conflict(world: World, as_user: LogIn) -> None:
    dismiss(world.mine, reason="Faster", by="admin")
    address = f"/api/v1/exceptions/{world.mine.pk}/dismiss"
    answer = as_user(world.lead).post(address, {"reason": "Slower"}, content_type="application/json")
    assert (answer.status_code, answer.json()["title"]) == (409, "Conflict")
