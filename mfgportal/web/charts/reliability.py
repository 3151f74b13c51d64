"""Failures over operating time: the mean of a class of machines, and the steps of one."""

from collections.abc import Sequence
from typing import Any

from kpis.reliability.growth import PowerLaw
from kpis.reliability.recurrence import MeanCumulative
from mfgportal.locales import number
from mfgportal.web.charts.figure import Chart, Row, Table, axis, chart, layout

MOST_POINTS, MOST_ROWS = 120, 12
STEPS = 40
HOURS = "Operating hours"


def mean_cumulative_chart(name: str, steps: Sequence[MeanCumulative], confidence: float) -> Chart:
    """Mean failures per machine by operating hours, in its bounds."""
    label = "Mean number of failures of a machine by operating hours"
    shown = thinned(steps, MOST_POINTS)
    hours = [0.0, *(step.time for step in shown)]
    lower = _line(hours, [0.0, *(step.lower for step in shown)], "Lower bound", width=0)
    upper = _line(hours, [0.0, *(step.upper for step in shown)], "Upper bound", width=0)
    upper |= {"fill": "tonexty", "fillcolor": "--series-soft"}
    mean = _line(hours, [0.0, *(step.mean for step in shown)], "Mean", 2, "%{y:.2f} failures by %{x:,.0f} h")
    sure = f"{number(confidence * 100)} %"
    rows = [
        Row(
            (
                f"{number(s.time)} h",
                number(s.at_risk),
                number(s.mean, 2),
                f"{number(s.lower, 2)} – {number(s.upper, 2)}",
            )
        )
        for s in thinned(steps, MOST_ROWS)
    ]
    table = Table(label, (HOURS, "Machines observed", "Mean failures", f"Bounds, {sure}"), rows)
    return chart(name, label, [lower, upper, mean], _looks(), table)


def failures_chart(hours: Sequence[float], end: float, law: PowerLaw | None) -> Chart:
    """The failures of one machine, counted up; with the power law where one holds."""
    label = "Failures of this machine by operating hours"
    times = [0.0, *hours, end]
    counted = _line(
        times, [*range(len(hours) + 1), len(hours)], "Failures", 2, "%{y} failures by %{x:,.0f} h"
    )
    data = [counted]
    if law:
        points = [end * n / STEPS for n in range(STEPS + 1)]
        curve = _line(points, [law.expected(point) for point in points], "Power law", width=1.5)
        curve["line"] = {"color": "--muted", "width": 1.5, "dash": "dot"}
        data.append(curve)
    rows = [
        Row((number(n), f"{number(hour, 1)} h", f"{number(hour - before, 1)} h"))
        for n, (hour, before) in enumerate(zip(hours, [0.0, *hours], strict=False), 1)
    ]
    rows.append(
        Row(
            (
                "Until now",
                f"{number(end, 1)} h",
                f"{number(end - (hours[-1] if hours else 0.0), 1)} h, no failure",
            )
        )
    )
    table = Table(label, ("Failure", HOURS, "Since the one before"), rows)
    return chart("failures", label, data, _looks(legend=bool(law)), table)


def thinned(steps: Sequence[MeanCumulative], most: int) -> list[MeanCumulative]:
    """At most so many, evenly, the last always."""
    if len(steps) <= most:
        return list(steps)
    return [steps[round((n + 1) * len(steps) / most) - 1] for n in range(most)]


def _line(x: Sequence[float], y: Sequence[float], name: str, width: float, hover: str = "") -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": y,
        "line": {"color": "--accent", "width": width, "shape": "hv" if name != "Power law" else "linear"},
        "hovertemplate": hover + "<extra></extra>" if hover else None,
        "hoverinfo": None if hover else "skip",
    }


def _looks(*, legend: bool = False) -> dict[str, Any]:
    hours = axis() | {"ticksuffix": " h", "rangemode": "tozero", "tickangle": 0, "nticks": 6}
    return layout(xaxis=hours, yaxis=axis() | {"rangemode": "tozero"}, showlegend=legend)
