from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from kpis.models import Plant, ShiftComponents, StaleDay
from kpis.rollup import mark_spans, refresh
from mfgportal.accounts.audit import changes_of
from mfgportal.accounts.models import Role
from sync.connectors.base import Check
from sync.errors import SourceRefused
from sync.models import Ownership, Source
from sync.plain_secrets import secrets_in
from tests.factories import stop
from tests.mfgportal.queue import LogIn, World, a_person, a_source

ADDRESSES = ("/sources/", "/sources/add/", "/sources/odoo/", "/sources/odoo/check/")
FORM = {
    "title": "Atlas Lyon",
    "name": "atlas-lyon",
    "connector": "atlas",
    "url": "https://atlas.example",
    "username": "sync@mfgportal.example",
    "password": " s3cret ",
    "options": "",
}


@pytest.mark.parametrize("address", [*ADDRESSES, "/plants/{plant}/settings/"])
def test_sources_are_for_administrators(world: World, as_user: LogIn, address: str) -> None:
    assert as_user(world.lead).get(address.format(plant=world.lyon.pk)).status_code == 403


@pytest.mark.parametrize("address", ["/sources/ownership/", "/sources/odoo/switch/"])
def test_changes_are_for_administrators_and_by_post(world: World, as_user: LogIn, address: str) -> None:
    assert as_user(world.lead).post(address).status_code == 403
    assert as_user(world.admin).get(address).status_code == 405


def test_a_source_is_added_with_its_streams_and_then_checked(world: World, as_user: LogIn) -> None:
    answer = as_user(world.admin).post("/sources/add/", FORM)
    assert (answer.status_code, answer["Location"]) == (302, "/sources/atlas-lyon/check/")
    added = Source.objects.get(name="atlas-lyon")
    assert added.password == " s3cret "
    assert added.streams.exists()


def test_a_form_with_errors_comes_back_with_them(world: World, as_user: LogIn) -> None:
    answer = as_user(world.admin).post("/sources/add/", FORM | {"url": "not an address", "options": "[1]"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Enter a valid URL." in page
    assert "Write an object" in page


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"api_key": "k"}, ["api_key"]),
        (
            {"proxy": {"Authorization": "Basic x"}, "auth_token": "t", "password": ""},
            ["proxy.Authorization", "auth_token"],
        ),
        ({"page_size": 5, "token_url": "/t", "keys": ["a"]}, []),
        ({"declaration": {"auth": {"type": "header", "name": "X", "value": "abc"}}}, ["auth.value"]),
        (
            {"declaration": {"auth": {"login": {"body": {"password": "p"}, "answer": {"token": "t"}}}}},
            ["auth.login.body.password"],
        ),
        (
            {"declaration": {"auth": {"token": "{api_key}"}, "headers": {"x-api-key": "abc"}}},
            ["headers.x-api-key"],
        ),
    ],
)
def test_secrets_among_options_are_found(given: dict[str, Any], names: list[str]) -> None:
    assert secrets_in(given) == names


def test_a_secret_is_taken_in_where_it_is_encrypted_alone(
    world: World, as_user: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PW", "secret")
    given = {"options": '{"client_secret": "s"}', "url": "https://ada:pw@atlas.example"}
    answer = as_user(world.admin).post("/sources/add/", FORM | given)
    assert answer.status_code == 422
    assert "client_secret looks like a secret" in answer.content.decode()
    assert "their own fields" in answer.content.decode()
    more = ["--connector=atlas", "--url=https://a.example", "--password-env=PW"]
    with pytest.raises(CommandError, match="looks like a secret"):
        call_command("source", "add", "a", *more, '--options={"token": "t"}')
    assert not Source.objects.filter(connector="atlas").exists()


def test_a_secret_is_never_shown_and_an_empty_field_keeps_it(world: World, as_user: LogIn) -> None:
    a_source("atlas", password="hidden one", api_key="hidden two")
    client = as_user(world.admin)
    page = client.get("/sources/atlas/").content.decode()
    assert "hidden one" not in page
    assert "hidden two" not in page
    assert page.count("Leave empty to keep the one we have.") == 2
    client.post("/sources/atlas/", FORM | {"name": "other", "password": "", "title": "New title"})
    kept = Source.objects.get(name="atlas")
    assert (kept.title, kept.password, kept.api_key) == ("New title", "hidden one", "hidden two")


def test_a_check_says_what_the_account_sees(world: World, as_user: LogIn) -> None:
    result = Check(version="Odoo 19.0", visible={"productivity": 1234}, warnings=("No stage is visible.",))
    with patch("mfgportal.web.sources.check", return_value=result):
        page = as_user(world.admin).get("/sources/odoo/check/").content.decode()
    assert "Odoo 19.0" in page
    assert "1,234" in page
    assert "No stage is visible." in page


def test_a_refusal_is_shown_in_its_own_words(world: World, as_user: LogIn) -> None:
    with patch(
        "mfgportal.web.sources.check", side_effect=SourceRefused("The password is wrong: set it again.")
    ):
        page = as_user(world.admin).get("/sources/odoo/check/").content.decode()
    assert "The password is wrong: set it again." in page


def test_a_source_is_paused_and_read_again(world: World, as_user: LogIn) -> None:
    client = as_user(world.admin)
    for enabled in (False, True):
        client.post("/sources/odoo/switch/")
        assert Source.objects.get(name="odoo").enabled is enabled


def test_the_system_of_record_is_chosen_among_those_that_offer_the_kind(world: World, as_user: LogIn) -> None:
    atlas = a_source("atlas")
    Ownership.objects.create(kind="plant", source=atlas)
    client = as_user(world.admin)
    client.post("/sources/ownership/", {"reason": "odoo", "equipment": "atlas"})
    owners = dict(Ownership.objects.values_list("kind", "source__name"))
    assert owners == {"reason": "odoo", "equipment": "atlas"}
    client.post("/sources/ownership/", {"reason": "nobody-knows"})
    assert dict(Ownership.objects.values_list("kind", "source__name")) == owners


def test_plant_settings_are_checked_and_have_its_days_computed_again(world: World, as_user: LogIn) -> None:
    client, address = as_user(world.admin), f"/plants/{world.lyon.pk}/settings/"
    form = {"timezone": "Europe/Berlin", "currency": "EUR", "micro_stop_s": "120", "calendar": ""}
    assert client.post(address, form | {"timezone": "Moon/Base"}).status_code == 422
    assert client.post(address, form | {"currency": "euro"}).status_code == 422
    assert client.post(address, form).status_code == 302
    world.lyon.refresh_from_db()
    assert (world.lyon.timezone, world.lyon.micro_stop_s) == ("Europe/Berlin", 120)
    assert not StaleDay.objects.filter(equipment=world.lathe).exists()


OVERLAP = ["breakdown", "planned_stop", "setup", "external", "quality", "speed", "micro_stop"]


def test_a_plant_orders_what_wins_where_records_overlap(world: World, as_user: LogIn) -> None:
    """A failure within a planned stop is planned, or not, as the plant says; its days follow."""
    day = datetime(2026, 3, 2, 8, tzinfo=UTC)
    stop(world.press, day, 120, "cleaning")
    stop(world.press, day, 60, "equipment-failure")
    now = timezone.now()
    mark_spans([(world.press.pk, day, day + timedelta(hours=2))], now)
    refresh(now)
    client, address = as_user(world.admin), f"/plants/{world.lyon.pk}/settings/"
    plain = {"timezone": "Europe/Paris", "currency": "EUR", "micro_stop_s": "300", "calendar": ""}
    places = {f"overlap_{n}": name for n, name in enumerate(OVERLAP, 1)}
    assert breakdown_minutes(world) == 0
    assert client.post(address, plain | places | {"overlap_1": "setup"}).status_code == 422
    assert client.post(address, plain | places).status_code == 302
    refresh(now)
    assert breakdown_minutes(world) == 60
    world.lyon.refresh_from_db()
    assert world.lyon.overlay == ",".join(OVERLAP)
    page = client.get(address).content.decode()
    assert '<option value="breakdown" selected>' in page
    (answer,) = client.get(f"/api/v1/kpis?kpi=breakdown_time&plant={world.lyon.pk}").json()
    said = {each["name"]: each["text"] for each in answer["assumptions"]}
    assert said["overlap"].startswith("not scheduled > breakdown > planned stop > ")
    assert said["micro_stop"].startswith("unplanned stops under 300 s")


def breakdown_minutes(world: World) -> float:
    return sum(row.breakdown_s for row in ShiftComponents.objects.filter(equipment=world.press)) / 60


def test_changes_of_a_plant_are_in_its_trail(world: World, as_user: LogIn) -> None:
    client, address = as_user(world.admin), f"/plants/{world.lyon.pk}/settings/"
    form = {"timezone": "Europe/Paris", "currency": "EUR", "micro_stop_s": "120", "calendar": ""}
    client.post(address, form)
    (change,) = changes_of(Plant.objects.filter(pk=world.lyon.pk), most=1)
    assert (change.by, change.before, change.after) == ("admin", "300", "120")
    assert "Micro stop s" in client.get(address).content.decode()


def test_before_the_first_source_it_says_how_to_begin(db: None, as_user: LogIn) -> None:
    page = as_user(a_person("admin", Role.ADMIN)).get("/sources/").content.decode()
    assert "No source yet" in page


def test_a_field_gets_its_own_system_of_record_and_loses_it(world: World, as_user: LogIn) -> None:
    a_source("atlas")
    client = as_user(world.admin)
    client.post("/sources/ownership/", {"equipment": "atlas", "add_field": "equipment.calendar"})
    assert not Ownership.objects.exists()  # the source is missing
    given = {"equipment": "atlas", "add_field": "equipment.calendar", "add_source": "odoo"}
    client.post("/sources/ownership/", given)
    rows = set(Ownership.objects.values_list("kind", "field", "source__name"))
    assert rows == {("equipment", "", "atlas"), ("equipment", "calendar", "odoo")}
    page = client.get("/sources/").content.decode()
    assert 'name="equipment.calendar"' in page
    client.post("/sources/ownership/", {"equipment": "atlas", "equipment.calendar": ""})
    assert Ownership.objects.get().field == ""
