"""One full-featured small factory for reading, and a fresh one for tests that change it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import odoorpc
import pytest

from sync.sandbox import Factory, Sandbox, serve

NOW = datetime(2026, 11, 24, 10, 17, 5, tzinfo=UTC)


@pytest.fixture(scope="session")
def factory() -> Factory:
    """A month of six machines in all plants, with defects. Not to be changed."""
    return Factory(seed=7, days=30, machines=6, now=NOW)


@pytest.fixture(scope="session")
def sandbox(factory: Factory) -> Iterator[Sandbox]:
    with serve(factory) as running:
        yield running


@pytest.fixture
def fresh() -> Iterator[Sandbox]:
    with serve(Factory(seed=3, days=3, machines=4, now=NOW, defects=False)) as running:
        yield running


def connect(sandbox: Sandbox) -> odoorpc.ODOO:
    client = odoorpc.ODOO("127.0.0.1", port=urlsplit(sandbox.odoo_url).port)
    client.login("mfg", "mfgportal", "mfgportal")
    return client


@contextmanager
def sign_in(sandbox: Sandbox) -> Iterator[httpx.Client]:
    given = {"email": "sync@mfgportal.example", "password": "mfgportal", "type": "CLIENT"}
    with httpx.Client(base_url=sandbox.atlas_url) as client:
        token = client.post("/auth/signin", json=given).json()["accessToken"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


@pytest.fixture(scope="session")
def odoo(sandbox: Sandbox) -> odoorpc.ODOO:
    return connect(sandbox)


@pytest.fixture(scope="session")
def atlas(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with sign_in(sandbox) as client:
        yield client
