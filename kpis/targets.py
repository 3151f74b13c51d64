"""Which target holds for a value, and whether the value reaches it.

The most specific place wins: machine, line, plant, enterprise; there the latest target begun by the day.
Where that one has ended, the place has none of its own, and the next wider place decides.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.db.models import Q

from kpis.definitions import CATALOGUE, Better, Kpi, Total
from kpis.models import Equipment, Target


class State(StrEnum):
    """How a value stands to its target."""

    ON = "on target"
    WARNING = "warning"
    OFF = "off target"
    UNDEFINED = "undefined"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with what it is part of: a machine has its line (if any) and plant. None at all: enterprise."""

    plant_id: int | None = None
    line_id: int | None = None
    equipment_id: int | None = None

    @property
    def wider(self) -> "Iterator[Spot]":
        """The place itself, then its line, its plant, the enterprise."""
        if self.equipment_id is not None:
            yield Spot(self.plant_id, None, self.equipment_id)
        if self.line_id is not None:
            yield Spot(self.plant_id, self.line_id)
        if self.plant_id is not None:
            yield Spot(self.plant_id)
        yield ENTERPRISE


ENTERPRISE = Spot()


def may_have_target(kpi: Kpi) -> bool:
    """Not a sum: it grows with the period, so that no one number is its target. Nor what nobody reads."""
    return kpi.read and not isinstance(kpi, Total)


def judge(value: float | None, target: Target) -> State:
    """How a value in the KPI's unit stands to its target. Raises KeyError for an unknown KPI.

    The better side and the target itself are on target; within the band beside it is a warning.
    """
    if value is None:
        return State.UNDEFINED
    missed = target.value - value if CATALOGUE[target.kpi].better == Better.UP else value - target.value
    slack = 1e-9 * max(1.0, abs(target.value))  # sums of floats: 0.65 may come as 0.6499999999999999
    if missed <= slack:
        return State.ON
    return State.WARNING if missed <= target.band + slack else State.OFF


@dataclass(frozen=True, slots=True)
class Targets:
    """The targets of a page, looked up without a further query."""

    rows: Mapping[tuple[str, Spot], Sequence[Target]] = field(default_factory=dict)
    lines: Mapping[int, int] = field(default_factory=dict)
    """Line of each machine that a line's target may hold for."""

    def of(self, kpi: str, spot: Spot, day: date) -> Target | None:
        """The target that holds on the day: of a bucket, its last one."""
        if spot.equipment_id is not None and spot.line_id is None:
            spot = Spot(spot.plant_id, self.lines.get(spot.equipment_id), spot.equipment_id)
        for place in spot.wider:
            begun = (row for row in self.rows.get((kpi, place), ()) if row.valid_from <= day)
            latest = next(begun, None)
            if latest and latest.holds_on(day):
                return latest
        return None


def load_targets(kpis: Collection[str], plant_ids: Collection[int], until: date) -> Targets:
    """Targets of the KPIs in these plants and of the enterprise, begun by ``until``.

    One query; a second one where a line has a target, for the machines of the line.
    """
    found = Target.objects.filter(
        Q(plant__in=plant_ids) | Q(plant=None), kpi__in=kpis, valid_from__lte=until
    ).order_by("-valid_from", "-pk")
    found = found.select_related("plant", "line", "equipment")
    rows: defaultdict[tuple[str, Spot], list[Target]] = defaultdict(list)
    for row in found:
        rows[row.kpi, Spot(row.plant_id, row.line_id, row.equipment_id)].append(row)
    of_lines = {spot.line_id for _, spot in rows if spot.line_id is not None}
    return Targets(rows, _machines_of(of_lines) if of_lines else {})


def _machines_of(line_ids: Collection[int]) -> dict[int, int]:
    rows = Equipment.objects.filter(line__in=line_ids).values_list("pk", "line_id")
    return {pk: line for pk, line in rows if line is not None}


def target_of(kpi: str, place: Spot, day: date) -> Target | None:
    """The target of one KPI at one place on a day. For many, ``load_targets`` once and ``Targets.of``."""
    plants = [] if place.plant_id is None else [place.plant_id]
    return load_targets([kpi], plants, day).of(kpi, place, day)
