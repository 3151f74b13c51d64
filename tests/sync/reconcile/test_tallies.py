"""Rows and quantities of real connectors against the stand-in systems, and each link broken on purpose."""

import pytest
from django.db import transaction

from sync.models import ReconciliationLine, ReconciliationRun, Stream
from sync.reconcile.engine import reconcile
from sync.reconcile.outcomes import open_differences
from sync.reconcile.rules import RULES
from sync.sandbox import Sandbox

pytestmark = pytest.mark.django_db
RULE = RULES["rows"]


def compare() -> ReconciliationRun:
    run = reconcile(RULE)
    assert run is not None
    return run


def line(run: ReconciliationRun, subject: str, unit: str = "rows", period: str = "") -> ReconciliationLine:
    return run.lines.get(subject=subject, unit=unit, period=period)


def test_a_stream_without_the_rule_is_left_out(both_read: Sandbox) -> None:
    with transaction.atomic():
        Stream.objects.exclude(source__name="odoo", name="scrap").update(reconciliation="")
        assert set(compare().lines.values_list("subject", flat=True)) == {"odoo/scrap"}
        transaction.set_rollback(True)


def test_all_streams_of_both_systems_add_up(both_read: Sandbox) -> None:
    run = compare()
    assert (run.status, run.reason) == ("done", "")
    assert [(row.subject, row.period, row.sides) for row in run.lines.filter(agrees=False)] == []
    assert run.differing == 0
    streams = set(run.lines.values_list("subject", flat=True))
    assert {"odoo/productivity", "odoo/work_orders", "atlas/work_orders", "atlas/downtimes"} <= streams
    orders = line(run, "odoo/work_orders")
    assert orders.sides["source"] == orders.sides["landed"] == orders.sides["accounted"] > 50
    assert orders.sides["evidence"] > 0, "orders that were not begun"
    assert open_differences() == {}
