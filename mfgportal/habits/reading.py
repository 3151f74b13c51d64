"""Whose locale holds: the person's own, else what their browser asks for, else the installation's."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

from mfgportal import locales
from mfgportal.accounts.models import User
from mfgportal.habits.preferences import preference_of

MACHINES = ("/api/", "/metrics", "/healthz", "/readyz")
"""Addresses whose answers are for programs, and read alike everywhere."""


class ReadersLocale:
    """Lets a page be written in its reader's locale."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(MACHINES):
            with locales.using(locales.ENGLISH):
                return self.get_response(request)
        with locales.using(lambda: locale_of(request)):
            response = self.get_response(request)
        patch_vary_headers(response, ["Accept-Language"])
        return response


def locale_of(request: HttpRequest) -> str:
    """A key of ``LOCALES``; "" where neither person nor browser wants one of them."""
    own = preference_of(request.user).locale if isinstance(request.user, User) else ""
    return own or locales.accepted(request.headers.get("Accept-Language", ""))


def writing_to(user: User) -> AbstractContextManager[None]:
    """Within it, what is written is for the person: mails have no browser to ask."""
    return locales.using(preference_of(user).locale)
