"""Failures of many machines on the clock of operating time, from their components alone.

As many failures and as much operating time as ``histories`` finds, without computing any day again: 200
machines over a year take a few thousand rows. When a failure happened is known to its production day: the
operating time of many machines over a long period is read by month and taken as even over its days.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.db.models import Sum

from kpis.buckets import Bucket, buckets
from kpis.definitions import components as c
from kpis.families import SHIFT
from kpis.histories import on_clock
from kpis.models import Equipment, ShiftComponents
from kpis.reading import in_scope, read_rows
from kpis.scope import Grain, Scope

BY_DAY = 10_000
"""Most days of machines whose operating time is read day by day."""


class Observed(Protocol):
    """A machine in a window: its operating time, in seconds, and its operating hours at its failures."""

    @property
    def equipment_id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def equipment_class(self) -> str: ...
    @property
    def plant_id(self) -> int: ...
    @property
    def operating_s(self) -> float: ...
    @property
    def hours(self) -> list[float]: ...


@dataclass(frozen=True, slots=True)
class Observation:
    """``hours``: operating hours from the start of the window at each failure; ``down_s``: of failures."""

    equipment_id: int
    name: str
    equipment_class: str
    plant_id: int
    hours: list[float]
    operating_s: float
    down_s: float


def _machine_days(scope: Scope) -> int:
    """At most so many rows, one per machine and day."""
    ids = scope.equipment_ids
    places = {"plant__in": scope.plant_ids, "line__in": scope.line_ids}
    limits = {name: found for name, found in places.items() if found is not None}
    machines = Equipment.objects.filter(**limits).count() if ids is None else len(ids)
    return machines * ((scope.last_day - scope.first_day).days + 1)


@dataclass(slots=True)
class _Sums:
    operated: dict[date, float]
    down_s: float = 0.0


def observations(scope: Scope) -> list[Observation]:
    """The machines in scope that have components in it, by id. Three queries, or four."""
    grain: Grain = "day" if _machine_days(scope) <= BY_DAY else "month"
    cuts = list(buckets(scope, grain))
    sums, failed = _sums(scope, grain), _failed_days(scope)
    machines = Equipment.objects.filter(pk__in=sums).only("name", "equipment_class", "plant_id")
    return [
        Observation(
            machine.pk,
            machine.name,
            machine.equipment_class,
            machine.plant_id,
            [on_clock(each, total) for each in _seconds(failed.get(machine.pk, []), found.operated, cuts)],
            total,
            found.down_s,
        )
        for machine in machines.order_by("pk")
        for found in (sums[machine.pk],)
        for total in (sum(found.operated.values()),)
    ]


def _sums(scope: Scope, grain: Grain) -> dict[int, _Sums]:
    found: defaultdict[int, _Sums] = defaultdict(lambda: _Sums({}))
    for row in read_rows(SHIFT, (c.OPERATING, c.FAILURE_DOWN), scope, grain, ("equipment",)):
        sums, start = found[row["part_equipment"]], row["bucket"]
        sums.operated[start] = sums.operated.get(start, 0.0) + row["sum_operating_s"]
        sums.down_s += row["sum_failure_down_s"]
    return found


FailedDays = Sequence[tuple[date, int]]


def _failed_days(scope: Scope) -> Mapping[int, FailedDays]:
    """Days with failures, and how many, in order, by machine."""
    rows = ShiftComponents.objects.filter(in_scope(scope), failures__gt=0).values("equipment_id", "day")
    found: defaultdict[int, list[tuple[date, int]]] = defaultdict(list)
    counted = rows.annotate(count=Sum("failures")).order_by("equipment_id", "day")
    for equipment_id, day, count in counted.values_list("equipment_id", "day", "count"):
        found[equipment_id].append((day, count))
    return found


def _seconds(days: FailedDays, operated: Mapping[date, float], cuts: Sequence[Bucket]) -> Iterator[float]:
    """Operating time at each failure; those of one day are spread over it. One walk through the buckets."""
    before, ahead = 0.0, iter(cuts)
    cut = next(ahead, None)
    for day, count in days:
        while cut is not None and cut.last_day < day:
            before += operated.get(cut.start, 0.0)
            cut = next(ahead, None)
        if cut is None:
            return
        length, passed = (cut.last_day - cut.first_day).days + 1, (day - cut.first_day).days
        for n in range(count):
            yield before + operated.get(cut.start, 0.0) * (passed + (n + 0.5) / count) / length
