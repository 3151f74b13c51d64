"""What an entry of the registry of kinds is."""

from dataclasses import dataclass
from enum import StrEnum


class Resolution(StrEnum):
    """What a person can do about an exception; each is a function of ``sync.exceptions``."""

    MAP = "map"
    CREATE = "create"
    CORRECT = "correct"
    MERGE = "merge"
    SPLIT = "split"
    RULE = "rule"
    DISMISS = "dismiss"
    RETRY = "retry"
    TAKE = "take"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionKind:
    """One kind of exception.

    Args:
        key: stored in ``SyncException.kind``.
        title: for people.
        severity: ``error`` (data is missing), ``warning`` (a value is doubtful), ``info`` (nothing is lost).
        meaning: what it says about the data.
        holds_back: what is missing or doubtful until it is resolved.
        cure: what resolves it.
        resolutions: what a person may do, best first.
        holds: whether source rows wait for it.
    """

    key: str
    title: str
    severity: str
    meaning: str
    holds_back: str
    cure: str
    resolutions: tuple[Resolution, ...]
    holds: bool = False
