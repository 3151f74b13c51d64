"""The whole way, checked against what really happened in the simulated factory.

The truth is worked out by the factory itself, from its plan of events, not from what its servers say.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import pytest_django
from django.db import transaction

from kpis.engine import Scope, evaluate
from kpis.models import Line, ShiftComponents
from kpis.rollup import rebuild
from sync import demo
from sync.models import HeldRecord, SyncException
from sync.run import run_stream
from sync.sandbox import Factory, serve
from sync.sandbox.truth import TruthRow
from sync.schedule import take_due

pytestmark = pytest.mark.django_db
NOW = datetime(
    2026, 11, 3, 12, 30, tzinfo=UTC
)  # the days before hold the end of summer time in Lyon, 25 October
Key = tuple[str, str, str]
Both = tuple[dict[Key, TruthRow], dict[Key, ShiftComponents]]
STATES = {
    "planned_stop_s": "planned_stop",
    "breakdown_s": "breakdown",
    "setup_s": "setup",
    "external_s": "external",
    "quality_s": "quality",
    "speed_s": "speed",
    "micro_stop_s": "micro_stop",
    "unknown_s": "unknown",
}


FIRST, LAST = date(2026, 10, 21), date(2026, 10, 31)
"""Days whose orders were all reported by now."""


@pytest.fixture(scope="module")
def both(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[Both]:
    """What happened, and what the portal says happened, by machine, day and shift."""
    factory = Factory(seed=11, days=14, machines=9, now=NOW, defects=False)
    with serve(factory) as sandbox, django_db_blocker.unblock(), transaction.atomic():
        demo.seed(sandbox.odoo_url, sandbox.atlas_url)
        while due := take_due():
            for stream in due:
                run_stream(stream)
        rebuild(NOW)
        truth = {(row.machine, str(row.day), row.shift): row for row in factory.truth()}
        said = ShiftComponents.objects.filter(equipment__work_unit=True).select_related("equipment")
        yield truth, {key_of(row): row for row in said}
        transaction.set_rollback(True)


def key_of(row: ShiftComponents) -> Key:
    """The factory spells some codes differently in one of the systems, on purpose."""
    code = row.equipment.code.replace("_", "-").upper()
    return code, str(row.day), row.shift_name if row.shift else ""


def pairs(both: Both) -> Iterator[tuple[Key, TruthRow, ShiftComponents]]:
    truth, said = both
    for key, row in truth.items():
        if FIRST <= row.day <= LAST and key in said:
            yield key, row, said[key]


def test_nothing_of_a_clean_factory_stays_in_the_queue(both: object) -> None:
    left = SyncException.objects.filter(status="open").exclude(kind="overlap")
    assert [(each.kind, each.title) for each in left] == []
    assert not HeldRecord.objects.exists()


def test_the_same_shifts(both: Both) -> None:
    truth, said = both
    here, there = (
        {key for key, row in rows.items() if FIRST <= row.day <= LAST and key[2]} for rows in (said, truth)
    )
    assert here == there


@pytest.mark.parametrize("column", STATES)
def test_the_same_seconds_in_each_state(both: Both, column: str) -> None:
    differing = [
        (key, row.seconds[STATES[column]], getattr(portal, column))
        for key, row, portal in pairs(both)
        if row.seconds[STATES[column]] != pytest.approx(getattr(portal, column), abs=1)
    ]
    assert differing == []


def test_the_same_planned_and_run_time(both: Both) -> None:
    for key, row, portal in pairs(both):
        said = (portal.planned_s, portal.run_s, portal.loading_s)
        assert said == pytest.approx((row.planned_s, row.run_s, row.loading_s), abs=1), key


def test_the_same_failures_and_their_time(both: Both) -> None:
    for key, row, portal in pairs(both):
        assert (portal.failures, portal.failure_down_s) == (row.failures, row.failure_down_s), key


def test_the_same_counts(both: Both) -> None:
    for key, row, portal in pairs(both):
        said = (portal.quantity, portal.scrap, portal.ideal_s, portal.ideal_good_s)
        assert said == pytest.approx((row.made, row.scrap, row.ideal_s, row.ideal_good_s), abs=1e-3), key


def test_line_oee_follows_from_the_truth(both: Both) -> None:
    """A line's OEE over the finished days, worked out by hand from the truth."""
    code = next(iter(both[0]))[0][:6]
    rows = [row for key, row, _ in pairs(both) if key[0].startswith(code)]
    line = Line.objects.filter(equipment__code__startswith=code).distinct().get()
    scope = Scope(line_ids=(line.pk,), first_day=FIRST, last_day=LAST)
    (value,) = evaluate(["oee"], scope)
    assert value.value == pytest.approx(
        sum(row.ideal_good_s for row in rows) / sum(row.loading_s for row in rows), rel=1e-6
    )
