"""How long a session lasts: without a click, and in all. What pages ask for by themselves is no click."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

BEGAN, SEEN = "began_at", "seen_at"
NOTED_EVERY_S = 60
UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))
POLLED = "X-Polled"
"""The header of requests that no person made: pages that keep themselves up to date send it."""


class SessionLimits:
    """Ends sessions that are over; notes once a minute that one is in use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now().timestamp()
        if SESSION_KEY in request.session and (why := why_over(request.session, now)):
            logout(request)
            messages.info(request, why)
        response = self.get_response(request)
        by_hand = POLLED not in request.headers or BEGAN not in request.session
        if by_hand and SESSION_KEY in request.session:  # also of one that has just begun
            _note(request.session, now)
        return response


class LogInFirst(LoginRequiredMiddleware):
    """Where htmx asks for a part of a page, the whole page is to lead to the log-in."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        if "HX-Request" in request.headers:
            return HttpResponse(headers={"HX-Refresh": "true"})  # an error would stand in the console
        return super().handle_no_permission(request, view_func)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Nobody logs in while attempts cannot be counted: guessing would have no end."""
        if not isinstance(exception, RedisError) or not request.path.startswith("/account/"):
            return None
        logger.error("Log-in attempts cannot be counted: %s", exception)
        return render(request, "account/uncounted.html", status=HTTPStatus.SERVICE_UNAVAILABLE)


def why_over(session: SessionBase, now: float) -> str:
    """Why the session is over, "" while it is not. ``now``: seconds since 1970."""
    idle_s, most_s = settings.SESSION_IDLE_MINUTES * 60, settings.SESSION_MAX_HOURS * 3600
    if most_s and now - session.get(BEGAN, now) >= most_s:
        return f"You were logged out: a session lasts {words(most_s)} at most."
    if idle_s and now - session.get(SEEN, now) >= idle_s:
        return f"You were logged out after {words(idle_s)} without a click."
    return ""


def end_sessions(user_id: int, but: str | None = None) -> int:
    """End the sessions of a person, all but the one of that key; how many there were."""
    found = [row for row in UserSession.objects.filter(user_id=user_id) if row.session_key != but]
    for row in found:
        row.end()
    return len(found)


def _note(session: SessionBase, now: float) -> None:
    session.setdefault(BEGAN, now)
    if now - session.get(SEEN, 0) >= NOTED_EVERY_S:
        session[SEEN] = now
        UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=timezone.now())


def words(seconds: int) -> str:
    """A span in its largest whole unit."""
    size, unit = next((each for each in UNITS if seconds % each[0] == 0), UNITS[-1])
    count = seconds // size
    return f"{count} {unit}{'' if count == 1 else 's'}"
