"""However rows are delivered - twice, in any order, in any batches - the same tables come out."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpis.models import Downtime, Run
from sync.connectors.base import Page, Row
from sync.models import HeldRecord, RawRecord, Source, SyncException, SyncRun
from sync.ready import Making
from sync.run import Work, commit_batch
from sync.sources import connect
from tests.sync.fake import World
from tests.sync.test_run import stream_of

T = datetime(2026, 3, 2, 8, tzinfo=UTC)
PlantOf = tuple[Source, World]


@st.composite
def versions(draw: st.DrawFn) -> list[Row]:
    """Rows of few keys in several versions: stops, runs, drafts, rejected, unknown machines, twins."""
    rows = []
    for key in range(draw(st.integers(1, 6))):
        for version in range(draw(st.integers(1, 3))):
            start = T + timedelta(hours=draw(st.integers(0, 3)))
            minutes = draw(st.sampled_from([30, 30, 30, -5]))
            payload = {
                "key": f"stop/{key}",
                "machine": draw(st.sampled_from(["machine/1", "machine/2", "machine/99"])),
                "reason": "reason/1",
                "start": start.isoformat(),
                "end": (start + timedelta(minutes=minutes)).isoformat(),
                "runs": draw(st.booleans()),
                "draft": draw(st.sampled_from([False, False, True])),
                "version": version,
            }
            rows.append(Row(f"stop/{key}", payload, T + timedelta(minutes=version)))
    return rows


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Row], list[list[Row]]]:
    """All versions in order, and the same as batches in another order with some delivered again."""
    rows = draw(versions())
    again = draw(st.lists(st.sampled_from(rows), max_size=4))
    shuffled = draw(st.permutations([*rows, *again]))
    cuts = sorted(draw(st.lists(st.integers(0, len(shuffled)), max_size=3)))
    edges = [0, *cuts, len(shuffled)]
    return rows, [list(shuffled[a:b]) for a, b in pairwise(edges)]


def deliver(source: Source, batches: list[list[Row]]) -> dict[str, Any]:
    """What the tables hold after these pages, which are undone afterwards."""
    with transaction.atomic():
        stream = stream_of(source)
        work = Work(stream, SyncRun.objects.create(stream=stream))
        connector = connect(source)
        for number, rows in enumerate(batches):
            ahead = Making(connector, stream.name, new=number % 2 == 0)
            commit_batch(work, connector, *ahead.ready(iter([Page(rows, {})])))
        found = {
            "stops": sorted(stops().values_list("external_key", "equipment_id", "start", "end")),
            "runs": sorted(runs().values_list("external_key", "equipment_id", "start", "end")),
            "held": sorted(HeldRecord.objects.values_list("exception__fingerprint", "raw__external_key")),
            "open": sorted(
                SyncException.objects.filter(
                    status="open", kind__in=["unmapped_key", "rejected_value", "duplicate"]
                ).values_list("fingerprint", flat=True)
            ),
            "landed": sorted(RawRecord.objects.filter(stream=stream).values_list("external_key", "digest")),
        }
        transaction.set_rollback(True)
    return found


def stops() -> Any:
    return Downtime.objects.filter(deleted_at=None)


def runs() -> Any:
    return Run.objects.filter(deleted_at=None)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries())
def test_any_delivery_ends_the_same(plant: PlantOf, delivery: tuple[list[Row], list[list[Row]]]) -> None:
    rows, batches = delivery
    source, _ = plant
    assert deliver(source, batches) == deliver(source, [[row] for row in rows])
