"""What a source or the network may answer instead of rows: told apart, tried again, and nothing is lost."""

import pytest
from django.db.models import QuerySet

from sync.models import SyncException, SyncRun
from tests.faults.conftest import Proxies, Sound
from tests.faults.harness import faults
from tests.faults.harness.clock import THEN
from tests.faults.harness.portal import Portal, facts, unread
from tests.faults.harness.proxy import Fault

pytestmark = pytest.mark.slow
LINES = ("mrp.workcenter.productivity", '"read"')
LABOUR = ("/labors/work-order/",)
FAULTS: dict[str, Fault] = {
    "429": faults.status(429, Retry_After="1"),
    "500": faults.status(500),
    "time-out": faults.silence,
    "slow bytes": faults.dripping,
    "truncated JSON": faults.cut,
    "truncated JSON of no known length": faults.cut_unannounced,
    "HTML page": faults.maintenance_page,
    "connection reset": faults.reset,
    "wrong type": faults.wrong_type,
    "giant body": faults.giant,
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_an_answer_that_is_none(fault: Fault, portal: Portal, sound: Sound, ports: Proxies) -> None:
    """Both sources misbehave in the middle of one stream each; the other streams are read meanwhile."""
    ports.odoo.script = faults.when(fault, *LINES, first=2)
    ports.atlas.script = faults.when(fault, *LABOUR, first=2)
    began = portal.wake()
    hurt = facts().filter(name__in=["productivity", "labour"])
    for name in ("productivity", "labour"):
        portal.wait(failed(name).exists, f"the reading of {name} had failed")
    portal.wait(lambda: not unread(facts().exclude(pk__in=hurt), began), "all other streams were read")
    sound.at_any_moment()
    assert told() <= {"source_unavailable"}
    ports.odoo.heal()
    ports.atlas.heal()
    portal.comes_to_rest()
    sound.at_rest()


def failed(name: str) -> QuerySet[SyncRun]:
    """Runs that failed, or were told to wait."""
    return SyncRun.objects.filter(stream__name=name).exclude(error="")


def told() -> set[str]:
    """Kinds of what is told of sources and streams, not of rows."""
    rows = SyncException.objects.filter(status="open", kind__in=[*OF_READING])
    return set(rows.values_list("kind", flat=True))


OF_READING = ("source_unavailable", "source_refused", "schema_drift", "failed_sync", "dead_letter")


def test_a_source_that_cannot_be_reached(portal: Portal, sound: Sound, ports: Proxies) -> None:
    """Connections time out. One cause, told once; the other source goes on."""
    with ports.odoo.unreachable():
        began = portal.wake()
        portal.wait(lambda: told(), "it was told")
        portal.wait(lambda: not unread(facts().filter(source__name="atlas"), began), "the CMMS was read")
        sound.at_any_moment()
    assert SyncException.objects.filter(kind="source_unavailable").count() == 1
    portal.comes_to_rest()
    sound.at_rest()


def test_retry_after_is_honoured(portal: Portal, sound: Sound, ports: Proxies) -> None:
    """The stream is not asked again before the time that the source named, and then it goes on by itself."""
    asked_to_wait_s = 4
    ports.odoo.script = faults.when(
        faults.status(429, Retry_After=str(asked_to_wait_s)), *LINES, first=1, count=1
    )
    portal.wake()
    portal.wait(failed("productivity").exists, "the source had asked us to wait")
    of_lines = [asked for asked in ports.odoo.asked if asked.about(*LINES)]
    limit, known = of_lines[1].at + asked_to_wait_s, len(of_lines)
    lines = facts().filter(name="productivity")
    portal.wait(lambda: not unread(lines, THEN), "the lines were read to the end")
    again = [asked for asked in ports.odoo.asked if asked.about(*LINES)][known:]
    assert again[0].at >= limit
    portal.comes_to_rest()
    sound.at_rest()


def test_an_expired_token_is_renewed_in_mid_run(portal: Portal, sound: Sound, ports: Proxies) -> None:
    """The CMMS says so with HTTP 500. Nobody notices."""
    ports.atlas.script = faults.when(faults.expired_token, *LABOUR, first=2, count=1)
    portal.comes_to_rest()
    assert not SyncRun.objects.filter(stream__source__name="atlas", status="failed").exists()
    sound.at_rest()
