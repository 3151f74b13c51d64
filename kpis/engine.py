"""Answers about KPIs. The only way from component rows to numbers, for pages, API and exports alike."""

from collections.abc import Sequence

from kpis.cells import cells
from kpis.definitions import CATALOGUE
from kpis.evaluation import value_of
from kpis.pareto import ParetoRow, pareto
from kpis.scope import WHOLE, By, Grain, Key, Scope, UnsupportedBreakdown, Value
from kpis.time_model import TimeStep, time_model
from kpis.timeline import FactRef, TimelineSpan, timeline

__all__ = [
    "WHOLE",
    "By",
    "FactRef",
    "Grain",
    "Key",
    "ParetoRow",
    "Scope",
    "TimeStep",
    "TimelineSpan",
    "UnsupportedBreakdown",
    "Value",
    "evaluate",
    "pareto",
    "time_model",
    "timeline",
]


def evaluate(
    names: Sequence[str],
    scope: Scope,
    grain: Grain | None = None,
    by: By | None = None,
    confidence: float = 0.9,
) -> list[Value]:
    """Values of the named KPIs, one per KPI, part of the breakdown and bucket, in that order.

    Every bucket of the period is there: one without rows is undefined, "no data". Parts of a breakdown are
    those with rows, ordered by label. Raises KeyError for an unknown name, UnsupportedBreakdown where a
    component cannot be split by ``by``.
    """
    kpis = [CATALOGUE[name] for name in names]
    found = cells(kpis, scope, grain, by)
    return [value_of(kpi, cell, confidence) for kpi in kpis for cell in found]
