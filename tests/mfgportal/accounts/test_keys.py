"""Keys of programs: shown once, kept as hashes, scoped, narrowed to plants, expiring, revocable, counted."""

import re
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.cache.backends.locmem import LocMemCache
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.throttling import SimpleRateThrottle

from mfgportal.accounts.access import plants_of
from mfgportal.accounts.keys import make_key
from mfgportal.accounts.models import ApiKey, Role, User
from mfgportal.accounts.scopes import AREAS, WORDS, Scope, allows, scope_of
from tests.mfgportal.queue import a_person, a_plant

pytestmark = pytest.mark.django_db


def ask(token: str, path: str = "/api/v1/plants", method: str = "get") -> Any:
    return getattr(Client(), method)(path, headers={"authorization": f"Token {token}"})


def test_a_key_is_made_on_the_page_shown_once_and_kept_as_a_hash(as_user: Any) -> None:
    lyon, porto = a_plant("Lyon"), a_plant("Porto")
    lead = a_person("lea", Role.MAINTENANCE_LEAD, lyon)
    client = as_user(lead)
    given = {"name": "Spreadsheet", "scopes": ["read:kpis"], "days": "30", "plants": [porto.pk]}
    assert client.post("/account/keys/", given).status_code == 422  # a plant that is not hers
    answer = client.post("/account/keys/", given | {"plants": [lyon.pk]})
    assert "no-store" in answer.headers["Cache-Control"]
    token = re.search(r"mfg_k[0-9a-f]{64}", answer.content.decode())
    assert token
    assert ask(token[0]).json()["results"][0]["name"] == "Lyon"
    page = client.get("/account/keys/").content.decode()
    assert token[0] not in page
    assert token[0][:15] in page
    assert "never" not in page.split("Spreadsheet")[1].split("</tr>")[0]  # it was used
    kept = [*AuthToken.objects.values_list(), *ApiKey.objects.values_list()]
    assert token[0] not in str(kept)


def test_scopes_are_held_to_and_named_when_missing() -> None:
    admin = a_person("ada", Role.ADMIN)
    _, token = make_key(admin, "k", ["read:exceptions"], days=1)
    assert ask(token, "/api/v1/exceptions").status_code == 200
    refused = ask(token, "/api/v1/kpis")
    assert (refused.status_code, refused.json()["detail"]) == (403, "This key lacks the scope read:kpis.")
    assert ask(token, "/api/v1/exceptions/1/retry", "post").status_code == 403
    assert ask(token, "/api/schema/").status_code == 200


def test_a_key_never_has_more_than_its_owner() -> None:
    lyon, _ = a_plant("Lyon"), a_plant("Porto")
    manager = a_person("max", Role.PLANT_MANAGER, lyon)
    _, token = make_key(manager, "k", ["admin"], days=1)
    assert [row["name"] for row in ask(token).json()["results"]] == ["Lyon"]
    assert ask(token, "/api/v1/exceptions/1/retry", "post").status_code == 403
    User.objects.filter(pk=manager.pk).update(is_active=False)
    assert ask(token).status_code == 401


def test_a_plant_that_is_removed_opens_no_other() -> None:
    lyon, _ = a_plant("Lyon"), a_plant("Porto")
    admin = a_person("ada", Role.ADMIN)
    key, token = make_key(admin, "k", ["read:kpis"], days=1, plants=[lyon])
    admin.key = key
    assert not admin.sees_all_plants
    assert list(plants_of(admin)) == [lyon]
    lyon.delete()
    assert ask(token).json()["results"] == []


def test_it_expires_is_revoked_and_stays_in_the_list(as_user: Any) -> None:
    admin, lead = a_person("ada", Role.ADMIN), a_person("lea", Role.MAINTENANCE_LEAD)
    (old, old_token), (key, token) = (make_key(lead, name, ["read:kpis"], days=2) for name in ("old", "new"))
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        assert ask(old_token).status_code == 401
        old.refresh_from_db()
        assert old.state == "expired"
    other = as_user(a_person("max", Role.PLANT_MANAGER))
    assert other.post(f"/account/keys/{key.pk}/revoke/").status_code == 404
    assert as_user(admin).post(f"/account/keys/{key.pk}/revoke/").status_code == 302
    assert ask(token).status_code == 401
    key.refresh_from_db()
    assert (key.state, key.revoked_by) == ("revoked", "ada")


def test_a_token_that_lost_its_key_opens_nothing() -> None:
    key, token = make_key(a_person("ada", Role.ADMIN), "k", ["read:kpis"], days=1)
    key.delete()
    assert ask(token).status_code == 401


def test_headers_say_what_is_left_and_each_key_counts_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SimpleRateThrottle, "cache", LocMemCache("keys", {}))
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", {"user": "2/min", "anon": "2/min"})
    admin = a_person("ada", Role.ADMIN)
    (_, first), (_, second) = (make_key(admin, name, ["read:kpis"], days=1) for name in "ab")
    answers = [ask(first) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert [each.headers["RateLimit-Remaining"] for each in answers] == ["1", "0", "0"]
    assert answers[0].headers["RateLimit-Policy"] == '"default";q=2;w=60'
    assert re.fullmatch(r'"default";r=0;t=\d+', answers[2].headers["RateLimit"])
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60
    assert ask(second).status_code == 200


def test_wrong_tokens_are_counted_and_right_ones_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SimpleRateThrottle, "cache", LocMemCache("wrong", {}))
    rates = {"user": "9/min", "anon": "9/min", "wrong_token": "2/min"}
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", rates)
    _, token = make_key(a_person("ada", Role.ADMIN), "a", ["read:kpis"], days=1)
    answers = [ask(token[:-1] + end) for end in "!?#"]
    assert [each.status_code for each in answers] == [401, 401, 429]
    assert [each.headers["RateLimit-Remaining"] for each in answers] == ["1", "0", "0"]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60
    assert answers[2].headers["content-type"] == "application/problem+json"
    assert ask(token).status_code == 200


def test_tokens_from_before_there_were_keys_become_keys(as_user: Any) -> None:
    ada = a_person("ada", Role.ADMIN)
    _, plain = AuthToken.objects.create(user=ada, expiry=None)
    assert ask(plain, "/api/v1/exceptions").status_code == 401
    import_module("mfgportal.accounts.migrations.0006_adopt_old_tokens").adopt(apps, None)
    assert ask(plain, "/api/v1/exceptions").status_code == 200
    client, key = as_user(ada), ApiKey.objects.get()
    assert "before there were keys" in client.get("/account/keys/").content.decode()
    client.post(f"/account/keys/{key.pk}/revoke/")
    assert ask(plain, "/api/v1/exceptions").status_code == 401


def test_the_command_makes_scoped_keys(capsys: Any) -> None:
    a_plant("Lyon")
    a_person("ada", Role.ADMIN)
    call_command("api_token", "ada", "--scope", "read:kpis", "--plant", "lyon", "--name", "BI")
    scoped = capsys.readouterr().out.strip()
    assert ask(scoped).status_code == 200
    assert ask(scoped, "/api/v1/exceptions").status_code == 403
    assert str(ApiKey.objects.get().name) == "BI"
    with pytest.raises(CommandError, match="write:moon"):
        call_command("api_token", "ada", "--scope", "write:moon")


def test_every_scope_has_words_and_every_area_a_scope_to_read() -> None:
    assert set(WORDS) == set(Scope)
    assert {f"read:{area}" for area in AREAS.values()} <= set(Scope)
    assert scope_of("DELETE", "/api/v1/kpis") == Scope.ADMIN
    assert scope_of("GET", "/api/v1/something-new") == Scope.ADMIN
    assert scope_of("POST", "/api/v1/kpis/compute") == Scope.READ_KPIS
    assert allows(["write:exceptions"], "GET", "/api/v1/exceptions/7")
    assert not allows(["read:exceptions"], "POST", "/api/v1/exceptions/7/map")
