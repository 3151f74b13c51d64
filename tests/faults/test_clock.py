"""Clocks that are wrong by an hour, that are put right, and an hour that comes twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Sum

from kpis.models import ShiftComponents
from mfgportal.runner import programs
from mfgportal.runner.child import Program
from sync.models import Stream
from sync.sandbox import Factory, serve
from sync.sandbox.truth import TruthRow
from tests.faults.conftest import FRESH, Sound
from tests.faults.harness import invariants, reference
from tests.faults.harness.clock import travelling
from tests.faults.harness.cluster import Cluster
from tests.faults.harness.portal import DATABASE, Portal, Processes, every_stream, facts, unread

pytestmark = pytest.mark.slow
HOUR = 3600.0


WORKER, BEAT = programs.worker("INFO"), programs.beat("INFO")


@pytest.mark.parametrize("program", [WORKER, BEAT], ids=["worker", "beat"])
def test_one_machine_is_an_hour_ahead(program: Program, portal: Portal, sound: Sound) -> None:
    """Worker and beat run on different machines. All is read, and nothing waits for the hour to pass."""
    portal.processes.put_ahead(program, HOUR)
    began = portal.wake()
    portal.wait(lambda: not unread(facts(), began), "all was read")
    portal.processes.ensure()
    portal.comes_to_rest()
    sound.at_rest()


def test_a_clock_that_was_an_hour_ahead_is_put_right(portal: Portal, sound: Sound) -> None:
    """What was due "in a minute" is not left alone for an hour."""
    Stream.objects.update(every_s=60)
    for program in (WORKER, BEAT):
        portal.processes.put_ahead(program, HOUR)
    ahead = datetime.now(UTC) + timedelta(minutes=55)
    portal.wake()
    portal.wait(lambda: not unread(facts(), ahead), "all was read in the wrong hour")
    began = datetime.now(UTC)
    portal.processes.ensure()
    anew = facts().filter(read_through__range=(began, began + timedelta(minutes=30)))
    portal.wait(lambda: anew.count() == facts().count(), "all was read in the right hour")
    Stream.objects.update(every_s=reference.SELDOM)
    portal.comes_to_rest()
    sound.at_rest()


PUT_BACK = datetime(2026, 10, 25, 1, tzinfo=UTC)
"""When in Lyon three o'clock becomes two o'clock once more."""
NIGHT = date(2026, 10, 24)


def test_an_hour_that_comes_twice(portal: Portal, cluster: Cluster) -> None:
    """The end of summer time is lived through: the day has 25 hours, and what happened counts once."""
    portal.processes.keep(())
    factory = Factory(seed=7, days=2, machines=6, now=PUT_BACK - timedelta(minutes=20), defects=False)
    with serve(factory) as sandbox:
        connection.close()
        cluster.create(DATABASE, like=FRESH)
        reference.seed(sandbox.odoo_url, sandbox.atlas_url)
        for moment in (PUT_BACK - timedelta(minutes=20), PUT_BACK + timedelta(hours=9)):
            factory.advance(moment)
            live_at(moment, portal)
        assert_true(list(factory.truth()))


def live_at(moment: datetime, portal: Portal) -> None:
    """Read everything at another time than the other tests', by processes that live then."""
    ahead_s = (moment - datetime.now(UTC)).total_seconds()
    processes = Processes(portal.cluster, portal.processes.ahead_s + ahead_s)
    with travelling(ahead_s):
        processes.ensure()
        try:
            Portal(portal.cluster, processes).comes_to_rest(every_stream())
            assert invariants.components_are_a_rebuild() == []
        finally:
            processes.keep(())


def assert_true(truth: list[TruthRow]) -> None:
    rows = ShiftComponents.objects.filter(day=NIGHT, equipment__work_unit=True, equipment__plant__name="Lyon")
    hours = rows.values("equipment").annotate(seconds=Sum("calendar_s")).values_list("seconds", flat=True)
    assert set(hours) == {25 * HOUR}
    said = {
        (code_of(row), row.shift_name if row.shift else ""): row for row in rows.select_related("equipment")
    }
    known = {(row.machine, row.shift): row for row in truth if row.day == NIGHT}
    assert said
    for key, row in said.items():
        true = known[key]
        assert (row.planned_s, row.run_s, row.failures) == (true.planned_s, true.run_s, true.failures), key


def code_of(row: ShiftComponents) -> str:
    """The factory spells some codes differently in one of the systems, on purpose."""
    return row.equipment.code.replace("_", "-").upper()
