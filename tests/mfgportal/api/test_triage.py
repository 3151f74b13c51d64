"""Triage by the API: the same acts, once for each key, within one's plants."""

from datetime import timedelta

from django.utils import timezone

from mfgportal.accounts.models import Role
from mfgportal.workbench import bulk
from mfgportal.workbench.models import Batch, BatchItem, Comment
from tests.mfgportal.api.test_resolutions import post
from tests.mfgportal.queue import LogIn, World, a_person


def test_one_is_assigned_put_off_and_commented_once_for_each_key(world: World, as_user: LogIn) -> None:
    client, own = as_user(world.lead), f"exceptions/{world.mine.pk}"
    assert post(client, f"{own}/assign", {"assignee": "me"}).json()["assignee"] == "lead"
    assert post(client, f"{own}/assign", {"assignee": "ghost"}).status_code == 400
    for _ in range(2):
        assert post(client, f"{own}/comments", {"text": "Seen."}, "once").status_code == 200
    assert Comment.objects.count() == 1
    assert client.get(f"/api/v1/{own}/comments").json()["results"][0]["text"] == "Seen."
    until = (timezone.now() + timedelta(days=1)).isoformat()
    assert post(client, f"{own}/snooze", {"until": until}).status_code == 200
    assert post(client, f"{own}/snooze", {"until": "2001-01-01T00:00:00Z"}).status_code == 400
    rows = client.get("/api/v1/exceptions").json()["results"]
    assert [row["id"] for row in rows] == [world.nobodys.pk]
    (row,) = client.get("/api/v1/exceptions?snoozed=only&assignee=me").json()["results"]
    assert (row["id"], row["assignee"]) == (world.mine.pk, "lead")
    assert post(client, f"{own}/link", {"other": world.theirs.pk, "kind": "related"}).status_code == 400


def test_many_are_previewed_started_and_undone(world: World, as_user: LogIn) -> None:
    client = as_user(world.lead)
    body = {"act": "dismiss", "reason": "rig", "ids": [world.mine.pk, world.theirs.pk]}
    made = post(client, "exceptions/batches", body, "b").json()
    assert (made["takes"], made["state"]) == (1, "preview")
    assert post(client, "exceptions/batches", body, "b").json()["id"] == made["id"]
    address = f"exceptions/batches/{made['id']}"
    assert post(client, f"{address}/undo", {}).status_code == 409
    assert post(client, f"{address}/start", {}).json()["state"] == "queued"
    bulk.work(made["id"])
    assert client.get(f"/api/v1/{address}").json()["done"] == 1
    assert as_user(world.admin).get(f"/api/v1/{address}").status_code == 404
    assert post(client, f"{address}/undo", {}).json()["state"] == "undoing"
    bulk.work(made["id"])
    world.mine.refresh_from_db()
    assert (world.mine.status, Batch.objects.get().state) == ("open", "undone")
    found = client.get("/api/v1/exceptions/measures").json()
    assert sum(band["count"] for band in found["open_by_age"]) == 2


def test_all_that_match_a_filter_are_taken_as_on_the_page(world: World, as_user: LogIn) -> None:
    client = as_user(world.lead)
    body = {"act": "dismiss", "reason": "rig", "filter": {"kind": world.mine.kind}}
    made = post(client, "exceptions/batches", body)
    assert (made.status_code, made.json()["takes"]) == (200, 1)
    assert BatchItem.objects.get().exception_id == world.mine.pk
    for wrong in ({"filter": {"kin": "x"}}, {"ids": [1], "filter": {}}, {}):
        assert post(client, "exceptions/batches", {"act": "retry", **wrong}).status_code == 400
    post(client, f"exceptions/batches/{made.json()['id']}/start", {})
    assert [row["id"] for row in client.get("/api/v1/exceptions/batches").json()] == [made.json()["id"]]


def test_what_the_page_offers_is_offered_here_too(world: World, as_user: LogIn) -> None:
    client, own = as_user(world.lead), f"/api/v1/exceptions/{world.mine.pk}"
    ways = client.get(f"{own}/ways", {"q": "Press"}).json()
    assert {"map", "create", "dismiss"} <= set(ways["resolutions"])
    assert "rule" not in ways["resolutions"]
    assert [each["canonical_id"] for each in ways["targets"]] == [world.press.pk]
    assert post(client, f"exceptions/{world.mine.pk}/link", {"other": world.nobodys.pk, "kind": "related"})
    (link,) = client.get(f"{own}/links").json()
    assert link["other_id"] == world.nobodys.pk
    gone = f"exceptions/{world.nobodys.pk}/links/{link['id']}/remove"
    assert [post(client, gone, {}, "u").status_code for _ in range(2)] == [200, 200]
    assert client.get(f"{own}/links").json() == []
    assert "unlinked" in {event["action"] for event in client.get(f"{own}/history").json()}
    causes = client.get("/api/v1/exceptions/causes").json()
    assert sum(each["exceptions"] for each in causes) == 2
    given = {"at": "07:00", "clock_id": world.lyon.pk}
    assert post(client, "exceptions/digest", given).json()["clock_id"] == world.lyon.pk
    assert post(client, "exceptions/digest", {"at": None}).json()["at"] is None
    assert post(client, "exceptions/digest", given | {"clock_id": world.porto.pk}).status_code == 400
    manager = as_user(a_person("boss", Role.PLANT_MANAGER, world.lyon))
    assert manager.get(f"{own}/ways").json()["resolutions"] == []
