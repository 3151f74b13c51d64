"""Real servers for the session: an embedded PostgreSQL and Redis, unless a URL names others."""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings

from mfgportal import embedded
from mfgportal.env import VAR_DIR

SERVERS = ExitStack()
FAULTS = "faults"
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


@pytest.hookimpl(tryfirst=True)  # before the groups are written down
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one file share what is costly to build; all fault tests share one installation.

    Those are by far the longest, and so the first: processes that share the tests end together.
    """
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=lambda item: _group(item) != FAULTS)


def _group(item: pytest.Item) -> str:
    file = item.path.relative_to(Path(__file__).parent)
    return FAULTS if file.parts[0] == FAULTS else str(file)


def pytest_sessionfinish(session: pytest.Session) -> None:
    SERVERS.close()
