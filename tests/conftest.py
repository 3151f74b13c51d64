"""Real servers for the session: an embedded PostgreSQL and Redis, unless a URL names others."""

import os
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from mfgportal import embedded
from mfgportal.env import VAR_DIR

SERVERS = ExitStack()
FAULTS = "tests/faults/"
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# A verdict on a change must not depend on luck: CI tries the same examples each time, people try new ones.
settings.register_profile("everywhere", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("everywhere")


def pytest_sessionstart(session: pytest.Session) -> None:
    if _only_hands_out(session.config):
        return
    place = embedded.place(VAR_DIR)
    programs = []
    if "DATABASE_URL" not in os.environ:
        programs.append(embedded.postgres(place, **FAST))
    if "REDIS_URL" not in os.environ:
        programs.append(embedded.redis_server(place))
    SERVERS.enter_context(embedded.running(programs, VAR_DIR / "log"))


def _only_hands_out(config: pytest.Config) -> bool:
    """Whether other processes run the tests (``--numprocesses``)."""
    return bool(config.getoption("numprocesses", None)) and not hasattr(config, "workerinput")


class FaultsAsOne(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out test after test in their order, and the fault tests as one, as they share an installation.

    Not whole files: tests that empty the database come last, and are to stay there.
    """

    def _split_scope(self, nodeid: str) -> str:
        return FAULTS if nodeid.startswith(FAULTS) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FaultsAsOne:
    return FaultsAsOne(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The fault tests are by far the longest, and so the first: then all processes end together."""
    items.sort(key=lambda item: not item.nodeid.startswith(FAULTS))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tests with real transactions empty all tables afterwards, among them the one that nobody may empty."""
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE auditlog_logentry DISABLE TRIGGER never_emptied")


def pytest_sessionfinish(session: pytest.Session) -> None:
    SERVERS.close()
