"""A cache that counts, as the shared one does, in a process of its own; and ways to log in for real."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

PASSWORD = "a long pass phrase"
Type = Callable[..., Any]


@pytest.fixture
def counting(settings: Any) -> None:
    """A cache that keeps what is counted, for tests of limits."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def typed() -> Type:
    """Types a name and a password into the log-in page; more become headers."""

    def log_in(client: Client, login: str, password: str = PASSWORD, **more: Any) -> Any:
        return client.post("/account/login/", {"login": login, "password": password}, **more)

    return log_in
