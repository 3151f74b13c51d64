"""The second factor: demanded of administrators, asked at log-in, kept encrypted, reset by an admin."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from mfgportal.accounts.models import Role, User
from tests.mfgportal.accounts.conftest import PASSWORD, Type
from tests.mfgportal.queue import a_person

pytestmark = pytest.mark.django_db


def code_of(secret: str, ahead: int = 0) -> str:
    """What the app shows; the next one with ``ahead``. The portal takes one of the neighbours, too."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead)))


def with_app(client: Client, password: str = PASSWORD) -> str:
    """Set up an authenticator app by the pages; its secret."""
    client.post("/account/reauthenticate/", {"password": password})
    page = client.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page)
    assert secret, page
    answer = client.post("/account/2fa/totp/activate/", {"code": code_of(secret[1])})
    assert answer.status_code == 302, answer.content.decode()
    return secret[1]


@pytest.fixture
def admin() -> User:
    return a_person("ada", Role.ADMIN)


@pytest.fixture
def demanded(settings: Any) -> None:
    settings.MFA_REQUIRED = True


def test_an_admin_without_a_factor_can_only_set_one_up(
    admin: User, client: Client, demanded: None, typed: Type
) -> None:
    assert typed(client, "ada").status_code == 302
    for path in ("/", "/exceptions/", "/account/users/", "/account/keys/"):
        assert client.get(path).headers["Location"] == "/account/2fa/"
    assert client.get("/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/account/2fa/"
    refused = client.get("/api/v1/plants")
    assert refused.status_code == 403
    assert "second factor" in refused.json()["detail"]
    assert "Administrators need a second factor" in client.get("/account/2fa/").content.decode()
    with_app(client)
    assert client.get("/account/users/").status_code == 200


def test_others_and_local_portals_are_not_led_there(
    admin: User, client: Client, settings: Any, as_user: Any
) -> None:
    assert not settings.MFA_REQUIRED
    page = as_user(admin).get("/account/2fa/").content.decode()
    assert "does not demand a second factor" in page
    settings.MFA_REQUIRED = True
    assert as_user(a_person("max", Role.PLANT_MANAGER)).get("/account/keys/").status_code == 200


def test_log_in_asks_for_the_code_and_takes_a_recovery_code_once(
    admin: User, client: Client, typed: Type
) -> None:
    typed(client, "ada")
    secret = with_app(client)
    codes = client.get("/account/2fa/recovery-codes/").content.decode()
    recovery = re.findall(r"^\d{8}$", codes.replace(">", ">\n").replace("<", "\n<"), re.MULTILINE)
    assert len(recovery) == 10
    other = Client()
    assert typed(other, "ada").headers["Location"] == "/account/2fa/authenticate/"
    assert other.get("/account/users/").status_code == 302  # the password alone opens nothing
    assert other.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert other.post("/account/2fa/authenticate/", {"code": code_of(secret, 1)}).status_code == 302
    assert other.get("/account/users/").status_code == 200
    for expected in (302, 200):
        third = Client()
        typed(third, "ada")
        answer = third.post("/account/2fa/authenticate/", {"code": recovery[0]})
        assert answer.status_code == expected


def test_secrets_are_kept_encrypted(admin: User, client: Client, typed: Type) -> None:
    typed(client, "ada")
    secret = with_app(client)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert "gAAAA" in kept


def test_the_pages_of_passkeys_run_our_own_scripts_only(admin: User, client: Client, typed: Type) -> None:
    login = client.get("/account/login/").content.decode()
    assert "passkey_login" in login
    typed(client, "ada")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    pages = [login, client.get("/account/2fa/webauthn/add/").content.decode()]
    for page in pages:
        assert "mfa/js/webauthn.js" in page
        for tag in re.findall(r"<script([^>]*)>", page):
            assert 'src="/static/' in tag or 'type="application/json"' in tag, tag
        assert " style=" not in page
        assert " onclick=" not in page


def test_an_admin_removes_a_lost_factor_and_sessions_end(
    admin: User, client: Client, typed: Type, as_user: Any
) -> None:
    typed(client, "ada")
    with_app(client)
    answer = as_user(a_person("eve", Role.ADMIN)).post(f"/account/users/{admin.pk}/factors/forget/")
    assert answer.status_code == 302
    assert not Authenticator.objects.filter(user=admin).exists()
    assert client.get("/account/users/").status_code == 302


def test_every_page_of_ones_own_account_is_shown(as_user: Any) -> None:
    client = as_user(a_person("ada", Role.EXECUTIVE))
    for part in ("2fa/", "2fa/webauthn/", "2fa/totp/activate/", "sessions/", "password/change/", "keys/"):
        answer = client.get(f"/account/{part}", follow=True)
        assert (part, answer.status_code) == (part, 200)
