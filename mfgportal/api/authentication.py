"""Who asks: the owner of a token, within the plants of its key."""

from typing import Any

from knox.auth import TokenAuthentication
from knox.models import AuthToken
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from mfgportal.accounts.audit import signed_by
from mfgportal.accounts.keys import note_use
from mfgportal.accounts.models import ApiKey, User
from mfgportal.api.throttles import WrongTokens


class KeyAuthentication(TokenAuthentication):  # type: ignore[misc]  # knox carries no types
    """Every token has a key, which narrows its owner to plants; one without is good for nothing.

    Wrong tokens are counted by address. Right ones are looked at all the same: a whole plant may be behind
    one address, and one program there with an old key is no reason to refuse the others.
    """

    def authenticate(self, request: Request) -> tuple[Any, AuthToken] | None:
        try:
            found: tuple[Any, AuthToken] | None = super().authenticate(request)
        except AuthenticationFailed:
            wrong = WrongTokens()
            if not wrong.allow_request(request, None):
                raise Throttled(wrong.wait()) from None
            raise
        return found

    def validate_user(self, auth_token: AuthToken) -> tuple[Any, AuthToken]:
        user, token = super().validate_user(auth_token)
        key = ApiKey.objects.filter(token=token).first()
        if key is None:
            raise AuthenticationFailed("The key of this token is gone.")
        note_use(key)
        owner: User = user
        owner.key = key
        signed_by(owner)
        return user, token
