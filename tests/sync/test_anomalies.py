"""A cycle time that is too slow shows as performance above 100 %: told once per machine, and closed again."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kpis.models import Equipment, Production
from kpis.rollup import rebuild
from sync import anomalies
from sync.exceptions import dismiss
from sync.models import Checkpoint, Stream, SyncException
from sync.sources import add_source
from tests.factories import make_machine, make_plant, output, run

# Friday noon.
NOW = datetime(2026, 5, 8, 12, tzinfo=UTC)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 5, day, hour, tzinfo=UTC)


@pytest.fixture
def press(db: None) -> Equipment:
    """Wednesday and Thursday, 4 h run each, up to the break: 480 pieces of 30 s can be made in them."""
    add_source(name="odoo", title="Odoo", connector="odoo", url="https://odoo.example")
    machine = make_machine(make_plant())
    for day in (6, 7):
        run(machine, at(day, 4), 240)
    return machine


def look(moment: datetime = NOW) -> None:
    with time_machine.travel(moment, tick=False):
        rebuild(timezone.now())
        anomalies.check()


def test_a_day_above_100_percent_is_told_with_its_days(press: Equipment) -> None:
    output(press, at(6, 4), 240, 480)
    output(press, at(7, 4), 240, 720)
    look()
    exception = SyncException.objects.get()
    assert (exception.kind, exception.equipment, exception.plant) == (
        "performance_above_100",
        press,
        press.plant,
    )
    assert (exception.source.name, exception.severity) == ("odoo", "warning")
    assert exception.context["days"] == [{"day": "2026-05-07", "performance": 1.5}]
    assert "1 of the last 30 days" in exception.message
    assert "on 7 May 2026 with 150.0 %" in exception.message
    assert "probably too slow" in exception.message


def test_exactly_what_is_possible_is_no_anomaly(press: Equipment) -> None:
    output(press, at(6, 4), 240, 480)
    look()
    assert not SyncException.objects.exists()


def test_the_day_that_goes_on_is_not_judged(press: Equipment) -> None:
    run(press, at(8, 4), 240)
    output(press, at(8, 4), 240, 2000)
    look()
    assert not SyncException.objects.exists()
    look(NOW + timedelta(days=1))
    assert SyncException.objects.get().context["days"][0]["day"] == "2026-05-08"


def test_the_same_again_counts_once_and_a_repair_closes_it(press: Equipment) -> None:
    output(press, at(7, 4), 240, 720)
    look()
    look(NOW + timedelta(minutes=1))
    exception = SyncException.objects.get()
    assert (exception.count, exception.status) == (1, "open")
    Production.objects.update(ideal_cycle_s=20.0)
    look(NOW + timedelta(minutes=2))
    exception.refresh_from_db()
    assert (exception.status, exception.resolved_by) == ("resolved", "")
    Production.objects.update(ideal_cycle_s=30.0)
    look(NOW + timedelta(minutes=3))
    exception.refresh_from_db()
    assert (exception.status, exception.count) == ("open", 2)


def test_it_ends_when_the_day_is_older_than_30_days_though_nothing_is_computed(press: Equipment) -> None:
    output(press, at(7, 4), 240, 720)
    look()
    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        anomalies.check()
        assert SyncException.objects.get().status == "resolved"


def test_a_dismissed_one_stays_dismissed(press: Equipment) -> None:
    output(press, at(7, 4), 240, 720)
    look()
    dismiss(SyncException.objects.get(), reason="New tool, known.", by="ann")
    output(press, at(6, 4), 240, 720)
    look(NOW + timedelta(minutes=1))
    exception = SyncException.objects.get()
    assert (exception.status, len(exception.context["days"])) == ("dismissed", 2)


def test_only_what_was_computed_since_is_looked_at(press: Equipment) -> None:
    output(press, at(7, 4), 240, 720)
    with time_machine.travel(NOW, tick=False):
        rebuild(NOW)
        Checkpoint.objects.create(name=anomalies.NAME, at=NOW + timedelta(minutes=1))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            anomalies.check()
    assert not SyncException.objects.exists()
    assert len(queries) < 12


def test_counts_of_a_source_that_is_gone_tell_nobody(press: Equipment) -> None:
    output(press, at(7, 4), 240, 720)
    Stream.objects.all().delete()
    look()
    assert not SyncException.objects.exists()
