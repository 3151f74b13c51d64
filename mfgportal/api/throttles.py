"""How often one may ask. It is counted in the cache; while that is down, nobody is limited.

A key counts for itself, so that no program of a person takes another's share.
"""

import logging
import math
from typing import TYPE_CHECKING

from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle, SimpleRateThrottle, UserRateThrottle

from mfgportal.accounts.models import User
from mfgportal.api.rate_headers import Allowance, note

if TYPE_CHECKING:  # the views themselves import what throttles them
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)


class Uncounted(SimpleRateThrottle):
    """Lets requests pass uncounted while there is nothing to count in: the figures are in the database."""

    def allow_request(self, request: Request, view: "APIView | None") -> bool:
        try:
            return super().allow_request(request, view)  # type: ignore[arg-type]  # it is only handed on
        except RedisError as error:
            logger.warning("Requests are not counted: %s", error)
            self.key = None
            return True


class Told(Uncounted):
    """Notes what is left, for the headers of the answer."""

    def allow_request(self, request: Request, view: "APIView | None") -> bool:
        allowed = super().allow_request(request, view)
        if self.key is not None:
            note(request._request, self._allowance())
        return allowed

    def _allowance(self) -> Allowance:
        most, window_s = (number or 0 for number in self.parse_rate(self.rate))
        oldest = self.history[-1] if self.history else self.now
        reset_s = math.ceil(window_s - (self.now - oldest))  # until one more comes free
        return Allowance(most=most, left=max(most - len(self.history), 0), reset_s=reset_s, window_s=window_s)


class PerUser(Told, UserRateThrottle):
    """Who is logged in by account, a program by its key."""

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        key = request.user.key if isinstance(request.user, User) else None
        if key is not None:
            return self.cache_format % {"scope": "key", "ident": key.pk}
        return super().get_cache_key(request, view)


class PerAddress(Told, AnonRateThrottle):
    """Who is not, by address."""


class WrongTokens(Told, AnonRateThrottle):
    """Tokens that open nothing, by address."""

    scope = "wrong_token"

    def get_cache_key(self, request: Request, view: "APIView | None") -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}
