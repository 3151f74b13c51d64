"""The recorded demo database as a source, at the moment it was recorded."""

from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone

from sync.models import Source, SyncException, SyncRun
from sync.run import run_stream
from sync.schedule import take_due
from sync.sources import add_source
from tests.sync.connectors.odoo.demo import NOW, Demo, served

Connect = Callable[[Demo], Source]


@pytest.fixture
def connect(db: None, monkeypatch: pytest.MonkeyPatch) -> Connect:
    """Adds a source for a running stand-in; the clock stands where the recording ends."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)

    def add(demo: Demo) -> Source:
        return add_source(
            name="odoo",
            title="Odoo",
            connector="odoo",
            url=demo.url,
            database="mfg",
            username="mfgportal",
            password="mfgportal",
        )

    return add


def read_due() -> dict[str, SyncRun]:
    """Run all that is due, in the schedule's order; the last run of each stream."""
    runs: dict[str, SyncRun] = {}
    while due := take_due():
        for stream in due:
            if run := run_stream(stream):
                runs[run.stream.name] = run
    return runs


@pytest.fixture
def demo() -> Iterator[Demo]:
    with served() as running:
        yield running


def open_titles() -> set[str]:
    return set(SyncException.objects.filter(status="open").values_list("title", flat=True))
