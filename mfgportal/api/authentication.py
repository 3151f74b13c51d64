"""Who asks: the owner of a token, within the plants of its key."""

from typing import Any

from knox.auth import TokenAuthentication
from knox.models import AuthToken
from rest_framework.exceptions import AuthenticationFailed

from mfgportal.accounts.keys import PREFIX, note_use
from mfgportal.accounts.models import ApiKey, User


class KeyAuthentication(TokenAuthentication):  # type: ignore[misc]  # knox carries no types
    """A token with a key is narrowed to the key's plants; one without has all that its owner has."""

    def validate_user(self, auth_token: AuthToken) -> tuple[Any, AuthToken]:
        user, token = super().validate_user(auth_token)
        key = key_of(token)
        if key is None and token.token_key.startswith(PREFIX):
            raise AuthenticationFailed("The key of this token is gone.")
        if key is not None:
            note_use(key)
            narrowed: User = user
            narrowed.key = key
        return user, token


def key_of(token: object) -> ApiKey | None:
    """The key of what DRF calls ``request.auth``; None for a session, or a token without limits."""
    return ApiKey.objects.filter(token=token).first() if isinstance(token, AuthToken) else None
