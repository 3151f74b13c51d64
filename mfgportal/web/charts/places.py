"""The charts of places: a KPI over time, lost time by reason."""

from collections.abc import Callable, Sequence
from datetime import date
from html import escape
from textwrap import wrap
from typing import Any

from kpis.definitions import Kpi, Unit
from kpis.engine import Grain, ParetoRow
from kpis.models import LossClass
from mfgportal.figures import Point
from mfgportal.locales import day, number
from mfgportal.web.charts import goals
from mfgportal.web.charts.figure import Chart, Row, Table, axis, bars_axis, category_axis, chart, layout
from mfgportal.web.format import HOUR, NONE, amount, duration, percent
from mfgportal.web.published import restated

MAX_BARS = 8
PLOTTED = {Unit.SECONDS: 1 / HOUR, Unit.SHARE: 100.0}


def trend_chart(
    kpi: Kpi,
    points: Sequence[Point],
    grain: Grain,
    link: Callable[[Point], str] = lambda point: "",
    labels: Sequence[str] = (),
) -> Chart:
    """The KPI by bucket, with the period before dotted and the target dashed, where there are any.

    ``link``: where a bucket leads, "" for nowhere. ``labels``: of the buckets, where they are not the usual.
    """
    title = f"{kpi.title} by {grain}"
    labels = labels or [bucket_label(point.bucket, point.shift, grain) for point in points]
    table = Table(title, *_trend_table(kpi, points, labels, grain, link))
    names = [escape(label) for label in labels]
    data = _trend_data(kpi, points, names)
    data[-1]["links"] = [row.url for row in table.rows]
    if aimed := any(point.target for point in points):
        data.insert(0, goals.line(kpi, points, names, PLOTTED.get(kpi.unit, 1.0)))
    legend = aimed or any(point.before for point in points)
    looks = layout(yaxis=_value_axis(kpi.unit), xaxis=category_axis(), showlegend=legend)
    return chart(f"trend-{kpi.name}", title, data, looks, table)


LABELS: dict[Grain, Callable[[date], str]] = {
    "hour": lambda bucket: f"{day(bucket, 'MMMEd')}{bucket: %H:%M%z}",
    "week": lambda bucket: f"Week of {day(bucket, 'MMMd')}",
    "month": lambda bucket: day(bucket, "yMMM"),
    "quarter": lambda bucket: f"Q{(bucket.month + 2) // 3} {bucket.year}",
    "year": lambda bucket: f"{bucket.year}",
    "rolling": lambda bucket: f"Up to {day(bucket, 'MMMd')}",
}


def bucket_label(bucket: date, shift: str, grain: Grain) -> str:
    """A bucket's name in the plant's days. Hours carry their offset: one comes twice."""
    if grain in LABELS:
        return LABELS[grain](bucket)
    return f"{day(bucket, 'MMMd')}, {shift}" if shift else day(bucket, "MMMEd")


def _trend_table(
    kpi: Kpi, points: Sequence[Point], labels: Sequence[str], grain: Grain, link: Callable[[Point], str]
) -> tuple[tuple[str, ...], list[Row]]:
    """Columns and rows; without a period before or a target there is no column of it."""
    compared, aimed = any(point.before for point in points), any(point.target for point in points)
    closed = any(restated(point.now) for point in points)
    columns = (grain.capitalize(), kpi.title, *(["Period before"] if compared else []))
    rows = [
        Row(
            (
                label,
                str(amount(point.now.value, kpi.unit)),
                *([str(amount(point.before.value if point.before else None, kpi.unit))] if compared else []),
                *(goals.cells(kpi, point) if aimed else ()),
                *([restated(point.now) or NONE] if closed else []),
            ),
            link(point),
        )
        for label, point in zip(labels, points, strict=True)
    ]
    return (*columns, *(goals.COLUMNS if aimed else ()), *(["Closed period"] if closed else [])), rows


def _trend_data(kpi: Kpi, points: Sequence[Point], labels: Sequence[str]) -> list[dict[str, Any]]:
    line = {
        "type": "scatter",
        "mode": "lines+markers" if len(points) <= 45 else "lines",
        "name": escape(kpi.title),
        "x": labels,
        "y": [_plotted(point.now.value, kpi.unit) for point in points],
        "text": [escape(str(amount(point.now.value, kpi.unit))) for point in points],
        "hovertemplate": "%{text}<extra>%{x}</extra>",
        "line": {"color": "--accent", "width": 2},
        "marker": {"size": 6, "color": "--accent"},
    }
    if not any(point.before for point in points):
        return [line]
    before = {
        "type": "scatter",
        "mode": "lines",
        "name": "Period before",
        "x": labels,
        "y": [_plotted(point.before.value, kpi.unit) if point.before else None for point in points],
        "text": [
            escape(str(amount(point.before.value, kpi.unit))) if point.before else "" for point in points
        ],
        "hovertemplate": "%{text}<extra>period before</extra>",
        "line": {"color": "--line-strong", "width": 1.5, "dash": "dot"},
    }
    return [before, line]


def pareto_chart(rows: Sequence[ParetoRow], link: Callable[[ParetoRow], str]) -> Chart:
    """Lost hours by reason, largest on top, with the cumulative share on an axis of its own above."""
    shown = [row for row in rows if row.seconds][:MAX_BARS]
    labels = _bar_labels(shown)
    links = [link(row) for row in shown]
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": labels,
        "x": [row.seconds / HOUR for row in shown],
        "text": [escape(f"{duration(row.seconds)} in {number(row.events)} events") for row in shown],
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {"color": [f"--{row.loss_class}" for row in shown]},
        "name": "Lost time",
        "links": links,
    }
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "y": labels,
        "x": [row.cumulative * 100 for row in shown],
        "xaxis": "x2",
        "line": {"color": "--muted", "width": 1.5},
        "marker": {"size": 5, "color": "--muted"},
        "hovertemplate": "%{x:.0f} % so far<extra></extra>",
        "name": "Cumulative share",
        "links": links,
    }
    share = {"overlaying": "x", "side": "top", "range": [0, 105], "ticksuffix": " %", "dtick": 50}
    looks = layout(
        yaxis=bars_axis(),
        xaxis=axis() | {"ticksuffix": " h", "rangemode": "tozero", "nticks": 5, "tickangle": 0},
        xaxis2=axis() | share | {"showgrid": False},
        bargap=0.3,
        showlegend=False,
    )
    return chart("pareto", "Lost time by reason", [bars, line], looks, _pareto_table(rows, link))


def _bar_labels(rows: Sequence[ParetoRow]) -> list[str]:
    """One per bar, in short lines. A reason that comes again names its loss: equal labels share a bar."""
    names: list[str] = []
    for row in rows:
        again = row.reason in names
        names.append(f"{row.reason} ({LossClass(row.loss_class).label.lower()})" if again else row.reason)
    return ["<br>".join(wrap(escape(name), 18, break_long_words=False)) for name in names]


def _pareto_table(rows: Sequence[ParetoRow], link: Callable[[ParetoRow], str]) -> Table:
    cells = [
        Row(
            (
                row.reason,
                str(duration(row.seconds)),
                number(row.events),
                percent(row.share),
                percent(row.cumulative),
            ),
            link(row),
            LossClass(row.loss_class).label,
        )
        for row in rows
    ]
    return Table("Lost time by reason", ("Reason", "Time", "Events", "Share", "Cumulative"), cells)


def _plotted(value: float | None, unit: Unit) -> float | None:
    """In the unit of the axis: hours, percent, or as it is."""
    return None if value is None else value * PLOTTED.get(unit, 1.0)


def _value_axis(unit: Unit) -> dict[str, Any]:
    suffix = {Unit.SHARE: " %", Unit.SECONDS: " h"}.get(unit, "")
    return axis() | {"rangemode": "tozero", "ticksuffix": suffix}
