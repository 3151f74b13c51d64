"""The portal's own processes over one database, and the levers a test has on them: tables and signals."""

import os
import signal
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import psutil
from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from kpis.models import StaleDay
from mfgportal.runner import programs
from mfgportal.runner.child import Child, Program
from sync.exceptions.backlog import undone
from sync.locks import retried
from sync.models import Source, Stream, SyncRun
from tests.faults.harness.clock import VARIABLE
from tests.faults.harness.cluster import Cluster, kill
from tests.faults.harness.pace import Pace, running
from tests.faults.harness.reference import FIRST_FACTS
from tests.faults.harness.waiting import until

ROOT = Path(__file__).parents[3]
DATABASE = "portal"
PATIENCE_S = 300.0
"""Only a test that fails waits so long; machines differ, and others work on them."""
A_WHILE = timedelta(seconds=120)


def environment(cluster: Cluster, ahead_s: float, **more: str) -> dict[str, str]:
    """What the portal's processes are told."""
    return {
        "DATABASE_URL": cluster.url(DATABASE),
        "REDIS_URL": cluster.place.redis_url,
        "VAR_DIR": str(cluster.folder),
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "PYTHONPATH": str(ROOT),
        "SECRET_KEY": settings.SECRET_KEY,
        "FIELD_ENCRYPTION_KEYS": ",".join(settings.FIELD_ENCRYPTION_KEYS),
        "LOG_LEVEL": "INFO",
        "ALLOWED_HOSTS": "",
        "CELERY_SKIP_CHECKS": "1",  # they import all pages, at each start
        VARIABLE: str(ahead_s),
        **more,
    }


class Processes:
    """Workers, beats and web servers by name. ``main`` ones run in each test, others for one test."""

    def __init__(self, cluster: Cluster, ahead_s: float) -> None:
        self.cluster, self.ahead_s = cluster, ahead_s
        self.children: dict[str, Child] = {}
        self.clocks: dict[str, float] = {}

    def start(self, program: Program, name: str = "", *, ahead_s: float | None = None) -> Child:
        """Start a program under a name, with a clock and a folder of its own if that is said."""
        name = name or program.name
        more = {} if name in ("worker", "beat") else {"VAR_DIR": str(self._own_folder(name))}
        self.clocks[name] = self.ahead_s if ahead_s is None else ahead_s
        told = environment(self.cluster, self.clocks[name], **more)
        child = Child(replace(program, name=name, env=told), self.cluster.folder / "log")
        child.start()
        self.children[name] = child
        return child

    def _own_folder(self, name: str) -> Path:
        folder = self.cluster.folder / name
        folder.mkdir(exist_ok=True)
        return folder

    def ensure(self) -> None:
        """A worker and a beat, by the right clock."""
        for program in (programs.worker("INFO"), programs.beat("INFO")):
            if self.clocks.get(program.name, self.ahead_s) != self.ahead_s:
                self.stop(program.name)
            if program.name not in self.children or not self.children[program.name].alive:
                self.start(program)

    def kill(self, name: str) -> None:
        kill(self.children.pop(name))

    def stop(self, name: str) -> None:
        self.clocks.pop(name)
        self.children.pop(name).stop()

    def put_ahead(self, program: Program, seconds: float) -> None:
        """Have it run by a clock that is wrong, until the next ``ensure``."""
        self.stop(program.name)
        self.start(program, ahead_s=self.ahead_s + seconds)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let all stand still for a while."""
        self._send(signal.SIGSTOP)
        try:
            yield
        finally:
            self._send(signal.SIGCONT)

    def _send(self, number: signal.Signals) -> None:
        for child in self.children.values():
            if child.process is not None:
                os.killpg(child.process.pid, number)

    def keep(self, names: Collection[str]) -> None:
        """End all others."""
        for name in self.children.keys() - set(names):
            self.stop(name)


class Portal:
    """The portal under test; Django in this process is at its database."""

    def __init__(self, cluster: Cluster, processes: Processes) -> None:
        self.cluster, self.processes = cluster, processes

    # -- the levers

    def wake(self, streams: QuerySet[Stream] | None = None) -> datetime:
        """Make streams due, those of facts if none are named; returns the moment from which runs count."""
        now = timezone.now()
        (facts() if streams is None else streams).update(next_due=now)
        return now

    def let_time_pass(self, span: timedelta = A_WHILE) -> None:
        """What waits until a moment, and what is given up after a time, comes that much nearer."""
        retried(lambda: self._come_nearer(span))  # the workers write to the same rows

    def _come_nearer(self, span: timedelta) -> None:
        Stream.objects.exclude(next_due=None).update(next_due=F("next_due") - span)
        Stream.objects.exclude(slow_due=None).update(slow_due=F("slow_due") - span)
        SyncRun.objects.filter(status="running").update(heartbeat_at=F("heartbeat_at") - span)
        Source.objects.exclude(open_until=None).update(open_until=F("open_until") - span)
        Source.objects.exclude(probed_at=None).update(probed_at=F("probed_at") - span)

    def let_ticks_go_by(self, seconds: float) -> None:
        """Real time, to see what is done meanwhile without being asked for."""
        time.sleep(seconds)

    # -- what a test waits for

    def comes_to_rest(self, streams: QuerySet[Stream] | None = None) -> None:
        """The streams (of facts) are read to their ends once more, and nothing is left to be done."""
        began = self.wake(streams)
        wanted, pace = facts() if streams is None else streams, Pace(self.cluster)

        def at_rest() -> bool:
            if not unread(wanted, began):
                return not (running() or undone() or StaleDay.objects.exists())
            if pace.time_may_pass():
                self.let_time_pass()
                unread(wanted, began).exclude(runs__status="running").update(next_due=timezone.now())
            return False

        self.wait(at_rest, "all streams were read to their end and nothing was left to do")

    def wait(self, state: Callable[[], object], what: str, seconds: float = PATIENCE_S) -> None:
        """``until``, with the end of the worker's log where it comes to nothing."""
        try:
            until(lambda: self._nobody_died() and state(), what, seconds)
        except AssertionError as never:
            worker = self.processes.children.get("worker")
            raise AssertionError(f"{never}\n{self.told()}\n{worker.tail(40) if worker else ''}") from None

    def _nobody_died(self) -> bool:
        for name, child in self.processes.children.items():
            assert child.alive, f"{name} ended by itself: {child.outcome}"
        return True

    def told(self) -> str:
        """The streams as they stand, for the message of a failed test."""
        return "\n".join(
            f"{stream}: failures {stream.failures}, due {stream.next_due}, read through {stream.read_through}"
            for stream in Stream.objects.select_related("source").order_by("rank")
        )

    def worker_memory(self) -> int:
        """Bytes of the largest process of the worker."""
        main = psutil.Process(self.processes.children["worker"].pid)
        return max(each.memory_info().rss for each in (main, *main.children(recursive=True)))

    def sweep(self, *names: str) -> None:
        """Have the keys of these streams compared with the source's, as once a day."""
        long_ago = timezone.now() - timedelta(days=2)
        swept = Stream.objects.filter(name__in=names)
        swept.update(swept_at=long_ago, slow_due=None)
        pace = Pace(self.cluster)

        def compared() -> bool:
            if pace.time_may_pass():
                self.let_time_pass()
            return not swept.filter(swept_at=long_ago).exists()  # by our own mark, not by two clocks

        self.wait(compared, "the keys were compared")

    def nobody_writes(self) -> bool:
        """Whether the sessions of processes that died are gone, after what they last committed."""
        return self.cluster.sessions(DATABASE) <= 1


def facts() -> QuerySet[Stream]:
    """The streams that the masters' database has yet to read."""
    return every_stream().filter(rank__gte=FIRST_FACTS)


def every_stream() -> QuerySet[Stream]:
    return Stream.objects.filter(enabled=True, source__enabled=True)


def unread(streams: QuerySet[Stream], since: datetime) -> QuerySet[Stream]:
    """Those that were not read to the end by a reading that began since."""
    return streams.filter(Q(read_through=None) | Q(read_through__lt=since))
