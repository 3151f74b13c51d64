import pytest

from tests.mfgportal.queue import LogIn, World


def test_a_person_gets_the_plants_of_their_scope_and_an_admin_all(world: World, as_user: LogIn) -> None:
    mine = as_user(world.lead).get("/api/v1/plants").json()
    assert [row["name"] for row in mine["results"]] == ["Lyon"]
    assert mine["results"][0]["timezone"] == "Europe/Paris"
    assert as_user(world.admin).get("/api/v1/plants").json()["count"] == 2


def test_lines_and_equipment_are_scoped_even_when_the_filter_names_another_plant(
    world: World, as_user: LogIn
) -> None:
    client = as_user(world.lead)
    for name in ("lines", "equipment"):
        assert client.get(f"/api/v1/{name}").json()["count"] == 1
        assert client.get(f"/api/v1/{name}", {"plant": world.porto.pk}).json()["count"] == 0


@pytest.mark.parametrize(
    ("query", "found"),
    [({"q": "lat"}, 1), ({"work_unit": "false"}, 0), ({"work_unit": "true"}, 2), ({"q": "PRESS-1"}, 1)],
)
def test_equipment_is_filtered(world: World, as_user: LogIn, query: dict[str, str], found: int) -> None:
    assert as_user(world.admin).get("/api/v1/equipment", query).json()["count"] == found


def test_one_machine_by_id_and_none_of_another_plant(world: World, as_user: LogIn) -> None:
    client = as_user(world.lead)
    row = client.get(f"/api/v1/equipment/{world.press.pk}").json()
    assert (row["name"], row["plant_id"], row["work_unit"]) == ("Press 1", world.lyon.pk, True)
    answer = client.get(f"/api/v1/equipment/{world.lathe.pk}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_rows_come_in_pages_whose_addresses_lead_on(world: World, as_user: LogIn) -> None:
    client = as_user(world.admin)
    first = client.get("/api/v1/plants", {"page_size": 1}).json()
    assert first["count"] == 2
    assert first["previous"] is None
    assert [row["name"] for row in client.get(first["next"]).json()["results"]] == ["Porto"]
