"""Both real connectors against the stand-in systems: all arrives, planted defects are told, KPIs heal."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_django
from django.db import transaction
from django.utils import timezone

from kpis.engine import Scope, Value, evaluate
from kpis.models import Downtime, Equipment, Production, Run, ShiftComponents, StaleDay
from kpis.rollup import mark_open_events, rebuild, refresh
from sync import demo
from sync.connectors.base import StreamSpec
from sync.exceptions import correct, fields_to_correct, map_key, suggestions
from sync.exceptions.backlog import work_off
from sync.models import HeldRecord, RawRecord, Stream, SyncException, SyncRun
from sync.run import run_stream
from sync.sandbox import Factory, Sandbox, serve
from sync.schedule import take_due
from sync.sources import spec_of

pytestmark = pytest.mark.django_db
LINE = "mrp.workcenter.productivity"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    with serve(Factory(seed=7, days=14, machines=8, now=now)) as running:
        yield running


@pytest.fixture(scope="module")
def read_all(
    sandbox: Sandbox, django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[list[SyncRun]]:
    """Both sources read for the first time, in the order the schedule gives; undone after the last test."""
    with django_db_blocker.unblock(), transaction.atomic():
        demo.seed(sandbox.odoo_url, sandbox.atlas_url)
        runs = []
        while due := take_due():
            runs += [run for stream in due if (run := run_stream(stream))]
        yield runs
        transaction.set_rollback(True)


def planted(sandbox: Sandbox, kind: str) -> set[str]:
    return set(sandbox.factory.planted[kind])


def open_keys(kind: str) -> set[str]:
    return set(SyncException.objects.filter(kind=kind, status="open").values_list("external_key", flat=True))


def keys_of(stream: str) -> set[str]:
    rows = RawRecord.objects.filter(stream__name=stream, stream__source__name="odoo")
    return set(rows.values_list("external_key", flat=True))


def test_every_stream_is_read_and_every_row_is_loaded_or_held(read_all: list[SyncRun]) -> None:
    assert [(run.stream.name, run.error) for run in read_all if run.status != SyncRun.Status.DONE] == []
    assert len(read_all) == Stream.objects.count()
    facts = {
        key
        for model in (Downtime, Run)
        for key in model._default_manager.filter(source="odoo", deleted_at=None).values_list(
            "external_key", flat=True
        )
    }
    held = set(
        HeldRecord.objects.filter(raw__stream__name="productivity").values_list(
            "raw__external_key", flat=True
        )
    )
    assert facts | held == keys_of("productivity")
    assert not facts & held


def test_planted_defects_are_found_and_nothing_else_is_told(
    sandbox: Sandbox, read_all: list[SyncRun]
) -> None:
    centers = {key for key in planted(sandbox, "asset_named_three_ways") if not key.startswith("asset/")}
    unknown = {key for key in open_keys("unmapped_key") if key}
    assert {key for key in unknown if "loss" not in key} == centers
    assert len({key for key in unknown if "loss" in key}) == 3
    assert planted(sandbox, "end_before_start") <= open_keys("rejected_value")
    assert open_keys("duplicate") == planted(sandbox, "duplicate_line")
    assert open_keys("missing_ideal_cycle") <= planted(sandbox, "missing_ideal_cycle")
    pairs = planted(sandbox, "closed_in_cmms_only") | planted(sandbox, "closed_in_odoo_only")
    assert open_keys("status_mismatch") == {key for key in pairs if key.startswith("maintenance.request/")}
    reasons = HeldRecord.objects.filter(
        exception__context__ref__kind="reason", raw__stream__name="productivity"
    )
    assert set(reasons.values_list("raw__external_key", flat=True)) <= planted(sandbox, "unknown_reason")
    kinds = Counter(SyncException.objects.filter(status="open").values_list("kind", flat=True))
    assert set(kinds) <= {
        "unmapped_key",
        "rejected_value",
        "duplicate",
        "missing_ideal_cycle",
        "status_mismatch",
        "overlap",
    }


def test_reading_again_changes_nothing(read_all: list[SyncRun]) -> None:
    before = {
        model: list(model._default_manager.order_by("pk").values()) for model in (Downtime, Run, Production)
    }
    counts = dict(SyncException.objects.values_list("fingerprint", "count"))
    StaleDay.objects.all().delete()
    for stream in Stream.objects.order_by("rank"):
        run = run_stream(stream.pk)
        assert run is not None
        assert (run.loaded, run.held, run.error) == (0, 0, "")
    assert not StaleDay.objects.exists()
    assert dict(SyncException.objects.values_list("fingerprint", "count")) == counts
    for model, rows in before.items():
        assert list(model._default_manager.order_by("pk").values()) == rows


def compute() -> None:
    mark_open_events(timezone.now())
    refresh(timezone.now())


def oee(machine: Equipment) -> Value:
    today = timezone.now().date()
    scope = Scope(first_day=today - timedelta(days=15), last_day=today, equipment_ids=(machine.pk,))
    return evaluate(["oee"], scope)[0]


def test_mapping_a_machine_heals_its_kpi(sandbox: Sandbox, read_all: list[SyncRun]) -> None:
    exception = SyncException.objects.filter(
        kind="unmapped_key", external_key__startswith="mrp.workcenter/"
    ).order_by("external_key")[0]
    machine = Equipment.objects.get(name="Presse Nord")
    compute()
    assert oee(machine).value is None
    held = exception.held_records.count()
    assert held > 100
    map_key(exception, canonical_id=machine.pk, by="lead")
    work_off(exception.pk)
    compute()
    after = oee(machine)
    assert after.value is not None
    assert 0 < after.value < 1.2
    assert not HeldRecord.objects.filter(exception=exception).exists()
    kept = list(
        ShiftComponents.objects.filter(equipment=machine).order_by("start").values_list("run_s", "ideal_s")
    )
    rebuild(timezone.now(), [machine.pk])
    rebuilt = (
        ShiftComponents.objects.filter(equipment=machine).order_by("start").values_list("run_s", "ideal_s")
    )
    assert list(rebuilt)[: len(kept) - 4] == kept[: len(kept) - 4]


def test_suggestions_help_with_reasons(read_all: list[SyncRun]) -> None:
    exceptions = SyncException.objects.filter(kind="unmapped_key", context__ref__kind="reason")
    assert len(exceptions) == 3
    assert any(suggestions(exception) for exception in exceptions)


def test_a_missing_cycle_that_is_entered_heals_performance(sandbox: Sandbox, read_all: list[SyncRun]) -> None:
    exception = SyncException.objects.filter(kind="missing_ideal_cycle", status="open").first()
    assert exception is not None
    assert exception.equipment is not None
    compute()
    rows = ShiftComponents.objects.filter(equipment=exception.equipment)
    without = sum(rows.values_list("run_without_ideal_s", flat=True))
    assert without > 0
    field = fields_to_correct(exception)[0]
    correct(
        exception,
        external_key=field["external_key"],
        field="ideal_cycle_s",
        value=12.5,
        reason="Tag.",
        by="ann",
    )
    compute()
    assert sum(rows.all().values_list("run_without_ideal_s", flat=True)) < without


def test_every_stream_has_its_spec(read_all: list[SyncRun]) -> None:
    for stream in Stream.objects.select_related("source"):
        assert isinstance(spec_of(stream), StreamSpec)
