"""How often screens may ask. It is counted in the cache; while that is down, nobody is limited."""

from typing import Any

from django.http import HttpRequest
from redis.exceptions import RedisError
from rest_framework.throttling import SimpleRateThrottle


class Screens(SimpleRateThrottle):
    """All that one address asks: a room full of screens refreshes far less often."""

    scope = "tv"
    rate = "300/min"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}

    def allows(self, request: HttpRequest) -> bool:
        """Count one more request; whether it is within the rate."""
        asked: Any = request  # of the framework's own request it reads no more than Django's has
        try:
            return self.allow_request(asked, None)  # type: ignore[arg-type]  # no view of its own
        except RedisError:
            return True


class WrongKeys(Screens):
    """Keys that are none, by address: nobody mistypes 43 letters this often."""

    scope = "tv-wrong"
    rate = "20/min"
