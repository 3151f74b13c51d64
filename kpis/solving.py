"""Equations between components → the components. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpis.definitions import components as c
from kpis.definitions.base import Component, Linear
from kpis.definitions.words import BREAKS, SHIFT

OF_UNITS = "oee_"
Sums = dict[str, float]
"""By ``plain`` name."""


@dataclass(frozen=True, slots=True)
class Equation:
    """The sum of ``factors`` times components, by plain name, is ``value``."""

    factors: Mapping[str, float]
    value: float = 0.0

    def unknown(self, known: Mapping[str, float]) -> list[str]:
        return [name for name in self.factors if name not in known]

    def left(self, known: Mapping[str, float]) -> float:
        """What the unknown ones make up."""
        return self.value - sum(factor * known.get(name, 0.0) for name, factor in self.factors.items())


def plain(name: str) -> str:
    """Of work units and of all machines: one component, where numbers are at hand."""
    return name.removeprefix(OF_UNITS)


def is_worth(linear: Linear, value: float, of: Linear | None = None) -> Equation:
    """``linear`` = ``value``, or = ``value`` times ``of``."""
    factors: Sums = {}
    for term in linear.terms:
        factors[plain(term.component.name)] = factors.get(plain(term.component.name), 0.0) + term.factor
    if of is None:
        return Equation(factors, value)
    for term in of.terms:
        name = plain(term.component.name)
        factors[name] = factors.get(name, 0.0) - value * term.factor
    return Equation(factors)


STOPPED = is_worth(c.LOADING - c.BREAKDOWN - c.SETUP - c.EXTERNAL - c.QUALITY_STOP - c.RUN, 0.0)
TIME_MODEL = (
    is_worth(SHIFT - BREAKS - c.PLANNED, 0.0),
    is_worth(c.PLANNED - c.PLANNED_STOP - c.UNKNOWN - c.LOADING, 0.0),
    STOPPED,
)
"""What follows from what: see "How the numbers are made"."""
ELSE_THE_SAME = (
    is_worth(c.OPERATING - c.RUN, 0.0),
    is_worth(c.FAILURE_DOWN - c.BREAKDOWN, 0.0),
    is_worth(c.FAILURE_DOWN - c.REPAIR, 0.0),
    is_worth(c.FAILURES - c.REPAIRED, 0.0),
    is_worth(c.STOPS - c.FAILURES, 0.0),
)
"""Taken for each other where only one is given: examples seldom tell them apart."""
NONE_UNLESS_GIVEN: Sequence[Component] = (
    c.RUN_WITHOUT_IDEAL,
    c.UNKNOWN,
    c.PLANNED_STOP,
    BREAKS,
    c.QUALITY_STOP,
    c.EXTERNAL,
    c.SETUP,
)
"""0 where nothing is said of them: an example judges all run time, and names the stops that there were."""


def propagate(equations: Sequence[Equation], known: Sums) -> None:
    """Solve for what is the only unknown of an equation, until there is none such."""
    moved = True
    while moved:
        moved = False
        for each in equations:
            unknown = each.unknown(known)
            if len(unknown) == 1 and each.factors[unknown[0]]:
                known[unknown[0]] = each.left(known) / each.factors[unknown[0]]
                moved = True


def split(one: Equation, known: Sums, asked: Sequence[Linear] = ()) -> None:
    """The first unknown takes all that is left, the others are 0: nothing ``asked`` tells them apart."""
    unknown = one.unknown(known)
    if not unknown or not all(_of_sum(linear, one, unknown) for linear in asked):
        return
    first, *others = unknown
    known |= dict.fromkeys(others, 0.0)
    known[first] = one.left(known) / one.factors[first]


def _of_sum(linear: Linear, one: Equation, names: Sequence[str]) -> bool:
    """Whether of the names it holds nothing but a multiple of their sum in the equation."""
    factors = is_worth(linear, 0.0).factors
    return len({factors.get(name, 0.0) / one.factors[name] for name in names}) == 1
