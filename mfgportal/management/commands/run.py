"""The whole portal on one machine; unless SANDBOX=0, with stand-in source systems and their demo data."""

import signal
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from rich.console import Console

from mfgportal import embedded
from mfgportal.accounts import demo as people
from mfgportal.alerts.demo import seed_alerts
from mfgportal.demo import seed_money
from mfgportal.env import VAR_DIR, env, kept
from mfgportal.runner import programs
from mfgportal.runner.binaries import CannotEmbed
from mfgportal.runner.child import ProgramFailed
from mfgportal.runner.leftovers import end_leftovers
from mfgportal.runner.lock import AlreadyRuns, only_one
from mfgportal.runner.ports import is_free
from mfgportal.runner.progress import follow
from mfgportal.runner.stack import Stack
from sync import demo as sources

WATCH_SECONDS = 1.0
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)


class Command(BaseCommand):
    help = __doc__ or ""
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--host", default=env.str("HOST", default="127.0.0.1"), help="address to listen on"
        )

    def handle(self, *, host: str, **options: Any) -> None:
        self.console = Console(highlight=False)
        self.host = host
        self.sandbox = env.bool("SANDBOX", default=True)
        for stop in STOPS:
            signal.signal(stop, interrupt)
        try:
            VAR_DIR.mkdir(parents=True, exist_ok=True)
            with only_one(VAR_DIR / "run.lock", self.address):
                self.run()
        except AlreadyRuns as running:
            self.say(f"It already runs: {running}")
        except KeyboardInterrupt:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self.say("Stopped.")
        except (CannotEmbed, ProgramFailed) as problem:
            raise CommandError(str(problem)) from problem

    @property
    def address(self) -> str:
        return f"http://{programs.reachable(self.host)}:{programs.WEB.number}"

    def say(self, line: str) -> None:
        self.console.print(line, markup=False, soft_wrap=True)

    def run(self) -> None:
        """Start, show, and watch, until a signal interrupts."""
        if end_leftovers(VAR_DIR / "children.json"):
            self.say("Ended what an earlier run, killed, had left behind.")
        self.require_ports()
        stack = Stack(VAR_DIR, self.say)
        try:
            self.start(stack)
            while True:
                stack.watch()
                time.sleep(WATCH_SECONDS)
        finally:
            for stop in STOPS:
                signal.signal(stop, signal.SIG_IGN)
            self.say("Stopping …")
            stack.stop()

    def require_ports(self) -> None:
        wanted = [(self.host, programs.WEB)]
        if self.sandbox:
            wanted += [(programs.LOOPBACK, programs.ODOO), (programs.LOOPBACK, programs.ATLAS)]
        taken = [port for host, port in wanted if not is_free(host, port.number)]
        for port in taken:
            self.stderr.write(
                f"Port {port.number}, for {port.what}, is taken by another program. "
                f"End that, or choose another: make run {port.variable}={port.number + 1}"
            )
        if taken:
            raise CommandError("Nothing was started.")

    def start(self, stack: Stack) -> None:
        self.step("Starting the database and the message broker", lambda: self.start_servers(stack))
        if self.sandbox:
            self.step(
                "Starting the sandbox's Odoo and CMMS", lambda: stack.start(programs.sandbox(first_started()))
            )
        self.step("Bringing the database up to date", self.migrate)
        self.step("Starting the portal", lambda: self.start_portal(stack))
        if self.sandbox:
            self.say("Reading the sandbox")
            if not follow(self.console, stack.watch):
                self.say("This takes long; it goes on in the background. The page Sync shows how far it is.")
            people.seed_users()
            seed_money()
        self.introduce()

    def step(self, title: str, work: Callable[[], None]) -> None:
        began = time.monotonic()
        with self.console.status(title):
            work()
        self.say(f"{title}: {time.monotonic() - began:.1f} s")

    def start_servers(self, stack: Stack) -> None:
        place = settings.SERVERS
        if not env.str("REDIS_URL", default=""):
            stack.start(embedded.redis_server(place))
        if not env.str("DATABASE_URL", default=""):
            stack.start(embedded.postgres(place))
        try:
            connection.ensure_connection()
        except OperationalError as refused:
            raise CommandError(f"No database at DATABASE_URL: {refused}") from refused

    def migrate(self) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["readme"])
        demo = {"odoo_url": programs.ODOO.local_url, "atlas_url": programs.ATLAS.local_url}
        if self.sandbox:
            try:
                sources.seed(**demo)
            except sources.RealSources as known:
                raise CommandError(f"{known} make run SANDBOX=0") from known
            people.seed_users()
            seed_alerts()
        else:
            sources.rest(**demo)

    def start_portal(self, stack: Stack) -> None:
        level = settings.LOG_LEVEL
        stack.start(
            programs.web(self.host), programs.worker(level), programs.ticker(level), programs.beat(level)
        )

    def introduce(self) -> None:
        """Where it is and who may enter."""
        self.say(f"\nThe portal is at {self.address}")
        if self.sandbox:
            for person in people.PEOPLE:
                self.say(f"  {person.username:<10} {people.PASSWORD:<10} {person.role.label}")
        else:
            self.say("No sandbox. Make yourself an account:")
            self.say("  .venv/bin/python manage.py portal_user NAME --role admin")
            self.say("then log in and add your CMMS and your Odoo under Sources in the menu.")
        self.say("Ctrl-C stops everything.")


def first_started() -> str:
    """When the sandbox first ran here: later runs must tell the same history, not one moved to their day."""
    return kept(VAR_DIR / "sandbox_since", lambda: datetime.now(UTC).isoformat(timespec="seconds"))


def interrupt(number: int, frame: FrameType | None) -> None:
    # An exception that happens to be raised in a destructor is ignored there, so it is raised again soon.
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    raise KeyboardInterrupt
