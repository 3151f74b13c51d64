"""The programs of an installation on one machine."""

import http.client
import os
import signal
import sys
from dataclasses import dataclass

from mfgportal.runner.child import Program
from mfgportal.runner.ports import answers

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Port:
    """A port of ours and the environment variable that moves it."""

    variable: str
    default: int
    what: str

    @property
    def number(self) -> int:
        return int(os.environ.get(self.variable, self.default))

    @property
    def local_url(self) -> str:
        return f"http://{LOOPBACK}:{self.number}"


WEB = Port("PORT", 8000, "the portal")
ODOO = Port("SANDBOX_ODOO_PORT", 8069, "the sandbox's Odoo")
ATLAS = Port("SANDBOX_ATLAS_PORT", 8081, "the sandbox's CMMS")


def python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", *arguments)


def web(host: str) -> Program:
    flags = [
        "--worker-class=gthread",
        "--workers=2",
        "--threads=4",
        "--no-control-socket",
        "--preload",
        f"--bind={host}:{WEB.number}",
    ]
    return Program("web", python("gunicorn", "mfgportal.wsgi", *flags), ready=lambda: serves(host))


def serves(host: str) -> bool:
    """Whether it answers as it should; 400 counts, as ALLOWED_HOSTS may not name the address we ask."""
    connection = http.client.HTTPConnection(reachable(host), WEB.number, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def reachable(host: str) -> str:
    """An address at which we reach what listens on `host`."""
    return LOOPBACK if host in {"0.0.0.0", "::"} else host  # noqa: S104 compared, not bound


def worker(log_level: str) -> Program:
    """Takes everything."""
    return _celery("worker", log_level, queues="celery,reading", concurrency=3)


def ticker(log_level: str) -> Program:
    """Takes nothing that may wait for a source: ticks come through even when all sources hang."""
    return _celery("ticker", log_level, queues="celery", concurrency=1)


def _celery(name: str, log_level: str, *, queues: str, concurrency: int) -> Program:
    flags = [
        f"--hostname={name}@%h",
        f"--queues={queues}",
        f"--concurrency={concurrency}",
        f"--loglevel={log_level}",
        "--without-gossip",
        "--without-mingle",
    ]
    return Program(
        name,
        python("celery", "--app=mfgportal", "worker", *flags),
        stop_signal=signal.SIGQUIT,  # "soft": gives tasks a few seconds, then hands them back to the queue
        stop_seconds=15,
    )


def beat(log_level: str) -> Program:
    return Program(
        "beat", python("celery", "--app=mfgportal", "beat", f"--loglevel={log_level}", "--pidfile=")
    )


def sandbox(since: str) -> Program:
    """The stand-in source systems, with the history of a factory first started at `since` (ISO 8601).

    `SANDBOX_DAYS` and `SANDBOX_MACHINES` make a smaller one.
    """
    options = {"--odoo-port": str(ODOO.number), "--atlas-port": str(ATLAS.number), "--since": since}
    options |= {f"--{size}": os.environ.get(f"SANDBOX_{size.upper()}", "") for size in ("days", "machines")}
    flags = [part for option, value in options.items() if value for part in (option, value)]
    return Program(
        "sandbox",
        python("sync.sandbox", *flags),
        ready=lambda: answers(LOOPBACK, ODOO.number) and answers(LOOPBACK, ATLAS.number),
    )
