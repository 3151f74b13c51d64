"""The database or the broker dies in the middle of everything, and comes back."""

from collections.abc import Iterator

import httpx
import pytest
from django.db import connection
from django.test import Client

from mfgportal.accounts.models import Role, User
from mfgportal.runner import programs
from sync.models import SyncRun
from tests.faults.conftest import LOADED, Proxies, Sound
from tests.faults.harness import faults
from tests.faults.harness.cluster import Cluster, kill
from tests.faults.harness.content import landed_rows
from tests.faults.harness.portal import Portal

pytestmark = pytest.mark.slow
LINES = ("mrp.workcenter.productivity", '"read"')
PAGES = ("/", "/exceptions/", "/sync/", "/api/v1/kpis?kpi=oee")


def mid_run(portal: Portal, ports: Proxies) -> None:
    """Come to the middle of reading the lines."""
    ports.odoo.script = faults.when(faults.slowly(0.1), *LINES)
    portal.wake()
    lines = landed_rows().filter(stream__name="productivity")
    portal.wait(lines.exists, "the reading of lines had begun")


def test_postgres_killed_in_mid_run(portal: Portal, sound: Sound, ports: Proxies, cluster: Cluster) -> None:
    mid_run(portal, ports)
    for _ in range(2):
        kill(cluster.postgres)
        connection.close()
        assert portal.processes.children["worker"].alive
        cluster.ensure()
        sound.at_any_moment()
        portal.let_time_pass()
        portal.wake()
        portal.wait(lambda: SyncRun.objects.filter(status="running").exists(), "the syncs went on")
    ports.odoo.heal()
    portal.comes_to_rest()
    sound.at_rest()


def test_redis_killed_in_mid_run(portal: Portal, sound: Sound, ports: Proxies, cluster: Cluster) -> None:
    mid_run(portal, ports)
    kill(cluster.redis)
    sound.at_any_moment()
    cluster.ensure()
    ports.odoo.heal()
    portal.comes_to_rest()
    sound.at_rest()
    assert all(portal.processes.children[name].alive for name in ("worker", "beat"))


def test_redis_flushed_again_and_again(
    portal: Portal, sound: Sound, ports: Proxies, cluster: Cluster
) -> None:
    mid_run(portal, ports)
    for _ in range(5):
        cluster.flush_redis()
        portal.let_time_pass()
    ports.odoo.heal()
    portal.comes_to_rest()
    sound.at_rest()


@pytest.fixture
def web(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """A browser that is logged in at a real web server."""
    monkeypatch.setenv("PORT", str(free_port()))
    child = portal.processes.start(programs.web(programs.LOOPBACK))
    child.wait_ready()
    visitor = Client()
    visitor.force_login(User.objects.create_user("visitor", role=Role.ADMIN))
    cookies = {name: morsel.value for name, morsel in visitor.cookies.items()}
    with httpx.Client(base_url=programs.WEB.local_url, cookies=cookies, timeout=20) as browser:
        yield browser


def free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def statuses(web: httpx.Client) -> dict[str, int]:
    return {page: web.get(page).status_code for page in PAGES}


@pytest.mark.parametrize("begin_with", [LOADED], indirect=True)
def test_the_pages_stay_up_without_redis(portal: Portal, web: httpx.Client, cluster: Cluster) -> None:
    assert statuses(web) == dict.fromkeys(PAGES, 200)
    kill(cluster.redis)
    assert statuses(web) == dict.fromkeys(PAGES, 200)


@pytest.mark.parametrize("begin_with", [LOADED], indirect=True)
def test_the_pages_come_back_with_postgres(portal: Portal, web: httpx.Client, cluster: Cluster) -> None:
    assert statuses(web) == dict.fromkeys(PAGES, 200)
    kill(cluster.postgres)
    connection.close()
    assert set(statuses(web).values()) <= {500, 503}
    cluster.ensure()
    assert statuses(web) == dict.fromkeys(PAGES, 200)
