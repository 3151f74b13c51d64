"""A small factory behind both stand-ins, and one test per stream where a contract test asks for it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from sync.sandbox import Factory, Sandbox, serve

NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    connector = getattr(metafunc.cls, "connector", None)
    if "stream" in metafunc.fixturenames and connector is not None:
        metafunc.parametrize("stream", list(connector.streams))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve(Factory(seed=7, days=12, machines=4, now=NOW)) as running:
        yield running
