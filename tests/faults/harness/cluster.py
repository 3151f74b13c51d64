"""The database and the broker under test: real servers that may be killed, and databases made from models."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis
from django.db import connections
from psycopg import sql

from mfgportal import embedded
from mfgportal.runner.child import Child, Program

# Processes die here, the machine does not: what the kernel holds is safe, so nothing need reach the disk.
SETTINGS = {"fsync": "off", "shared_buffers": "64MB", "max_connections": "80"}


def kill(child: Child) -> None:
    """SIGKILL it with its whole process group, and wait for its end."""
    assert child.process is not None
    os.killpg(child.process.pid, signal.SIGKILL)
    child.process.wait()


class Cluster:
    """One PostgreSQL and one Redis-protocol server in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.place = embedded.place(folder)
        self.postgres = self._child(embedded.postgres(self.place, **SETTINGS))
        self.redis = self._child(embedded.redis_server(self.place))

    def _child(self, program: Program) -> Child:
        return Child(program, self.folder / "log")

    def ensure(self) -> None:
        """Start what does not run."""
        for child in (self.postgres, self.redis):
            if not child.alive:
                child.start()
                child.wait_ready()

    def stop(self) -> None:
        for child in (self.redis, self.postgres):
            child.stop()

    def flush_redis(self) -> None:
        with redis.Redis.from_url(self.place.redis_url) as client:
            client.flushall()

    def reading_in_hand(self) -> bool:
        """Whether a message of the queue for reading waits for a worker, or is with one."""
        with redis.Redis.from_url(self.place.redis_url) as client:
            with_workers = [json.loads(each) for each in client.hvals("unacked")]
            return bool(client.llen("reading")) or any(queue == "reading" for _, _, queue in with_workers)

    # -- databases

    def url(self, database: str) -> str:
        return f"{self.place.database_url.rpartition('/')[0]}/{database}"

    def address(self, database: str) -> str:
        """For PostgreSQL's own programs."""
        return f"host={self.place.sockets} user={embedded.OWNER} dbname={database}"

    def create(self, database: str, *, like: str = "template1") -> None:
        """A new database with the content of another; one of that name goes first, with its sessions."""
        self.drop(database)
        self._run("CREATE DATABASE {} TEMPLATE {}", database, like)
        # A copied sequence trusts that its next values are in the log, where they are only for the original:
        # without this, a server killed soon after would give the same numbers again.
        self._run("CHECKPOINT")

    def drop(self, database: str) -> None:
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)

    def _run(self, command: str, *names: str) -> None:
        with self.session("postgres") as session:
            session.execute(sql.SQL(command).format(*map(sql.Identifier, names)))

    def session(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.place.sockets), user=embedded.OWNER, dbname=database, autocommit=True
        )

    def sessions(self, database: str) -> int:
        with self.session("postgres") as session:
            counted = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
            )
            row = session.execute(counted, [database]).fetchone()
        return int(row[0]) if row else 0

    @contextmanager
    def django_at(self, database: str) -> Iterator[None]:
        """Let this process's ORM work on one of the databases."""
        wrapper = connections["default"]
        before = dict(wrapper.settings_dict)
        wrapper.close()
        wrapper.settings_dict |= {
            "HOST": str(self.place.sockets), "USER": embedded.OWNER, "NAME": database,
            "PORT": "", "PASSWORD": "",
        }  # fmt: skip
        try:
            yield
        finally:
            wrapper.close()
            wrapper.settings_dict |= before
