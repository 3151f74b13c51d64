"""Stops longer than their shift, and runs of which nothing was counted: told, and closed when mended."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from kpis.models import Downtime, Equipment, Production
from kpis.rollup import rebuild
from sync import long_stops, uncounted
from sync.exceptions import dismiss
from sync.models import SyncException
from sync.sources import add_source
from tests.factories import make_machine, make_plant, output, run, stop

# Friday noon. In Paris, two hours ahead of UTC, the early shift is from 4 to 12, the late one to 20 UTC.
NOW = datetime(2026, 5, 8, 12, tzinfo=UTC)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 5, day, hour, tzinfo=UTC)


@pytest.fixture
def press(db: None) -> Equipment:
    add_source(name="odoo", title="Odoo", connector="odoo", url="https://odoo.example")
    return make_machine(make_plant())


def look(moment: datetime = NOW) -> None:
    with time_machine.travel(moment, tick=False):
        rebuild(timezone.now())
        long_stops.check()
        uncounted.check()


def told() -> SyncException:
    return SyncException.objects.get()


def test_a_stop_longer_than_its_shift_is_told_and_closes_when_its_end_is_put_right(press: Equipment) -> None:
    forgotten = stop(press, at(5, 6), 10 * 60)
    stop(press, at(6, 6), 7 * 60)  # long, but shorter than the shift
    stop(press, at(7, 6), 20 * 60, "cleaning")  # planned ones may
    look()
    found = told()
    assert (found.kind, found.equipment, found.external_key) == (
        long_stops.NAME,
        press,
        forgotten.external_key,
    )
    assert "from 5 May 2026, 08:00, lasted 10.0 h. Its shift “Early” has 8.0 h" in found.message
    assert found.context == {"stop": forgotten.pk, "minutes": 120}
    look(NOW + timedelta(minutes=5))
    assert told().count == 1
    Downtime.objects.filter(pk=forgotten.pk).update(end=at(5, 7))
    look(NOW + timedelta(minutes=10))
    assert told().status == "resolved"


def test_a_stop_that_goes_on_is_told_too_and_a_dismissed_one_stays_so(press: Equipment) -> None:
    stop(press, at(7, 5), None)
    look()
    assert "lasts for 31.0 h already" in told().message
    dismiss(told(), reason="It stands.", by="ann")
    look(NOW + timedelta(minutes=5))
    assert told().status == "dismissed"


def test_hours_of_running_without_a_count_are_told_and_close_with_the_count(press: Equipment) -> None:
    run(press, at(5, 4), 240)
    output(press, at(5, 4), 240, 400)
    run(press, at(6, 4), 240)
    look()
    found = told()
    assert (found.kind, found.equipment, found.severity) == (uncounted.NAME, press, "warning")
    assert "On 06 May 2026 (“Early”) Press 1 ran for 4.0 h and nothing was counted. " in found.message
    assert found.context["minutes"] == 240
    output(press, at(6, 4), 240, 400)
    look(NOW + timedelta(minutes=5))
    assert told().status == "resolved"


def test_what_never_counts_or_may_still_be_counted_is_no_anomaly(press: Equipment) -> None:
    run(press, at(5, 4), 240)
    look()
    assert not SyncException.objects.exists()
    output(press, at(4, 4), 60, 100)
    order = output(press, at(5, 4), 60, 0)  # an order that is not over: its counts come with its end
    Production.objects.filter(pk=order.pk).update(end=None)
    look(NOW + timedelta(minutes=5))
    assert not SyncException.objects.exists()
    Production.objects.filter(end=None).delete()
    look(NOW + timedelta(minutes=10))
    assert told().kind == uncounted.NAME
