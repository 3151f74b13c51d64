"""OEE of a machine hour by hour within a shift or a day, against its target."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from kpis.definitions import CATALOGUE
from kpis.engine import Value, evaluate
from mfgportal.figures import Goals, Point
from mfgportal.scope import Selection
from mfgportal.web.charts.figure import Chart
from mfgportal.web.charts.places import trend_chart

KPI = "oee"


def hours(selection: Selection, start: datetime, end: datetime) -> Chart | None:
    """The hours of [start, end) of the selection's day; None where none has an OEE."""
    scope = replace(selection.scope, work_units_only=True)
    values = [value for value in evaluate([KPI], scope, grain="hour") if _within(value, start, end)]
    if not any(value.value is not None for value in values):
        return None
    target_of = Goals.of([KPI], selection).over(None)
    points = [Point(value.bucket or value.first_day, "", value, None, target_of(value)) for value in values]
    return trend_chart(CATALOGUE[KPI], points, "hour", labels=_labels(values))


def _labels(values: Sequence[Value]) -> list[str]:
    """Times of day; the hour that comes twice when the clock goes back carries its offset."""
    times = [f"{value.bucket:%H:%M}" for value in values]
    return [
        f"{value.bucket:%H:%M%z}" if times.count(time) > 1 else time
        for time, value in zip(times, values, strict=True)
    ]


def _within(value: Value, start: datetime, end: datetime) -> bool:
    return isinstance(value.bucket, datetime) and start <= value.bucket < end
