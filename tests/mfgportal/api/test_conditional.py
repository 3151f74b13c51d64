"""What has not changed is not sent again, and is nobody else's."""

import pytest
from django.test import Client

from kpis.models import Plant
from tests.mfgportal.queue import LogIn, World, an_exception


@pytest.mark.parametrize("address", ["plants", "exceptions", "kpis/catalogue", "equipment", "sync/runs"])
def test_a_list_that_is_known_comes_as_304(world: World, as_user: LogIn, address: str) -> None:
    client = as_user(world.admin)
    first = client.get(f"/api/v1/{address}")
    again = client.get(f"/api/v1/{address}", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert client.get(f"/api/v1/{address}", headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_list_that_changed_comes_anew(world: World, as_user: LogIn) -> None:
    client = as_user(world.admin)
    plants, queue = client.get("/api/v1/plants"), client.get("/api/v1/exceptions")
    Plant.objects.filter(pk=world.lyon.pk).update(name="Lyons")
    an_exception(world.stream)
    for address, before in (("plants", plants), ("exceptions", queue)):
        after = client.get(f"/api/v1/{address}", headers={"If-None-Match": before["ETag"]})
        assert after.status_code == 200
        assert after["ETag"] != before["ETag"]


def test_answers_are_kept_by_the_client_alone(world: World, as_user: LogIn) -> None:
    answer = as_user(world.admin).get("/api/v1/plants")
    assert {part.strip() for part in answer["Cache-Control"].split(",")} == {"private", "no-cache"}
    assert {"Accept", "Authorization", "Cookie"} <= {part.strip() for part in answer["Vary"].split(",")}
    refused = Client().get("/api/v1/plants")
    assert (refused["Cache-Control"], "ETag" in refused) == ("no-store", False)


def test_a_condition_that_fails_is_a_problem(world: World, as_user: LogIn) -> None:
    answer = as_user(world.admin).get("/api/v1/plants", headers={"If-Match": '"other"'})
    assert (answer.status_code, answer["Content-Type"]) == (412, "application/problem+json")
