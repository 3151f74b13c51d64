"""What an API key may be used for. The first part of an address under /api/v1 is its area."""

from collections.abc import Collection
from enum import StrEnum

API = "/api/v1/"


class Scope(StrEnum):
    """A key has some of these; within them it may do what its owner may, in its plants."""

    READ_KPIS = "read:kpis"
    READ_EXCEPTIONS = "read:exceptions"
    WRITE_EXCEPTIONS = "write:exceptions"
    READ_EVENTS = "read:events"
    WRITE_EVENTS = "write:events"
    READ_ALERTS = "read:alerts"
    WRITE_ALERTS = "write:alerts"
    READ_TARGETS = "read:targets"
    WRITE_TARGETS = "write:targets"
    READ_SYNC = "read:sync"
    WRITE_SYNC = "write:sync"
    ADMIN = "admin"


KNOWN = frozenset(scope.value for scope in Scope)
WORDS = {
    Scope.READ_KPIS: "Read KPIs, reliability, plants and machines",
    Scope.READ_EXCEPTIONS: "Read the exception queue",
    Scope.WRITE_EXCEPTIONS: "Resolve exceptions",
    Scope.READ_EVENTS: "Read stops that were sent",
    Scope.WRITE_EVENTS: "Send stops of machines, such as from an MES or PLC gateway",
    Scope.READ_ALERTS: "Read alerts",
    Scope.WRITE_ALERTS: "Acknowledge alerts",
    Scope.READ_TARGETS: "Read targets",
    Scope.WRITE_TARGETS: "Set targets",
    Scope.READ_SYNC: "Read how syncs and reconciliations go",
    Scope.WRITE_SYNC: "Change data flows",
    Scope.ADMIN: "Everything you may do, also what comes later",
}
AREAS = {
    "kpis": "kpis",
    "reliability": "kpis",
    "periods": "kpis",
    "plants": "kpis",
    "lines": "kpis",
    "equipment": "kpis",
    "events": "events",
    "exceptions": "exceptions",
    "overrides": "exceptions",
    "rules": "exceptions",
    "merges": "exceptions",
    "alerts": "alerts",
    "targets": "targets",
    "sync": "sync",
    "reconciliation": "sync",
}
"""Of the first part of an address. One that is not here is for ``admin`` alone."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
COMPUTED = (f"{API}kpis/compute", f"{API}reliability/")
"""Takes data in a POST, and changes nothing."""


def scope_of(method: str, path: str) -> str:
    """The scope that a request takes; ``admin`` for what has none of its own."""
    area = AREAS.get(path.removeprefix(API).partition("/")[0]) if path.startswith(API) else None
    if area is None:
        return Scope.ADMIN
    reads = method in SAFE or path.startswith(COMPUTED)
    wanted = f"{'read' if reads else 'write'}:{area}"
    return wanted if wanted in KNOWN else Scope.ADMIN


def allows(scopes: Collection[str], method: str, path: str) -> bool:
    """Whether a key of these scopes may make the request. To write implies to read."""
    wanted = scope_of(method, path)
    granted = {wanted, wanted.replace("read:", "write:", 1), Scope.ADMIN}
    return not granted.isdisjoint(scopes)
