"""How much an API client may still ask, as headers: those of the IETF's draft, and the three of before it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

NOTED = "_mfgportal_allowance"


@dataclass(frozen=True, slots=True)
class Allowance:
    """``left`` of ``most`` requests in ``window_s`` seconds; in ``reset_s`` the next comes free."""

    most: int
    left: int
    reset_s: int
    window_s: int


def note(request: HttpRequest, allowance: Allowance) -> None:
    """Keep what is left for the headers of the answer."""
    setattr(request, NOTED, allowance)


class RateHeaders:
    """Middleware: tells clients what is left before they are refused."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        found: Allowance | None = getattr(request, NOTED, None)
        if found is not None:
            response["RateLimit-Policy"] = f'"default";q={found.most};w={found.window_s}'
            response["RateLimit"] = f'"default";r={found.left};t={found.reset_s}'
            response["RateLimit-Limit"] = str(found.most)
            response["RateLimit-Remaining"] = str(found.left)
            response["RateLimit-Reset"] = str(found.reset_s)
        return response
