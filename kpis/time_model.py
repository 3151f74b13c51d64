"""The waterfall from calendar time down to good time, of the work units in scope."""

from dataclasses import dataclass, replace
from typing import Literal

from kpis import cells
from kpis.definitions import components as c
from kpis.definitions.base import Linear
from kpis.scope import Scope


@dataclass(frozen=True, slots=True)
class TimeStep:
    """A bar: a ``level`` is time that is left (calendar to good), a ``loss`` what is taken off.

    A loss is negative only where machines beat their ideal cycle.
    """

    name: str
    title: str
    seconds: float
    kind: Literal["level", "loss"]


NET_RUN = c.RUN - c.MICRO_STOP - c.RUN_WITHOUT_IDEAL
STEPS: tuple[tuple[str, str, Linear, Literal["level", "loss"]], ...] = (
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


def time_model(scope: Scope) -> list[TimeStep]:
    """Steps in order. Each level = the level before − the losses between."""
    components = {term.component for _, _, linear, _ in STEPS for term in linear.terms}
    sums = cells.total(replace(scope, work_units_only=True), sorted(components, key=lambda found: found.name))
    return [
        TimeStep(name, title, sum(term.factor * sums[term.component.name] for term in linear.terms), kind)
        for name, title, linear, kind in STEPS
    ]
