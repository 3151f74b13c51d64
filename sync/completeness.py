"""How much of what the sources hold is in the numbers: held rows beside loaded facts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HeldBy:
    """Rows one open exception holds in a scope, for a link from a number to its queue entry."""

    exception_id: int
    kind: str
    title: str
    rows: int


@dataclass(frozen=True, slots=True)
class Completeness:
    """Source records in a scope. ``share`` is loaded / (loaded + held), 1.0 when there are none."""

    loaded: int
    held: int

    @property
    def share(self) -> float:
        return self.loaded / (self.loaded + self.held) if self.loaded + self.held else 1.0


def held(
    *,
    start: datetime,
    end: datetime,
    plant_ids: Collection[int] | None = None,
    line_ids: Collection[int] | None = None,
    equipment_ids: Collection[int] | None = None,
) -> int:
    """Source rows held back by open exceptions whose time touches [start, end). None = no limit of that sort.

    A row whose plant is not known counts in every plant, since it may belong there; in a line or on a machine
    only rows count whose machine is known.
    """
    raise NotImplementedError


def loaded(
    *,
    start: datetime,
    end: datetime,
    plant_ids: Collection[int] | None = None,
    line_ids: Collection[int] | None = None,
    equipment_ids: Collection[int] | None = None,
) -> int:
    """Facts (stops, runs, production, work orders) whose time touches [start, end) in the scope."""
    raise NotImplementedError


def completeness(
    *,
    start: datetime,
    end: datetime,
    plant_ids: Collection[int] | None = None,
    line_ids: Collection[int] | None = None,
    equipment_ids: Collection[int] | None = None,
) -> Completeness:
    """``held`` and ``loaded`` together."""
    raise NotImplementedError


def held_by_exception(
    *,
    start: datetime,
    end: datetime,
    plant_ids: Collection[int] | None = None,
    line_ids: Collection[int] | None = None,
    equipment_ids: Collection[int] | None = None,
    limit: int = 20,
) -> list[HeldBy]:
    """The open exceptions that hold rows in the scope, most rows first."""
    raise NotImplementedError
