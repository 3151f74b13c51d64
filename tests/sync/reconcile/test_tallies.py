"""Rows and quantities of real connectors against the stand-in systems, and each link broken on purpose."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from kpis.models import Run
from sync.models import HeldRecord, RawRecord, ReconciliationLine, ReconciliationRun, Stream, SyncException
from sync.reconcile.engine import reconcile
from sync.reconcile.outcomes import open_differences
from sync.reconcile.rules import RULES
from sync.sandbox import Sandbox
from tests.mfgportal.queue import an_exception

pytestmark = pytest.mark.django_db
RULE = RULES["rows"]
LINES = "odoo/productivity"


@pytest.fixture
def undone(both_read: Sandbox) -> Iterator[Sandbox]:
    """What a test breaks is whole again for the next."""
    with transaction.atomic():
        yield both_read
        transaction.set_rollback(True)


def compare(**limits: Any) -> ReconciliationRun:
    run = reconcile(RULE, **limits)
    assert run is not None
    return run


def line(run: ReconciliationRun, subject: str, unit: str = "rows", period: str = "") -> ReconciliationLine:
    return run.lines.get(subject=subject, unit=unit, period=period)


def landed(key: str = "") -> RawRecord:
    rows = RawRecord.objects.filter(stream__name="productivity", payload__loss_type="productive")
    found = rows.order_by("external_key").first()
    assert found is not None
    return found


def test_all_streams_of_both_systems_add_up(undone: Sandbox) -> None:
    run = compare()
    assert (run.status, run.reason) == ("done", "")
    assert [(row.subject, row.period, row.sides) for row in run.lines.filter(agrees=False)] == []
    streams = set(run.lines.values_list("subject", flat=True))
    assert {LINES, "odoo/work_orders", "atlas/work_orders", "atlas/downtimes", "atlas/users"} <= streams
    orders = line(run, "odoo/work_orders")
    assert orders.sides["source"] == orders.sides["landed"] == orders.sides["accounted"] > 50
    assert orders.sides["evidence"] > 0, "orders that were not begun"
    month = f"{datetime.now(UTC):%Y-%m}"
    assert line(run, LINES, "duration", month).sides["source"] > 0
    assert open_differences() == {}


def test_a_row_that_was_never_read_is_named(undone: Sandbox) -> None:
    """It was missed by reading, and reading again does not find it, since it has not changed."""
    row = landed()
    Run.objects.filter(external_key=row.external_key).delete()
    RawRecord.objects.filter(pk=row.pk).delete()
    stream = Stream.objects.get(name="productivity")
    stream.cursor = {"since": "2099-01-01 00:00:00"}
    stream.save()
    whole = line(compare(), LINES)
    assert not whole.agrees
    assert whole.sides["source"] == whole.sides["landed"] + 1
    assert whole.sides["landed"] == whole.sides["accounted"]
    assert [(one["where"], one["external_key"]) for one in whole.rows] == [("source", row.external_key)]
    assert whole.note.startswith("Source → read")
    assert open_differences() == {"rows": 1}


def test_a_row_that_reading_again_brings_is_no_difference(undone: Sandbox) -> None:
    row = landed()
    Run.objects.filter(external_key=row.external_key).delete()
    RawRecord.objects.filter(pk=row.pk).delete()
    Stream.objects.filter(name="productivity").update(cursor={})
    whole = line(compare(), LINES)
    assert whole.agrees
    assert Run.objects.filter(external_key=row.external_key).exists()


def test_a_row_that_is_gone_from_the_source_is_named(undone: Sandbox) -> None:
    row = landed()
    ghost = f"{row.external_key}9999"
    RawRecord.objects.create(
        stream=row.stream, external_key=ghost, digest=b"0" * 16, payload=row.payload, trace_id=row.trace_id
    )
    whole = line(compare(), LINES)
    assert [(one["where"], one["external_key"]) for one in whole.rows] == [("landed", ghost)]
    assert "sweep" in whole.note


def test_a_row_that_is_neither_loaded_nor_waiting_is_named_and_closes_itself(undone: Sandbox) -> None:
    row = landed()
    lost = Run.objects.get(external_key=row.external_key)
    Run.objects.filter(pk=lost.pk).update(deleted_at=lost.loaded_at)
    whole = line(compare(), LINES)
    assert whole.sides["accounted"] == whole.sides["landed"] - 1
    assert whole.sides["source"] == whole.sides["landed"]
    assert [one["external_key"] for one in whole.rows] == [row.external_key]
    assert whole.note.startswith("Read → loaded")
    told = SyncException.objects.get(kind="reconciliation_difference")
    assert told.title == "Rows and quantities: Odoo: Productivity lines (runs and stops)"
    assert {one["period"] for one in told.context["differences"]} == {"", row.payload["date_start"][:7]}
    assert compare().differing > 0
    told.refresh_from_db()
    assert (told.status, told.count) == ("open", 2)
    Run.objects.filter(pk=lost.pk).update(deleted_at=None)
    assert compare().differing == 0
    told.refresh_from_db()
    assert (told.status, told.resolution) == ("resolved", "The sides agree again.")


def test_a_row_that_waits_is_accounted_for(undone: Sandbox) -> None:
    row = landed()
    Run.objects.filter(external_key=row.external_key).delete()
    HeldRecord.objects.create(exception=an_exception(row.stream), raw=row, kind="run")
    whole = line(compare(), LINES)
    assert whole.agrees
    assert whole.sides["held"] == 1


def test_another_quantity_than_was_read_is_named(undone: Sandbox) -> None:
    row = landed()
    row.payload["duration"] += 7
    row.save()
    run = compare()
    month = line(run, LINES, "duration", row.payload["date_start"][:7])
    assert not month.agrees
    assert month.difference == pytest.approx(7)
    assert [(one["where"], one["external_key"]) for one in month.rows] == [("both", row.external_key)]
    assert line(run, LINES).agrees, "the number of rows is the same"


def test_a_stream_that_is_not_ready_is_left_out_and_said(undone: Sandbox) -> None:
    Stream.objects.filter(source__name="odoo").update(failures=2)
    Stream.objects.filter(name="parts").update(read_through=None)
    run = compare()
    assert run.status == "done"
    assert "“Parts” of Atlas CMMS is still being read for the first time." in run.reason
    assert "“Scrap” of Odoo cannot be read now." in run.reason
    assert not run.lines.filter(subject__startswith="odoo/").exists()


def test_a_stream_without_the_rule_is_left_out(undone: Sandbox) -> None:
    Stream.objects.exclude(source__name="odoo", name="scrap").update(reconciliation="")
    assert set(compare().lines.values_list("subject", flat=True)) == {"odoo/scrap"}


def test_one_source_and_one_month(undone: Sandbox) -> None:
    stream = Stream.objects.select_related("source").get(name="productivity")
    now = datetime.now(UTC)
    run = compare(source=stream.source, month=now.date().replace(day=1))
    assert {row.subject.partition("/")[0] for row in run.lines.all()} == {"odoo"}
    assert set(run.lines.values_list("period", flat=True)) == {"", f"{now:%Y-%m}"}
