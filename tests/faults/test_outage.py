"""Days without a source: one exception, few requests, and a catch-up that is only a longer read."""

from datetime import timedelta

import pytest

from sync.models import SyncException, SyncRun
from sync.sandbox import Sandbox
from tests.faults.conftest import LOADED, Proxies, Sound
from tests.faults.harness.portal import Portal, every_stream

pytestmark = pytest.mark.slow
DAYS = 3


@pytest.mark.parametrize("begin_with", [LOADED], indirect=True, ids=[""])
def test_both_sources_are_down_for_days(
    portal: Portal, sound: Sound, ports: Proxies, sandbox: Sandbox
) -> None:
    ports.odoo.close()
    ports.atlas.close()
    portal.wake(every_stream())
    down = SyncException.objects.filter(kind="source_unavailable", status="open")
    portal.wait(lambda: down.count() == 2, "both outages were told")
    portal.wait(lambda: not SyncRun.objects.filter(status="running").exists(), "no run was under way")
    for _ in range(3):
        later = SyncRun.objects.filter(pk__gt=SyncRun.objects.latest("pk").pk)
        portal.let_time_pass(timedelta(hours=8))
        portal.wait(later.exists, "it was tried again")
    portal.let_ticks_go_by(1)
    # An open breaker lets one stream of a source try at a time.
    assert SyncRun.objects.filter(status="failed").count() < 2 * every_stream().count() + 10
    assert down.count() == SyncException.objects.filter(kind="source_unavailable").count() == 2
    sandbox.factory.advance(sandbox.factory.now + DAYS * 86400)
    ports.odoo.reset(sandbox.odoo_url)
    ports.atlas.reset(sandbox.atlas_url)
    portal.comes_to_rest(every_stream())
    sound.at_rest()
