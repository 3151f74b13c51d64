"""One real cluster, worker and beat for the folder; a new database and new sources for each test."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

from sync.sandbox import Factory, Sandbox, serve
from tests.faults.harness import invariants, reference
from tests.faults.harness.clock import NOW, THEN, ahead_of, travelling
from tests.faults.harness.cluster import Cluster
from tests.faults.harness.content import Content, content
from tests.faults.harness.portal import DATABASE, Portal, Processes
from tests.faults.harness.proxy import Proxy

FRESH, MASTERS, LOADED, UNDISTURBED = "fresh", "masters", "loaded", "undisturbed"


def make_factory() -> Factory:
    """A small factory with most of the defects of the catalogue, and always the same one."""
    return Factory(seed=7, days=5, machines=6, now=THEN)


@pytest.fixture(scope="session")
def ahead_s() -> float:
    """How far the clock of these tests is ahead of the real one."""
    return ahead_of(NOW)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="mfgportal-faults-"))
    folder.chmod(0o711)  # so that PostgreSQL can be in it when root runs the tests
    running = Cluster(folder)
    try:
        running.ensure()
        yield running
    finally:
        running.stop()
        for path in (folder, running.place.home, running.place.sockets):
            shutil.rmtree(path, ignore_errors=True)


@dataclass(frozen=True)
class Proxies:
    odoo: Proxy
    atlas: Proxy


@pytest.fixture(scope="session")
def ports() -> Iterator[Proxies]:
    both = Proxies(Proxy(), Proxy())
    yield both
    both.odoo.close()
    both.atlas.close()


@pytest.fixture(scope="session")
def databases(
    cluster: Cluster, ports: Proxies, ahead_s: float, django_db_blocker: DjangoDbBlocker
) -> dict[str, Content]:
    """Databases to start from: without sources, with the masters read, with all read.

    Returns what an undisturbed portal knows, by digest of the factory; more are added when they are needed.
    """
    factory = make_factory()
    with django_db_blocker.unblock(), travelling(ahead_s), serve(factory) as sandbox:
        ports.odoo.reset(sandbox.odoo_url)
        ports.atlas.reset(sandbox.atlas_url)
        cluster.create(FRESH)
        with cluster.django_at(FRESH):
            call_command("migrate", interactive=False, verbosity=0)
        cluster.create(MASTERS, like=FRESH)
        with cluster.django_at(MASTERS):
            reference.seed(ports.odoo.url, ports.atlas.url)
            reference.read_in_peace(below_rank=reference.FIRST_FACTS)
        cluster.create(LOADED, like=MASTERS)
        with cluster.django_at(LOADED):
            reference.read_in_peace()
            return {factory.digest(): content()}


@pytest.fixture(scope="session")
def processes(cluster: Cluster, ahead_s: float) -> Iterator[Processes]:
    running = Processes(cluster, ahead_s)
    yield running
    for name in tuple(running.children):
        running.kill(name)


@pytest.fixture
def sandbox(ports: Proxies) -> Iterator[Sandbox]:
    """Both sources, behind the ports that the portal knows."""
    with serve(make_factory()) as running:
        ports.odoo.reset(running.odoo_url)
        ports.atlas.reset(running.atlas_url)
        yield running
        for proxy in (ports.odoo, ports.atlas):
            proxy.heal()


@pytest.fixture
def begin_with(request: pytest.FixtureRequest) -> str:
    """The database a test begins with; a module or a test may say another one by ``begins_with``."""
    return str(getattr(request, "param", MASTERS))


@pytest.fixture
def portal(
    begin_with: str,
    sandbox: Sandbox,
    cluster: Cluster,
    databases: dict[str, Content],
    processes: Processes,
    ahead_s: float,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Portal]:
    """The portal's processes over a new database, idle until a test makes a stream due."""
    cluster.ensure()
    cluster.create(DATABASE, like=begin_with)
    cluster.flush_redis()
    processes.ensure()
    with django_db_blocker.unblock(), travelling(ahead_s), cluster.django_at(DATABASE):
        yield Portal(cluster, processes)
    processes.keep(("worker", "beat"))


AFTER_S = 60.0


class Sound:
    """Checks all invariants against a portal that read the same sources in peace."""

    def __init__(self, cluster: Cluster, databases: dict[str, Content], sandbox: Sandbox) -> None:
        self.cluster, self.databases, self.sandbox = cluster, databases, sandbox

    def at_rest(self) -> None:
        """The ticks after the last read may still have a hand in it, so it is looked at more than once."""
        reference = self.reference()
        limit = time.monotonic() + AFTER_S
        while left := invariants.violations(reference):
            assert time.monotonic() < limit, left
            time.sleep(0.2)

    def reference(self) -> Content:
        """What an undisturbed portal knows of the sources as they are now."""
        digest = self.sandbox.factory.digest()
        if digest not in self.databases:
            self.databases[digest] = self._read_in_peace()
        return self.databases[digest]

    def at_any_moment(self) -> None:
        invariants.at_any_moment(self.sandbox)

    def _read_in_peace(self) -> Content:
        self.cluster.create(UNDISTURBED, like=FRESH)
        with self.cluster.django_at(UNDISTURBED):
            reference.seed(self.sandbox.odoo_url, self.sandbox.atlas_url, reference.LARGE_PAGES)
            reference.read_in_peace()
            return content()


@pytest.fixture
def sound(cluster: Cluster, databases: dict[str, Content], sandbox: Sandbox) -> Sound:
    return Sound(cluster, databases, sandbox)


loaded_before = pytest.mark.parametrize("begin_with", [LOADED], indirect=True, ids=[""])
"""Begin with a portal that has read everything, instead of the masters only."""
