"""Single sign-on: what a provider's claims say of a person becomes the role and the plants."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import render

from kpis.models import Plant
from mfgportal.accounts.models import Role, User

NO_ROLE = "Your company account carries no role for this portal. Ask an administrator for one."
NO_CONNECTING = "Accounts are connected by their verified e-mail address alone."
TAKEN = "There is an account with your e-mail address, but the provider does not say that it is verified."

SHARED = (
    "Several accounts here have your e-mail address, so it does not say which is yours. Ask an administrator."
)
CONNECTED = (
    "The account with your e-mail address belongs to another company account. Ask an administrator: was the "
    "address somebody else's before?"
)


class SingleSignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Lets in who has a role, and gives it, at each log-in anew."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """The person is looked up by now: by the provider's id, else by a verified address."""
        if sociallogin.state.get("process") == "connect":
            _refuse(request, NO_CONNECTING)
        claims, user = claims_of(sociallogin), sociallogin.user
        if not sociallogin.account.pk:
            _require_sole(request, user)
        role = role_of(claims) or (user.role if user.pk and not settings.OIDC_ROLES else None)
        if role is None:
            _refuse(request, NO_ROLE)
        user.role = role
        if user.pk:
            user.save(update_fields=["role"])
            give_plants(user, claims)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        email = sociallogin.user.email
        if email and User.objects.filter(email__iexact=email).exists():
            _refuse(request, TAKEN)
        return True

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> User:
        user: User = super().save_user(request, sociallogin, form)
        give_plants(user, claims_of(sociallogin))
        return user


def _require_sole(request: HttpRequest, user: User) -> None:
    """Known by the address, if at all: that must be one person's, and have no company account yet.

    An address may be given to somebody else when its owner leaves.
    """
    if user.email and User.objects.filter(email__iexact=user.email).count() > 1:
        _refuse(request, SHARED)
    if user.pk and SocialAccount.objects.filter(user=user).exists():
        _refuse(request, CONNECTED)


def claims_of(sociallogin: Any) -> dict[str, Any]:
    """What the provider says of the person, in its token and when asked."""
    said = sociallogin.account.extra_data
    return {**said.get("id_token", {}), **said.get("userinfo", {})}


def role_of(claims: Mapping[str, Any]) -> str | None:
    """The first role of ``OIDC_ROLES`` whose name is in the claim, else the default; None: no role."""
    given = _values(claims, settings.OIDC_ROLE_CLAIM)
    named = (role for value, role in settings.OIDC_ROLES.items() if value in given)
    role = next(named, settings.OIDC_DEFAULT_ROLE)
    return role if role in Role.values else None


def give_plants(user: User, claims: Mapping[str, Any]) -> None:
    """Put the plants of the claim in place of those the person has; where no claim is set, change none."""
    if not settings.OIDC_PLANT_CLAIM:
        return
    wanted = Q(pk__in=[])
    for value in _values(claims, settings.OIDC_PLANT_CLAIM):
        wanted |= Q(code__iexact=value) | Q(name__iexact=value)
    user.plants.set(Plant.objects.filter(wanted))


def _values(claims: Mapping[str, Any], name: str) -> list[str]:
    """A claim as a list: providers send one, or a text with commas."""
    given = claims.get(name) or []
    values = given if isinstance(given, list) else str(given).split(",")
    return [str(value).strip() for value in values if str(value).strip()]


def _refuse(request: HttpRequest, why: str) -> NoReturn:
    page = render(request, "socialaccount/refused.html", {"why": why}, status=HTTPStatus.FORBIDDEN)
    raise ImmediateHttpResponse(page)
