"""The figures of the running shift and of the last one that is over, of a whole place."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kpis.current import ShiftSpan
from kpis.definitions import CATALOGUE
from kpis.engine import Value, evaluate
from mfgportal.figures import Figure, Goals, Trust
from mfgportal.period import Period
from mfgportal.scope import Selection
from mfgportal.web.picker import span
from mfgportal.web.shifts import by_bucket

WEEK = timedelta(days=7)
SHOWN = ("oee", "availability", "performance", "quality", "downtime", "failures")
ByShift = Mapping[tuple[date, str], Mapping[str, Value]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftFigures:
    """A shift with its figures, each beside the last shift of that name in which there was work.

    ``selection``: of its production day, which its numbers open in. ``compared``: the day of the one before,
    "" where there is none in a week. ``running``: it is not over.
    """

    shift: ShiftSpan
    figures: list[Figure]
    selection: Selection
    compared: str
    running: bool


def by_shift(chosen: Selection, first: date, last: date) -> ByShift:
    """Values by production day and name of the shift. One query."""
    scope = replace(chosen.scope, first_day=first, last_day=last)
    return by_bucket(evaluate(SHOWN, scope, grain="shift"))


def figures_of(
    shift: ShiftSpan, values: ByShift, chosen: Selection, trusted: Trust, goals: Goals, *, running: bool
) -> ShiftFigures:
    """Of one shift, from ``by_shift`` of it and the week before."""
    earlier = [day for day, name in values if name == shift.name and shift.day - WEEK <= day < shift.day]
    compared = max((day for day in earlier if had_work(values[day, shift.name])), default=None)
    before = values[compared, shift.name] if compared else {}
    target_of = goals.over(None)
    figures = [
        Figure(
            kpi=CATALOGUE[name],
            now=value,
            before=before.get(name),
            trust=trusted,
            running=running,
            target=target_of(value),
        )
        for name, value in values.get((shift.day, shift.name), {}).items()
    ]
    return ShiftFigures(
        shift=shift,
        figures=figures,
        selection=replace(chosen, period=Period(shift.day, shift.day)),
        compared=span(Period(compared, compared)) if compared else "",
        running=running,
    )


def had_work(values: Mapping[str, Value]) -> bool:
    """Whether any of a shift's values has something it is of."""
    return any(value.denominator for value in values.values())
