"""An account that counts no more, in the middle of a run."""

import json

import pytest

from sync.models import SyncException, SyncRun
from tests.faults.conftest import Proxies, Sound
from tests.faults.harness.faults import JSON
from tests.faults.harness.portal import Portal
from tests.faults.harness.proxy import Answer, Asked, Exchange, Fault

pytestmark = pytest.mark.slow
TICKS_S = 4
MOST_REQUESTS = 40
"""A few for each of a source's streams that were under way; a storm would be hundreds."""


def odoo_denies(exchange: Exchange) -> None:
    login = exchange.asked.about('"login"')
    denied = {
        "name": "odoo.exceptions.AccessDenied",
        "message": "Access Denied",
        "arguments": [],
        "debug": "",
    }
    answer = (
        {"result": False} if login else {"error": {"code": 0, "message": "Odoo Server Error", "data": denied}}
    )
    exchange.send(Answer(200, JSON, json.dumps({"jsonrpc": "2.0", "id": 1} | answer).encode()))


def atlas_denies(exchange: Exchange) -> None:
    status, said = (403, "Invalid credentials") if exchange.asked.about("/auth/") else (401, "Unauthorized")
    exchange.send(Answer(status, JSON, json.dumps({"success": False, "message": said}).encode()))


class Revoked:
    """From the first request of some kind on, everything is denied."""

    def __init__(self, denies: Fault, *after: str) -> None:
        self.denies, self.after, self.revoked = denies, after, False

    def __call__(self, asked: Asked) -> Fault | None:
        self.revoked = self.revoked or asked.about(*self.after)
        return self.denies if self.revoked and not asked.about("version_info") else None


def test_revoked_in_mid_run(portal: Portal, sound: Sound, ports: Proxies) -> None:
    """One exception per source, which names the cure, and no storm of log-ins: it would lock the account."""
    ports.odoo.script = Revoked(odoo_denies, "mrp.workcenter.productivity", '"read"')
    ports.atlas.script = Revoked(atlas_denies, "/labors/")
    portal.wake()
    for source in ("odoo", "atlas"):
        refused = SyncException.objects.filter(kind="source_refused", source__name=source)
        portal.wait(refused.exists, f"the refusal of {source} was told")
    portal.wait(lambda: not SyncRun.objects.filter(status="running").exists(), "no run was under way")
    before = {proxy.port: len(proxy.asked) for proxy in (ports.odoo, ports.atlas)}
    portal.let_ticks_go_by(TICKS_S)
    for proxy in (ports.odoo, ports.atlas):
        assert len(proxy.asked) - before[proxy.port] <= MOST_REQUESTS
    sound.at_any_moment()
    for source in ("odoo", "atlas"):
        exception = SyncException.objects.get(kind="source_refused", source__name=source)
        assert "password" in exception.message
        assert "Sources page" in exception.message
    ports.odoo.heal()
    ports.atlas.heal()
    portal.comes_to_rest()
    sound.at_rest()
