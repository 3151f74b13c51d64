"""System against system, on what the stand-ins tell of one simulated factory, and on planted differences."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from kpis.intervals import Span, merge, total
from kpis.models import Downtime, Equipment, LossClass, Part, Production, StockLevel
from kpis.rollup import refresh
from sync.models import HeldRecord, RawRecord, ReconciliationRun, Source, Stream, SyncException
from sync.reconcile.engine import reconcile
from sync.reconcile.rules import RULES
from sync.sandbox import Sandbox
from sync.sandbox.spec import MICRO_STOP_S
from tests.mfgportal.queue import an_exception

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def undone(both_read: Sandbox) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def compare(rule: str) -> ReconciliationRun:
    run = reconcile(RULES[rule])
    assert run is not None
    return run


def test_breakdowns_are_merged_clipped_and_told_apart(both_read: Sandbox) -> None:
    """The factory's own plan of events says how long each machine was broken down."""
    run = compare("downtime")
    assert run.status == "done"
    assert run.compared > 3
    machines = {machine.code: machine for machine in both_read.factory.machines}
    now = timezone.now().timestamp()
    for row in run.lines.select_related("equipment"):
        assert row.equipment is not None
        machine = machines[row.equipment.code.replace("_", "-").upper()]
        spans = [
            Span(span.start, min(span.stop, now))
            for span in machine.history
            if span.start < now and span.reason.loss_class == "breakdown"
            if min(span.stop, now) - span.start >= MICRO_STOP_S
        ]
        month = [span for span in spans if f"{datetime.fromtimestamp(span.start, UTC):%Y-%m}" == row.period]
        assert row.sides["production"] == pytest.approx(total(merge(month)) / 60, abs=0.1), machine.code
        assert row.sides["both"] + row.sides["production_only"] == pytest.approx(
            row.sides["production"], abs=0.02
        )
        assert row.sides["both"] + row.sides["maintenance_only"] == pytest.approx(
            row.sides["maintenance"], abs=0.02
        )
        apart = row.sides["production_only"] - row.sides["short"] + row.sides["maintenance_only"]
        assert row.difference == pytest.approx(apart, abs=0.02)
    told = SyncException.objects.filter(kind="reconciliation_difference")
    assert {row.equipment_id for row in told} == set(
        run.lines.filter(agrees=False).values_list("equipment", flat=True)
    )
    assert all(row.plant_id for row in told)


def test_a_stop_that_only_the_cmms_has_is_named() -> None:
    machine = compare("downtime").lines.filter(agrees=True)[0].equipment
    assert machine is not None
    known = Downtime.objects.filter(source="atlas", equipment=machine, inherited=False)[0]
    start = timezone.now() - timedelta(hours=3)
    Downtime.objects.filter(equipment=machine, start__gte=start - timedelta(hours=9)).delete()
    planted = Downtime.objects.create(
        source="atlas",
        external_key="asset-downtime/9.9",
        equipment=machine,
        reason=known.reason,
        start=start,
        end=start + timedelta(minutes=170),
    )
    row = compare("downtime").lines.filter(equipment=machine, agrees=False)[0]
    assert row.sides["maintenance_only"] == pytest.approx(170, abs=1)
    assert [(one["where"], one["event"]) for one in row.rows][:1] == [
        ("maintenance", f"downtime/{planted.pk}")
    ]
    assert SyncException.objects.filter(kind="reconciliation_difference", equipment=machine).exists()


def test_the_cmms_need_not_know_of_short_stops(both_read: Sandbox) -> None:
    usual = compare("downtime")
    short = [row for row in usual.lines.all() if row.sides["short"] > 31]
    assert short
    cmms = Source.objects.get(name="atlas")
    cmms.options["expected_stop_min"] = 0
    cmms.save()
    strict = compare("downtime")
    assert strict.differing >= usual.differing
    for row in short:
        assert strict.lines.get(subject=row.subject, period=row.period).difference > row.difference


def test_short_stops_and_inherited_ones_are_no_breakdowns() -> None:
    before = {row.subject: row.sides for row in compare("downtime").lines.all()}
    machine = Equipment.objects.get(pk=int(next(iter(before))))
    reason = Downtime.objects.filter(reason__loss_class=LossClass.BREAKDOWN)[0].reason
    start = timezone.now() - timedelta(minutes=30)
    for key, minutes, inherited in (("a", 4, False), ("b", 20, True)):
        Downtime.objects.create(
            source="atlas", external_key=key, equipment=machine, reason=reason, start=start,
            end=start + timedelta(minutes=minutes), inherited=inherited,
        )  # fmt: skip
    after = {row.subject: row.sides for row in compare("downtime").lines.all()}
    assert after[str(machine.pk)]["maintenance"] == before[str(machine.pk)]["maintenance"]


def test_orders_have_produced_what_their_last_step_has(both_read: Sandbox) -> None:
    run = compare("production")
    assert run.status == "done"
    assert run.compared > 5
    assert [(row.title, row.sides) for row in run.lines.filter(agrees=False)] == []
    assert all(row.plant_id for row in run.lines.all())


def test_an_order_that_was_changed_behind_our_back_is_named() -> None:
    line = compare("production").lines.filter(sides__orders__gt=0)[0]
    made = Production.objects.filter(
        quantity__gt=0, equipment__plant=line.plant, product__name=line.title.rpartition(" (")[0]
    )
    step = made.exclude(end=None).order_by("-end", "-pk")[0]
    Production.objects.filter(order_number=step.order_number, quantity__gt=0).update(quantity=1)
    row = compare("production").lines.get(subject=line.subject, agrees=False)
    assert row.row_count == 1
    assert step.order_number in row.rows[0]["text"]


def test_a_last_step_that_waits_is_the_last_step() -> None:
    line = compare("production").lines.filter(sides__orders__gt=0)[0]
    made = Production.objects.filter(quantity__gt=0, equipment__plant=line.plant, end__isnull=False)
    step = made.filter(product__name=line.title.rpartition(" (")[0]).order_by("-end", "-pk")[0]
    raw = RawRecord.objects.get(external_key=step.external_key)
    HeldRecord.objects.create(exception=an_exception(raw.stream), raw=raw, kind="production")
    Production.objects.filter(pk=step.pk).delete()
    row = compare("production").lines.get(subject=line.subject, period=line.period)
    assert row.agrees
    assert row.sides["held"] == step.quantity


def test_stock_of_spare_parts_agrees_and_a_difference_shows_both(both_read: Sandbox) -> None:
    run = compare("stock")
    assert (run.status, run.differing) == ("done", 0)
    assert run.compared > 10
    part = Part.objects.exclude(product=None)[0]
    StockLevel.objects.filter(product=part.product).update(quantity=3.5)
    Part.objects.filter(pk=part.pk).update(quantity_on_hand=9)
    row = compare("stock").lines.get(agrees=False)
    assert row.title == str(part)
    assert row.sides["maintenance"] == 9
    assert {one["where"] for one in row.rows} == {"production", "maintenance"}


def test_costs_are_compared_by_plant_month_and_category(both_read: Sandbox) -> None:
    run = compare("costs")
    assert run.status == "done"
    labour = run.lines.filter(title__endswith=": labour")
    assert labour.exists()
    for row in labour:
        assert row.sides["maintenance"] == pytest.approx(row.sides["reporting"], abs=0.01)
        assert row.plant_id
        assert len(row.unit) == 3


def test_a_source_s_own_figures_are_shown_and_raise_nothing(both_read: Sandbox) -> None:
    refresh(timezone.now())
    run = compare("native")
    assert run.status == "done"
    oee = run.lines.filter(unit="%")
    assert oee.count() > 3
    assert all(0 < row.sides["native"] <= 100 and "availability" in row.note for row in oee)
    stops = run.lines.filter(unit="min", agrees=False)
    assert stops.exists()
    assert all(row.sides["native"] < row.sides["here"] for row in stops), (
        "calendar time is less than the clock's"
    )
    assert stops[0].rows[0]["event"].startswith("downtime/")
    assert not SyncException.objects.filter(kind="reconciliation_difference").exists()


@pytest.mark.parametrize("rule", ["downtime", "production", "stock", "costs", "native"])
def test_a_side_that_is_late_or_missing_skips_the_comparison(rule: str) -> None:
    Stream.objects.update(read_through=timezone.now() - timedelta(days=3))
    run = compare(rule)
    assert run.status == "skipped"
    assert "is late." in run.reason
    Source.objects.update(enabled=False)
    assert compare(rule).status == "skipped"
