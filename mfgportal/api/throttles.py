"""How often a person may ask. It is counted in the cache; while that is down, nobody is limited."""

import logging
from typing import TYPE_CHECKING

from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle, SimpleRateThrottle, UserRateThrottle

if TYPE_CHECKING:  # the views themselves import what throttles them
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)


class Uncounted(SimpleRateThrottle):
    """Lets requests pass uncounted while there is nothing to count in: the figures are in the database."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        try:
            return super().allow_request(request, view)
        except RedisError as error:
            logger.warning("Requests are not counted: %s", error)
            return True


class PerUser(Uncounted, UserRateThrottle):
    """Who is logged in, by account."""


class PerAddress(Uncounted, AnonRateThrottle):
    """Who is not, by address."""
