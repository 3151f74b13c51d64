"""The small world of the portal's tests, and a way into it."""

from collections.abc import Callable

import pytest
from django.test import Client

from mfgportal.accounts.models import User
from tests.mfgportal.queue import World, a_world


@pytest.fixture
def world(db: None) -> World:
    return a_world()


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    """Gives a client that is logged in as the person."""

    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in
