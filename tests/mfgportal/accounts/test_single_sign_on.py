"""Single sign-on against a small OpenID provider over HTTP."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.utils import timezone
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from mfgportal.accounts.models import Role, User
from mfgportal.accounts.single_sign_on import role_of
from tests.mfgportal.queue import a_person, a_plant

pytestmark = pytest.mark.django_db
SECRET = "s" * 32
LogIn = Callable[..., Any]


@pytest.fixture
def provider(httpserver: HTTPServer, settings: Any) -> HTTPServer:
    """Configured as `OIDC_ISSUER` and its companions would."""
    issuer = httpserver.url_for("").rstrip("/")
    paths = ("authorization", "token", "userinfo", "jwks")
    about = {"issuer": issuer, "jwks_uri": f"{issuer}/jwks"} | {
        f"{name}_endpoint": f"{issuer}/{name}" for name in paths
    }
    httpserver.expect_request("/.well-known/openid-configuration").respond_with_json(about)
    app = {
        "provider_id": "sso",
        "name": "Company account",
        "client_id": "portal",
        "secret": SECRET,
        "settings": {"server_url": issuer},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    settings.OIDC_ROLES = {"mfg-admins": "admin", "mfg-leads": "maintenance_lead"}
    settings.OIDC_PLANT_CLAIM = "sites"
    return httpserver


@pytest.fixture
def log_in(provider: HTTPServer) -> LogIn:
    """Goes the whole way of a browser; the claims are the person's."""

    def go(client: Client, process: str = "login", **claims: Any) -> Any:
        sent = client.get("/account/oidc/sso/login/", {"next": "/exceptions/", "process": process})
        asked = {name: value[0] for name, value in parse_qs(urlsplit(sent.headers["Location"]).query).items()}
        assert (asked["client_id"], asked["code_challenge_method"]) == ("portal", "S256")

        def token(request: Request) -> Response:
            assert (request.form["code"], request.form["client_secret"]) == ("c0de", SECRET)
            assert request.form["code_verifier"]
            issuer, now = provider.url_for("").rstrip("/"), timezone.now()
            said = {"iss": issuer, "aud": "portal", "sub": claims["sub"], "iat": now}
            id_token = jwt.encode(said | {"exp": now + timedelta(minutes=5)}, SECRET)
            answer = {"access_token": "t0ken", "token_type": "Bearer", "id_token": id_token}
            return Response(json.dumps(answer), content_type="application/json")

        provider.expect_oneshot_request("/token", method="POST").respond_with_handler(token)
        headers = {"Authorization": "Bearer t0ken"}
        provider.expect_oneshot_request("/userinfo", headers=headers).respond_with_json(claims)
        return client.get("/account/oidc/sso/login/callback/", {"code": "c0de", "state": asked["state"]})

    return go


def test_a_new_person_gets_role_and_plants_of_the_claims(client: Client, log_in: LogIn) -> None:
    lyon, _ = a_plant("Lyon"), a_plant("Porto")
    assert "Company account" in client.get("/account/login/").content.decode()
    claims = {"sub": "17", "preferred_username": "lea", "email": "lea@plant.example", "email_verified": True}
    answer = log_in(client, **claims, groups=["all", "mfg-leads"], sites="lyo")
    assert answer.headers["Location"] == "/exceptions/"
    lea = User.objects.get(username="lea")
    assert (lea.role, list(lea.plants.all())) == (Role.MAINTENANCE_LEAD, [lyon])
    assert not lea.has_usable_password()


def test_each_log_in_takes_the_claims_anew_and_without_a_role_nobody_comes_in(log_in: LogIn) -> None:
    claims = {"sub": "17", "preferred_username": "lea", "email": "lea@plant.example"}
    log_in(Client(), **claims, groups=["mfg-admins", "mfg-leads"])
    assert User.objects.get().role == Role.ADMIN
    log_in(Client(), **claims, groups=["mfg-leads"])
    assert User.objects.get().role == Role.MAINTENANCE_LEAD
    for person in (claims, claims | {"sub": "18", "email": "x@plant.example", "preferred_username": "x"}):
        client = Client()
        answer = log_in(client, **person, groups=["visitors"])
        assert answer.status_code == 403
        assert "no role for this portal" in answer.content.decode()
        assert client.get("/account/keys/").status_code == 302
    assert User.objects.count() == 1


def test_an_invited_person_is_known_by_a_verified_address_alone(log_in: LogIn, settings: Any) -> None:
    settings.OIDC_ROLES = {}
    anna = a_person("anna", Role.EXECUTIVE)
    User.objects.filter(pk=anna.pk).update(email="anna@plant.example")
    claims = {"sub": "9", "preferred_username": "a.b", "email": "Anna@plant.example"}
    settings.OIDC_DEFAULT_ROLE = "plant_manager"
    assert "does not say that it is verified" in log_in(Client(), **claims).content.decode()
    settings.OIDC_DEFAULT_ROLE = ""
    client = Client()
    assert log_in(client, **claims, email_verified=True).status_code == 302
    assert client.get("/account/keys/").status_code == 200
    assert User.objects.get().role == Role.EXECUTIVE


def test_an_address_that_is_not_one_persons_opens_nothing(log_in: LogIn, settings: Any) -> None:
    settings.OIDC_ROLES = {}
    claims = {"preferred_username": "x", "email": "anna@plant.example", "email_verified": True}
    people = [a_person(name, Role.EXECUTIVE) for name in ("anna", "bert")]
    User.objects.update(email="anna@plant.example")
    refused = log_in(Client(), sub="9", **claims)
    assert (refused.status_code, "Several accounts" in refused.content.decode()) == (403, True)
    people[1].delete()
    assert log_in(Client(), sub="9", **claims).status_code == 302
    # Anna left, and the address is somebody else's now.
    client = Client()
    refused = log_in(client, sub="10", **claims)
    assert (refused.status_code, "another company account" in refused.content.decode()) == (403, True)
    assert client.get("/account/keys/").status_code == 302
    assert SocialAccount.objects.get().uid == "9"


def test_the_second_factor_may_be_the_providers(log_in: LogIn, settings: Any) -> None:
    settings.MFA_REQUIRED = True
    claims = {"sub": "1", "preferred_username": "ada", "email": "ada@plant.example", "groups": "mfg-admins"}
    client = Client()
    log_in(client, **claims)
    assert client.get("/account/users/").headers["Location"] == "/account/2fa/"
    settings.OIDC_SECOND_FACTOR = True
    assert client.get("/account/users/").status_code == 200


def test_a_forged_answer_logs_nobody_in(client: Client, provider: HTTPServer) -> None:
    answer = client.get("/account/oidc/sso/login/callback/", {"code": "c0de", "state": "forged"})
    assert "did not log you in" in answer.content.decode()
    assert client.get("/account/keys/").status_code == 302


def test_nobody_takes_the_address_or_the_company_account_of_another(as_user: Any, log_in: LogIn) -> None:
    """Who could, would get the other's role at the other's next log-in."""
    anna = a_person("anna", Role.PLANT_MANAGER)
    client = as_user(anna)
    assert (
        client.post("/account/email/", {"email": "boss@plant.example", "action_add": ""}).status_code == 302
    )
    assert not EmailAddress.objects.exists()
    answer = log_in(client, "connect", sub="1", preferred_username="boss", groups="mfg-admins")
    assert (answer.status_code, "connected by their verified" in answer.content.decode()) == (403, True)
    assert not SocialAccount.objects.exists()
    anna.refresh_from_db()
    assert anna.role == Role.PLANT_MANAGER


@pytest.mark.parametrize(
    ("claim", "role"),
    [("mfg-leads", "maintenance_lead"), (["mfg-leads", "mfg-admins"], "admin"), (None, None), (7, None)],
)
def test_the_first_role_that_is_named_counts(settings: Any, claim: Any, role: str | None) -> None:
    settings.OIDC_ROLES = {"mfg-admins": "admin", "mfg-leads": "maintenance_lead", "x": "emperor"}
    assert role_of({"groups": claim}) == role
