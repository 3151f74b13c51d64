"""A second factor: kept encrypted, and demanded of administrators before they can do anything else."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from mfgportal.accounts.models import Role, User
from mfgportal.api.problems import problem_page
from sync.secrets import cipher

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
DEMANDED_OF = frozenset({Role.ADMIN})
OPEN = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "account_reauthenticate",
        "account_change_password",
        "account_set_password",
        "account_logout",
        "healthz",
        "readyz",
        "metrics",
    }
)
"""What one who still has to set up a second factor can reach, by name of the address."""
FIRST = "Administrators need a second factor. Set one up first."


class EncryptedFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth carries no types
    """Keeps the secrets of second factors as those of sources: under FIELD_ENCRYPTION_KEYS."""

    def encrypt(self, text: str) -> str:
        return cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return cipher().decrypt(encrypted_text.encode()).decode()


class SecondFactorFirst:
    """Leads an administrator without a second factor to where one is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        if (match and match.url_name in OPEN) or not lacks_factor(request):
            return None
        if request.path.startswith("/api/"):
            return problem_page(request, HTTPStatus.FORBIDDEN, FIRST)
        if "HX-Request" in request.headers:
            return HttpResponse(headers={"HX-Redirect": reverse("mfa_index")})
        return redirect("mfa_index")


def has_factor(user: User) -> bool:
    """Whether the person has an authenticator app or a passkey; recovery codes alone are none."""
    found: bool = Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists()
    return found


def is_demanded(user: User) -> bool:
    """Whether this installation demands a second factor of the person."""
    return settings.MFA_REQUIRED and user.role in DEMANDED_OF


def lacks_factor(request: HttpRequest) -> bool:
    """Whether a second factor is to be set up before anything else."""
    user = request.user
    if not isinstance(user, User) or not is_demanded(user):
        return False
    return not (_provider_asked(request, user) or has_factor(user))


def _provider_asked(request: HttpRequest, user: User) -> bool:
    """Whether the provider of single sign-on asked for a second factor in this session."""
    records = get_authentication_records(request, user) if settings.OIDC_SECOND_FACTOR else []
    return any(record["method"] == "socialaccount" for record in records)
