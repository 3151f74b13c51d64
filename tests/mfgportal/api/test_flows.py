import json
from typing import Any

import pytest
from django.test import Client

from sync.models import Ownership, Stream
from tests.mfgportal.queue import LogIn, World


def patch(client: Client, world: World, **policy: Any) -> Any:
    address = f"/api/v1/sync/streams/{world.stream.pk}"
    return client.patch(address, json.dumps(policy), content_type="application/json")


def test_a_stream_tells_its_policy_and_its_systems_of_record(world: World, as_user: LogIn) -> None:
    Ownership.objects.create(kind="run", source=world.source)
    row = as_user(world.lead).get(f"/api/v1/sync/streams/{world.stream.pk}").json()
    assert (row["source"], row["name"], row["every_s"], row["criticality"]) == (
        "odoo", "productivity", 60, "normal",
    )  # fmt: skip
    assert {"kind": "run", "system_of_record": "odoo"} in row["records"]
    assert {"kind": "downtime", "system_of_record": None} in row["records"]
    assert as_user(world.lead).get("/api/v1/sync/streams/99999").status_code == 404


def test_an_administrator_changes_what_is_given_and_the_rest_stays(world: World, as_user: LogIn) -> None:
    client = as_user(world.admin)
    row = patch(client, world, acceptable_delay_s=3600, refresh_every_s=7200).json()
    assert (row["acceptable_delay_s"], row["refresh_every_s"], row["every_s"]) == (3600, 7200, 60)
    assert row["changes"][0]["by"] == "admin"
    assert patch(client, world, refresh_every_s=None).json()["refresh_every_s"] is None
    assert patch(client, world, enabled=False).json()["enabled"] is False
    assert not Stream.objects.get(pk=world.stream.pk).enabled


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        ({"every_s": 1}, "every_s"),
        ({"every_s": "often"}, "every_s"),
        ({"acceptable_delay_s": 5}, "acceptable_delay_s"),
        ({"refresh_every_s": 0}, "refresh_every_s"),
        ({"criticality": "immense"}, "criticality"),
        ({"reconciliation": "magic"}, "reconciliation"),
        ({"enabled": "perhaps"}, "enabled"),
    ],
)
def test_what_cannot_hold_is_told_by_field(
    world: World, as_user: LogIn, policy: dict[str, Any], field: str
) -> None:
    answer = patch(as_user(world.admin), world, **policy)
    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == [field]
    assert Stream.objects.get(pk=world.stream.pk).every_s == 60


def test_others_may_not(world: World, as_user: LogIn) -> None:
    assert patch(as_user(world.lead), world, every_s=30).status_code == 403
    assert patch(Client(), world, every_s=30).status_code == 401
    assert Stream.objects.get(pk=world.stream.pk).every_s == 60
