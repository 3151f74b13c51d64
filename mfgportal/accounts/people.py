"""People as an administrator keeps them: invited, changed, let go. Nobody can lock all administrators out."""

from collections.abc import Iterable
from urllib.parse import quote

from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from kpis.models import Plant
from mfgportal.accounts.keys import revoke_all
from mfgportal.accounts.models import Role, User
from mfgportal.accounts.sessions import end_sessions


class LastAdmin(Exception):
    """Without this one there would be no administrator."""


@transaction.atomic
def save_person(user: User, plants: Iterable[Plant]) -> User:
    """Keep what was changed of a person; a new one cannot log in before a password is set.

    Raises ``LastAdmin``.
    """
    if user._state.adding:
        user.set_unusable_password()
    elif user.role != Role.ADMIN or not user.is_active:
        _require_other_admin(user)
    user.save()
    user.plants.set(plants)
    return user


@transaction.atomic
def let_go(user: User, by: User) -> None:
    """End all that a person can do here; what they did stays under their name. Raises ``LastAdmin``."""
    _require_other_admin(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    revoke_all(user, by.username)
    end_sessions(user.pk)


def take_back(user: User) -> None:
    """Let a person in again: with the old password, without the old keys."""
    user.is_active = True
    user.save(update_fields=["is_active"])


@transaction.atomic
def forget_factors(user: User) -> int:
    """Remove a lost second factor: how many there were. The person is logged out everywhere."""
    count: int = Authenticator.objects.filter(user=user).delete()[0]
    end_sessions(user.pk)
    return count


def send_invitation(user: User, by: User) -> None:
    """Mail a link under which the person sets a password. Raises ``OSError`` if no server takes it."""
    context = {"user": user, "by": by, "url": password_url(user), "site": settings.SITE_URL}
    context["days"] = settings.PASSWORD_RESET_TIMEOUT // 86400
    EmailMultiAlternatives(
        subject="[mfgportal] Your account",
        body=render_to_string("people/invitation.txt", context),
        to=[user.email],
        headers={"Auto-Submitted": "auto-generated"},
    ).send()


def password_url(user: User) -> str:
    """Where the person sets a password; good once, and for PASSWORD_RESET_TIMEOUT."""
    token = PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    return settings.SITE_URL + path.replace("UID-KEY", quote(f"{user_pk_to_url_str(user)}-{token}"))


def _require_other_admin(user: User) -> None:
    """The rows are locked: two admins who let each other go are one after the other."""
    admins = User.objects.select_for_update().filter(role=Role.ADMIN, is_active=True)
    left = {row.pk for row in admins}
    if left == {user.pk}:
        raise LastAdmin("This is the only administrator. Make another one first.")
