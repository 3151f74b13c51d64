from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from sync import pruning
from sync.models import Source, Stream, SyncRun
from sync.pruning import prune_runs

pytestmark = pytest.mark.django_db


@pytest.fixture
def stream() -> Stream:
    source = Source.objects.create(name="odoo", title="Odoo", connector="odoo", url="https://odoo.example")
    return Stream.objects.create(source=source, name="orders", title="Orders")


def a_run(stream: Stream, days: float, **fields: Any) -> SyncRun:
    run = SyncRun.objects.create(stream=stream, **{"status": "done", "read": 5} | fields)
    SyncRun.objects.filter(pk=run.pk).update(started_at=timezone.now() - timedelta(days=days))
    return run


def left() -> set[int]:
    return set(SyncRun.objects.values_list("pk", flat=True))


def test_runs_go_with_age_and_quiet_ones_first(stream: Stream) -> None:
    kept = [
        a_run(stream, 0),
        a_run(stream, 7, read=3, unchanged=3),
        a_run(stream, 89),
        a_run(stream, 20, status="failed", read=0, error="No answer"),
        a_run(stream, 20, trigger="manual", read=0),
        a_run(stream, 100, status="running"),
    ]
    a_run(stream, 9, read=3, unchanged=3)
    a_run(stream, 9, read=0)
    a_run(stream, 91)
    assert prune_runs() == 3
    assert left() == {run.pk for run in kept}


def test_the_last_of_a_stream_stays_however_old(stream: Stream) -> None:
    a_run(stream, 400)
    last = a_run(stream, 300)
    assert prune_runs() == 1
    assert left() == {last.pk}


def test_all_batches_go(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "BATCH", 2)
    for _ in range(5):
        a_run(stream, 100)
    a_run(stream, 0)
    assert prune_runs() == 5


def test_zero_days_keep_them_for_ever(stream: Stream, settings: LazySettings) -> None:
    settings.SYNC_RUN_RETENTION_DAYS = 0
    a_run(stream, 4000)
    a_run(stream, 0)
    assert prune_runs() == 0
