"""What all records share, and how they refer to each other."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sync.records.kinds import Kind


class Ref(NamedTuple):
    """A reference to a master record, as the source makes it. A tuple, since it is looked up all the time.

    ``key`` is the external key in the same source (empty where the source only gives a code);
    ``codes`` may match a code another source gave; ``label`` is for people, never for matching.
    """

    kind: Kind
    key: str = ""
    codes: tuple[str, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What all records share."""

    external_key: str
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Master(Record):
    """A thing others refer to. ``codes`` are matched across sources, exactly or normalised."""

    name: str
    codes: tuple[str, ...] = ()
    active: bool = True
