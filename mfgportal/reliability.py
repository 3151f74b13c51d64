"""Reliability of a selection's machines, as its pages and the API show it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import median, quantiles

from django.utils import timezone

from kpis.first_failures import FirstFailures, first_failures
from kpis.health import GroupHealth, Health, groups, health_of, standings
from kpis.histories import MachineHistory, histories
from kpis.observations import Observation, observations
from kpis.reliability.ranking import Standing
from mfgportal.scope import Selection

SIGNAL_DAYS = 365
"""How far back a machine's own page looks for a rise."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine among those of its class."""

    observation: Observation
    health: Health
    standing: Standing


@dataclass(frozen=True, slots=True)
class MachineClass:
    """``machines``: the worst first."""

    group: GroupHealth
    machines: list[Machine]
    first: FirstFailures

    @property
    def name(self) -> str:
        return self.group.equipment_class

    @property
    def compared(self) -> bool:
        """Whether the class says anything of a machine: it has others, and failures."""
        return len(self.machines) > 1 and any(each.health.failures for each in self.machines)


@dataclass(frozen=True, slots=True)
class Survey:
    """``idle``: machines that have components in the period but did not operate in it: nothing is known."""

    classes: list[MachineClass]
    idle: list[Observation]

    @property
    def machines(self) -> list[Machine]:
        return [machine for each in self.classes for machine in each.machines]


def survey(selection: Selection) -> Survey:
    """The machines of a selection by class. Four queries."""
    found = observations(selection.scope)
    known = {each.machine.equipment_id: each for each in health_of(found, selection.scope)}
    by_id = {each.equipment_id: each for each in found}
    firsts = first_failures(known)
    classes = [
        MachineClass(
            group,
            [
                Machine(by_id[standing.actor.id], known[standing.actor.id], standing)
                for standing in group.standings
            ],
            firsts[group.equipment_class],
        )
        for group in groups(found)
    ]
    return Survey(classes, [each for each in found if each.equipment_id not in known])


@dataclass(frozen=True, slots=True)
class Actor:
    """A machine that failed. ``compared``: whether its class says anything of it, as of ``MachineClass``."""

    machine: Machine
    compared: bool


def bad_actors(selection: Selection, most: int) -> list[Actor]:
    """The machines that failed; those surest to be worse than their class first, then by time lost.

    As of ``survey``, without what that knows of classes, and of the machines behind. Three queries.
    """
    found = observations(selection.scope)
    by_id = {each.equipment_id: each for each in found}
    failed = [
        (standing, len(group) > 1)
        for group in standings(found)
        for standing in group
        if standing.actor.failures
    ]

    def order(row: tuple[Standing, bool]) -> tuple[float, float]:
        standing, compared = row
        return -round(standing.worse, 3) if compared else 0.0, -by_id[standing.actor.id].down_s

    first = sorted(failed, key=order)[:most]
    health = health_of([by_id[standing.actor.id] for standing, _ in first], selection.scope)
    return [
        Actor(Machine(by_id[standing.actor.id], known, standing), compared)
        for (standing, compared), known in zip(first, health, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Repairs:
    """How long failures lasted, in seconds of the clock. ``open``: those still going on, not in the figures.

    ``p90`` None: below two, nothing is known of how they spread.
    """

    count: int
    open: int
    mean: float | None
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class Single:
    """One machine. ``history`` None: no components in the period; ``health`` None: it did not operate."""

    history: MachineHistory | None
    health: Health | None
    repairs: Repairs


def single(selection: Selection) -> Single:
    """The machine of a selection, its failures at their instants."""
    found = next(iter(histories(selection.scope, timezone.now())), None)
    known = health_of([found] if found else [], selection.scope)
    return Single(found, known[0] if known else None, repairs(found))


def repairs(history: MachineHistory | None) -> Repairs:
    failures = history.failures if history else ()
    lasted = [(each.end - each.start).total_seconds() for each in failures if each.end is not None]
    return Repairs(
        count=len(lasted),
        open=len(failures) - len(lasted),
        mean=sum(lasted) / len(lasted) if lasted else None,
        median=median(lasted) if lasted else None,
        p90=_p90(lasted),
    )


def _p90(lasted: Sequence[float]) -> float | None:
    return quantiles(lasted, n=10, method="inclusive")[-1] if len(lasted) > 1 else None


def signal(selection: Selection) -> Health | None:
    """The selection's machine over a year up to the end of its period, if its failures come ever closer."""
    last = selection.period.last
    year = replace(selection.scope, first_day=last - timedelta(days=SIGNAL_DAYS - 1))
    rising = (each for each in health_of(observations(year), year) if each.rises)
    return next(rising, None)
