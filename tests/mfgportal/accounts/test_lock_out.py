"""Guessing passwords ends soon: by name and by address, over all processes, and behind proxies."""

from typing import Any

import pytest
from django.shortcuts import resolve_url
from django.test import Client

from mfgportal.accounts.models import Role
from tests.mfgportal.accounts.conftest import Type
from tests.mfgportal.queue import a_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counting")]
TOO_MANY = "Too many failed login attempts"


def test_a_name_is_locked_after_five_failures(client: Client, typed: Type) -> None:
    a_person("anna", Role.PLANT_MANAGER)
    a_person("ben", Role.PLANT_MANAGER)
    for _ in range(5):
        assert TOO_MANY not in typed(client, "anna", "wrong").content.decode()
    assert TOO_MANY in typed(client, "ANNA", "wrong").content.decode()
    assert TOO_MANY in typed(Client(REMOTE_ADDR="10.0.0.9"), "anna").content.decode()
    assert typed(client, "ben").status_code == 302


def test_a_success_gives_no_new_attempts(client: Client, typed: Type) -> None:
    a_person("anna", Role.PLANT_MANAGER)
    for _ in range(4):
        typed(client, "anna", "wrong")
    assert typed(Client(), "anna").status_code == 302
    typed(client, "anna", "wrong")
    assert TOO_MANY in typed(client, "anna", "wrong").content.decode()


@pytest.mark.parametrize(("proxies", "refused"), [(0, True), (1, False)])
def test_addresses_count_as_the_trusted_proxy_saw_them(
    client: Client, typed: Type, settings: Any, proxies: int, refused: bool
) -> None:
    """With a proxy of ours in front, clients differ; without one, what they say of themselves is ignored."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/m/ip"}
    for number in range(4):
        answer = typed(client, f"name{number}", "wrong", HTTP_X_FORWARDED_FOR=f"1.1.1.1, 203.0.113.{number}")
    assert (TOO_MANY in answer.content.decode()) is refused


def test_codes_of_a_second_factor_are_not_guessed_either(client: Client, typed: Type, settings: Any) -> None:
    from tests.mfgportal.accounts.test_second_factor import with_app

    a_person("ada", Role.ADMIN)
    typed(client, "ada")
    with_app(client)
    other = Client()
    typed(other, "ada")
    said = [other.post("/account/2fa/authenticate/", {"code": "000000"}).content.decode() for _ in range(7)]
    assert "Incorrect code" in said[0]
    assert "Incorrect code" not in said[-1]


def test_while_attempts_cannot_be_counted_nobody_logs_in(client: Client, typed: Type, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere.sock",
        }
    }
    anna = a_person("anna", Role.PLANT_MANAGER)
    answer = typed(client, "anna")
    assert (answer.status_code, "Attempts cannot be counted" in answer.content.decode()) == (503, True)
    client.force_login(anna)
    assert client.get("/account/keys/").status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_log_in_leads_to_no_other_site(client: Client, settings: Any, elsewhere: str) -> None:
    a_person("anna", Role.PLANT_MANAGER)
    form = {"login": "anna", "password": "a long pass phrase", "next": elsewhere}
    assert client.post("/account/login/", form).headers["Location"] == resolve_url(
        settings.LOGIN_REDIRECT_URL
    )
    assert elsewhere not in client.get("/account/login/", {"next": elsewhere}).content.decode()


def test_htmx_requests_carry_the_csrf_token_or_are_refused(as_user: Any) -> None:
    anna = a_person("anna", Role.PLANT_MANAGER)
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna)
    page = client.get("/account/keys/").content.decode()
    token = page.split('"X-CSRFToken": "')[1].split('"')[0]
    asked = {"HX-Request": "true"}
    assert client.post("/alerts/read/", headers=asked).status_code == 403
    assert client.post("/alerts/read/", headers={**asked, "X-CSRFToken": token}).status_code == 302
    assert client.post("/api/v1/alerts/1/acknowledge", "{}", "application/json").status_code == 403
