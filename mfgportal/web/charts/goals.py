"""The target in a trend: its line, and two columns of the table."""

from collections.abc import Sequence
from html import escape
from typing import Any

from kpis.definitions import Better, Kpi
from mfgportal.figures import Point
from mfgportal.web.format import NONE, amount

COLUMNS = ("Target", "State")


def cells(kpi: Kpi, point: Point) -> tuple[str, ...]:
    """Target and state of a bucket in words."""
    goal = point.target.value if point.target else None
    return str(amount(goal, kpi.unit)), point.state.capitalize() if point.state else NONE


def line(kpi: Kpi, points: Sequence[Point], labels: Sequence[str], scale: float) -> dict[str, Any]:
    """The target of each bucket, in steps where it changes. ``scale``: from the KPI's unit to the axis'."""
    goals = [point.target.value if point.target else None for point in points]
    side = "at least" if kpi.better == Better.UP else "at most"
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"Target ({side})",
        "x": labels,
        "y": [None if goal is None else goal * scale for goal in goals],
        "text": [escape(f"{side} {amount(goal, kpi.unit)}") for goal in goals],
        "hovertemplate": "%{text}<extra>target</extra>",
        "line": {"color": "--good", "width": 1.5, "dash": "dash", "shape": "hvh"},
    }
