"""Answers about KPIs. The only way from component rows to numbers, for pages, API and exports alike."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import chain

from kpis import cells
from kpis.definitions import CATALOGUE, Kpi
from kpis.definitions.names import kpi_named
from kpis.evaluation import value_of
from kpis.pareto import ParetoRow, pareto
from kpis.scope import WHOLE, By, Grain, Key, Scope, UnsupportedBreakdown, UnsupportedGrain, Value, View
from kpis.time_model import TimeStep, time_model
from kpis.timeline import FactRef, TimelineSpan, timeline, timelines

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
    "UnsupportedGrain",
    "Value",
    "View",
    "evaluate",
    "evaluate_views",
    "pareto",
    "time_model",
    "timeline",
    "timelines",
    "values_of",
]

LONG = timedelta(days=14)
"""Beyond it, days of every part are more rows than the days of the whole and the parts of the period."""


def evaluate(
    names: Sequence[str],
    scope: Scope,
    grain: Grain | None = None,
    by: By | None = None,
    confidence: float = 0.9,
) -> list[Value]:
    """Values of the named KPIs, one per KPI, part of the breakdown and bucket, in that order.

    Every bucket of the period is there: one without rows is undefined, "no data". Parts of a breakdown are
    those with rows, ordered by label. Names may be
    those of standards and titles, too. Raises KeyError for an unknown one, UnsupportedBreakdown where a
    component cannot be split by ``by``.
    """
    (found,) = evaluate_views([View(tuple(map(kpi_named, names)), grain, by)], scope, confidence)
    return found


def values_of(kpi: Kpi, scope: Scope, grain: Grain | None = None, by: By | None = None) -> list[Value]:
    """Values of one KPI, which may be none of the catalogue, such as a step of the time model."""
    found = cells.read([kpi], scope, grain, [by] if by else []).cells(grain, by)
    return [value_of(kpi, cell, 0.9) for cell in found]


def evaluate_views(views: Sequence[View], scope: Scope, confidence: float = 0.9) -> list[list[Value]]:
    """Whole, parts and buckets of one scope, each as ``evaluate`` gives it, from one query per family.

    Over long periods from two: the whole by bucket, and the parts of the period.
    Views have the same grain or none; parts by reason, loss class or product stand alone. Else ValueError.
    """
    grains = list(dict.fromkeys(view.grain for view in views if view.grain))
    if len(grains) > 1:
        raise ValueError(f"views of different grains: {', '.join(grains)}")
    groups = [list(views)]
    if scope.last_day - scope.first_day > LONG and not any(view.by for view in views if view.grain):
        groups = [[view for view in views if view.grain], [view for view in views if not view.grain]]
    sums = {view: found for group in groups if group for found in (_read(group, scope),) for view in group}
    return [_values(view, sums[view], confidence) for view in views]


def _read(views: Sequence[View], scope: Scope) -> cells.Sums:
    kpis = [CATALOGUE[name] for name in dict.fromkeys(chain.from_iterable(view.names for view in views))]
    bys = list(dict.fromkeys(view.by for view in views if view.by))
    return cells.read(kpis, scope, next((view.grain for view in views if view.grain), None), bys)


def _values(view: View, sums: cells.Sums, confidence: float) -> list[Value]:
    found = sums.cells(view.grain, view.by)
    return [value_of(CATALOGUE[name], cell, confidence) for name in view.names for cell in found]
