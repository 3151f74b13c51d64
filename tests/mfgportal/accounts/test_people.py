"""What an administrator does with people."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from knox.models import AuthToken

from mfgportal.accounts.keys import make_key
from mfgportal.accounts.models import Role, User
from tests.mfgportal.accounts.conftest import Type
from tests.mfgportal.queue import a_person, a_plant

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return a_person("ada", Role.ADMIN)


def test_an_invited_person_sets_a_password_and_logs_in(admin: User, as_user: Any, typed: Type) -> None:
    lyon = a_plant("Lyon")
    given = {"username": "max", "email": "max@plant.example", "role": "plant_manager", "plants": [lyon.pk]}
    as_user(admin).post("/account/users/invite/", given)
    user = User.objects.get(username="max")
    assert list(user.plants.all()) == [lyon]
    assert not user.has_usable_password()
    (sent,) = mail.outbox
    assert sent.to == ["max@plant.example"]
    link = re.search(r"http://[^/]+(/account/\S+)", str(sent.body))
    assert link
    client = Client()
    form = client.get(link[1]).headers["Location"]
    new = {"password1": "quarterly-kestrel-9", "password2": "quarterly-kestrel-9"}
    assert client.post(form, new).status_code == 302
    assert typed(client, "max@plant.example", new["password1"]).status_code == 302
    assert "used before" in Client().get(link[1]).content.decode()


def test_a_role_with_plants_wants_plants_and_an_address_is_unique(admin: User, as_user: Any) -> None:
    a_person("eve", Role.EXECUTIVE)
    User.objects.filter(username="eve").update(email="eve@plant.example")
    given = {"username": "max", "email": "EVE@plant.example", "role": "plant_manager"}
    answer = as_user(admin).post("/account/users/invite/", given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "sees no plant but those chosen" in page
    assert "Somebody else has this address" in page
    assert not mail.outbox


def test_a_change_is_kept_and_in_the_trail(admin: User, as_user: Any) -> None:
    max_ = a_person("max", Role.EXECUTIVE)
    client = as_user(admin)
    given = {"username": "max", "email": "max@plant.example", "role": "integrator"}
    assert client.post(f"/account/users/{max_.pk}/", given).status_code == 302
    max_.refresh_from_db()
    assert max_.role == Role.INTEGRATOR
    page = client.get(f"/account/users/{max_.pk}/").content.decode()
    assert re.search(r"ada.*Role.*executive.*integrator", re.sub(r"\s+", " ", page))


def test_who_is_let_go_is_out_at_once_with_all_keys(admin: User, as_user: Any) -> None:
    max_ = a_person("max", Role.EXECUTIVE)
    at_work, (_, token) = as_user(max_), make_key(max_, "report", ["read:kpis"], days=9)
    AuthToken.objects.create(user=max_)
    as_user(admin).post(f"/account/users/{max_.pk}/switch/")
    assert at_work.get("/account/keys/").status_code == 302
    assert Client().get("/api/v1/plants", headers={"authorization": f"Token {token}"}).status_code == 401
    assert not AuthToken.objects.exists()


@pytest.mark.parametrize("how", ["switch", "role"])
def test_the_last_administrator_stays(admin: User, as_user: Any, how: str) -> None:
    client, given = as_user(admin), {"username": "ada", "email": "a@b.example", "role": "executive"}
    path = f"/account/users/{admin.pk}/"
    page = client.post(path + "switch/", follow=True) if how == "switch" else client.post(path, given)
    assert "only administrator" in page.content.decode()
    admin.refresh_from_db()
    assert (admin.is_active, admin.role) == (True, Role.ADMIN)
