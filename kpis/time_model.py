"""The time model of the work units in scope: calendar time down to good time, each step a KPI of its own.

The losses with the time that is left add up: calendar = not scheduled + planned stops + unknown + stops +
speed losses + quality losses + good time, to the second.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from kpis import cells
from kpis.definitions import Kpi, Total
from kpis.definitions import components as c
from kpis.definitions.base import Better, Linear, Unit
from kpis.scope import By, Key, Scope

StepKind = Literal["level", "loss"]


@dataclass(frozen=True, slots=True)
class TimeStep:
    """A bar: a ``level`` is time that is left (calendar to good), a ``loss`` what is taken off.

    A loss is negative only where machines beat their ideal cycle.
    """

    name: str
    title: str
    seconds: float
    kind: StepKind


NET_RUN = c.RUN - c.MICRO_STOP - c.RUN_WITHOUT_IDEAL
STEPS: tuple[tuple[str, str, Linear, StepKind], ...] = (
    ("calendar", "Calendar time", c.CALENDAR, "level"),
    ("not_scheduled", "Not scheduled", c.CALENDAR - c.PLANNED, "loss"),
    ("planned", "Planned operation time", c.PLANNED, "level"),
    ("planned_stop", "Planned stops", c.PLANNED_STOP, "loss"),
    ("unknown", "Unknown", c.UNKNOWN, "loss"),
    ("loading", "Loading time", c.LOADING, "level"),
    ("breakdown", "Breakdowns", c.BREAKDOWN, "loss"),
    ("setup", "Set-up and adjustment", c.SETUP, "loss"),
    ("external", "Material, starved or blocked", c.EXTERNAL, "loss"),
    ("quality_stop", "Quality stops", c.QUALITY_STOP, "loss"),
    ("run", "Run time", c.RUN, "level"),
    ("micro_stop", "Micro-stops", c.MICRO_STOP, "loss"),
    ("without_ideal", "No counts or ideal cycle", c.RUN_WITHOUT_IDEAL, "loss"),
    ("speed", "Reduced speed", NET_RUN - c.IDEAL, "loss"),
    ("net", "Ideal time of all units", c.IDEAL, "level"),
    ("scrap", "Scrap", c.IDEAL - c.IDEAL_GOOD, "loss"),
    ("good", "Good time", c.IDEAL_GOOD, "level"),
)
BELOW_LOADING = [name for name, _, _, _ in STEPS].index("loading")
OEE_LOSSES = tuple(name for name, _, _, kind in STEPS[BELOW_LOADING:] if kind == "loss")
"""What is lost of loading time: with good time they make it up."""
OF_JUDGED = ("micro_stop", "speed", "scrap")
"""Losses within the run time that performance can judge; OEE takes the rest of it to have run alike."""

STANDARDS: Mapping[str, str] = {
    "calendar": "ISO 22400-2:2014 §5.2, calendar time: the production days, whole",
    "not_scheduled": "ISO 22400-2:2014 §5.2, calendar time less planned operation time",
    "planned": "ISO 22400-2:2014 §5.2, planned operation time (POT)",
    "planned_stop": "ISO 22400-2:2014 §5.2, planned down time (PDOT)",
    "unknown": "Own definition: planned time of which no record says whether the machine ran or stood",
    "loading": "ISO 22400-2:2014 §5.2, planned busy time (PBT)",
    "run": "ISO 22400-2:2014 §5.3, actual production time (APT)",
    "net": "ISO 22400-2:2014 §5, planned runtime per item × produced quantity (PRI × PQ)",
    "good": "ISO 22400-2:2014 §5, planned runtime per item × good quantity (PRI × GQ)",
    "scrap": "Six big losses (Nakajima, TPM); quality losses 5 and 6",
    "micro_stop": "Six big losses (Nakajima, TPM); performance loss 3, idling and minor stops",
    "speed": "Six big losses (Nakajima, TPM); performance loss 4, reduced speed",
    "without_ideal": "Own definition: run time that performance cannot judge",
}
AVAILABILITY_LOSS = "ISO 22400-2:2014 §5.3, actual unit down time (ADOT), by cause"
PREFIX = "time_"


def _kpi(name: str, title: str, of: Linear, kind: StepKind) -> Total:
    return Total(
        name=f"{PREFIX}{name}",
        title=title,
        of=of,
        unit=Unit.SECONDS,
        better=Better.UP if kind == "level" else Better.DOWN,
        standard=STANDARDS.get(name, AVAILABILITY_LOSS),
        note="Of the machines that produce; the others have no OEE.",
    )


TIME_KPIS: Mapping[str, Kpi] = {
    kpi.name: kpi for kpi in (_kpi(name, title, of, kind) for name, title, of, kind in STEPS)
}
"""Each step as a KPI, by its name with ``PREFIX``, so that it opens as the others do."""


def time_model(scope: Scope) -> list[TimeStep]:
    """Steps in order. Each level = the level before − the losses between."""
    components = {term.component for _, _, linear, _ in STEPS for term in linear.terms}
    sums = cells.total(replace(scope, work_units_only=True), sorted(components, key=lambda found: found.name))
    return [TimeStep(name, title, linear.amount(sums), kind) for name, title, linear, kind in STEPS]


@dataclass(frozen=True, slots=True)
class Losses:
    """What parts of a place lost of the loading time of all. ``lost``: seconds by part and step.

    ``judged``: share of run time that performance can judge.
    """

    loading_s: float
    lost: Mapping[tuple[Key, str], float]
    judged: float = 1.0

    def points(self, part: Key, loss: str) -> float:
        """What a loss took from OEE, as a fraction of 1."""
        return self.lost.get((part, loss), 0.0) / self.loading_s * weight(loss, self.judged)


def weight(loss: str, judged: float) -> float:
    """How much of OEE a loss takes for its share of loading time, so that all of them add up to 1 − OEE.

    OEE = A × P × Q: performance is that of the judged run time, so what was lost there counts for all of it.
    """
    if loss == "without_ideal":
        return 0.0
    if loss not in OF_JUDGED:
        return 1.0
    return 1.0 / judged if judged > 0 else 0.0


def judged_share(run_s: float, without_ideal_s: float) -> float:
    """Share of run time with counts and an ideal cycle; 1 where nothing ran."""
    return 1.0 - without_ideal_s / run_s if run_s > 0 else 1.0


def losses(scope: Scope, by: By) -> Losses:
    """The losses of OEE of each part of a breakdown. One query."""
    wanted = [
        kpi for name, kpi in TIME_KPIS.items() if name.removeprefix(PREFIX) in (*OEE_LOSSES, "loading", "run")
    ]
    found = cells.read(wanted, replace(scope, work_units_only=True), None, [by]).cells(None, by)
    of = {name: linear for name, _, linear, _ in STEPS}
    sums = [(cell.key, cell.sums) for cell in found if cell.sums is not None]
    whole = {
        name: sum(of[name].amount(each) for _, each in sums) for name in ("loading", "run", "without_ideal")
    }
    return Losses(
        whole["loading"],
        {(key, name): of[name].amount(each) for key, each in sums for name in OEE_LOSSES},
        judged_share(whole["run"], whole["without_ideal"]),
    )
