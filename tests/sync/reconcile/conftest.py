"""Two stand-in systems read to the end, without planted defects: everything should add up."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import pytest_django
from django.db import transaction

from sync import demo
from sync.run import run_stream
from sync.sandbox import Factory, Sandbox, serve
from sync.schedule import take_due


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    with serve(Factory(seed=11, days=14, machines=6, now=now, defects=False)) as running:
        yield running


@pytest.fixture(scope="module")
def both_read(
    sandbox: Sandbox, django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[Sandbox]:
    """Both sources read; undone after the last test."""
    with django_db_blocker.unblock(), transaction.atomic():
        demo.seed(sandbox.odoo_url, sandbox.atlas_url)
        while due := take_due():
            for stream in due:
                run_stream(stream)
        yield sandbox
        transaction.set_rollback(True)
