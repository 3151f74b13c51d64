"""Saved views, preferences and the start page."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from mfgportal.accounts.models import Role, User
from mfgportal.habits.models import Preference, SavedView
from mfgportal.habits.views import page_address, views_of
from tests.mfgportal.queue import LogIn, World, a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(world: World, as_user: LogIn) -> Client:
    return as_user(world.lead)


def save(
    client: Client, name: str = "Night", address: str = "/maintenance/?type=preventive", **more: object
) -> SavedView:
    answer = client.post("/views/add/", {"name": name, "address": address, "plant": "", "role": ""} | more)
    assert answer.status_code == 302, answer.content.decode()
    return SavedView.objects.get(name=name)


def test_a_page_is_saved_with_its_state_and_listed_on_every_page(client: Client) -> None:
    form = client.get("/views/add/?page=%2Fmaintenance%2F%3Ftype%3Dpreventive").content.decode()
    assert 'value="/maintenance/?type=preventive"' in form
    save(client)
    assert 'href="/maintenance/?type=preventive"' in client.get("/glossary/").content.decode()


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/nowhere/",
     "/account/logout/", "/api/v1/kpis", "/views/", "/start/", ""],
)  # fmt: skip
def test_only_pages_of_the_portal_are_saved(client: Client, address: str) -> None:
    if address:
        with pytest.raises(ValidationError):
            page_address(address)
    answer = client.post("/views/add/", {"name": "x", "address": address})
    assert answer.status_code == 422
    assert not SavedView.objects.exists()


def test_a_view_is_renamed_and_deleted_by_its_owner_only(
    client: Client, world: World, as_user: LogIn
) -> None:
    view = save(client, role=Role.MAINTENANCE_LEAD)
    other = as_user(a_person("other", Role.MAINTENANCE_LEAD, world.lyon))
    assert b"Night" in other.get("/views/").content
    for path in (f"/views/{view.pk}/", f"/views/{view.pk}/delete/"):
        assert other.post(path, {"name": "Mine", "address": "/"}).status_code == 404
    client.post(f"/views/{view.pk}/", {"name": "Owls", "address": view.address, "role": "", "plant": ""})
    view.refresh_from_db()
    assert (view.name, view.shared) == ("Owls", False)
    assert b"Owls" not in other.get("/views/").content
    client.post(f"/views/{view.pk}/delete/")
    assert not SavedView.objects.exists()


def test_a_name_is_used_once(client: Client) -> None:
    save(client)
    assert client.post("/views/add/", {"name": "Night", "address": "/"}).status_code == 422


@pytest.mark.parametrize(
    ("plant", "role", "seen"),
    [
        (None, "", set()),
        ("lyon", "", {"near", "boss"}),
        (None, "plant_manager", {"near", "far"}),
        ("lyon", "plant_manager", {"near"}),
    ],
)
def test_a_shared_view_is_for_those_of_the_plant_and_the_role(
    world: World, plant: str | None, role: str, seen: set[str]
) -> None:
    SavedView.objects.create(
        owner=world.lead, name="x", address="/", plant=world.lyon if plant else None, role=role
    )
    people = [
        a_person("near", Role.PLANT_MANAGER, world.lyon),
        a_person("far", Role.PLANT_MANAGER, world.porto),
        a_person("boss", Role.EXECUTIVE),
    ]
    assert {user.username for user in people if views_of(user).exists()} == seen


def test_one_shares_with_ones_own_plants(client: Client, world: World) -> None:
    answer = client.post("/views/add/", {"name": "x", "address": "/", "plant": world.porto.pk, "role": ""})
    assert answer.status_code == 422


def test_the_start_page_is_a_view_else_the_default_plant_else_the_overview(
    client: Client, world: World
) -> None:
    assert client.get("/start/")["Location"] == "/"
    client.post("/account/preferences/", {"default_plant": world.lyon.pk, "theme": "dark", "shortcuts": "on"})
    assert client.get("/start/")["Location"] == f"/plants/{world.lyon.pk}/"
    view = save(client)
    client.post(f"/views/{view.pk}/start/")
    assert client.get("/start/")["Location"] == view.address
    client.post(f"/views/{view.pk}/start/")
    assert client.get("/start/")["Location"] == f"/plants/{world.lyon.pk}/"


def test_a_start_page_no_longer_shared_is_forgotten(world: World, as_user: LogIn) -> None:
    view = SavedView.objects.create(owner=world.admin, name="x", address="/monitor/", plant=world.lyon)
    Preference.objects.create(user=world.lead, start_view=view, default_plant=world.porto)
    client = as_user(world.lead)
    assert client.get("/start/")["Location"] == "/monitor/"
    view.plant = None
    view.save()
    assert client.get("/start/")["Location"] == "/"


def test_the_default_plant_is_where_navigation_leads(client: Client, world: World) -> None:
    Preference.objects.create(user=world.lead, default_plant=world.lyon, theme="dark")
    text = client.get("/glossary/").content.decode()
    for address in (f"/plants/{world.lyon.pk}/", f"/maintenance/?plant={world.lyon.pk}"):
        assert f'href="{address}"' in text
    assert 'data-theme="dark"' in text
    assert client.get("/maintenance/").status_code == 200


def test_preferences_offer_ones_own_plants_and_views(client: Client, world: World) -> None:
    hidden = SavedView.objects.create(owner=world.admin, name="hidden", address="/")
    for given in ({"default_plant": world.porto.pk}, {"start_view": hidden.pk}):
        assert client.post("/account/preferences/", given).status_code == 422


def test_shortcuts_can_be_switched_off(client: Client, world: World) -> None:
    assert "data-off" not in client.get("/glossary/").content.decode()
    client.post("/account/shortcuts/", {"shortcuts": "off"})
    assert "data-off" in client.get("/glossary/").content.decode()
    assert not User.objects.get(pk=world.lead.pk).preference.shortcuts
