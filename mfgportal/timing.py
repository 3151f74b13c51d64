"""Server time of each answer, in its own header, for browsers' developer tools and for load checks."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase


class ServerTiming:
    """Adds `Server-Timing: app;dur=<milliseconds>`; a streamed body is not counted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        response["Server-Timing"] = f"app;dur={(time.perf_counter() - began) * 1000:.1f}"
        return response
