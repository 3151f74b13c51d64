"""Charts as plain data, and the tables that say the same."""

import json
from datetime import date
from typing import Any

import pytest

from kpis.definitions import CATALOGUE
from kpis.engine import ParetoRow
from mfgportal.figures import Point
from mfgportal.web.charts.figure import Chart
from mfgportal.web.charts.places import bucket_label, pareto_chart, trend_chart
from tests.mfgportal.test_figures import value

EVIL = "</script><b onmouseover=alert(1)>"


def data(chart: Chart) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(chart.json)
    return found


def row(reason: str, seconds: float, cumulative: float, loss: str = "breakdown") -> ParetoRow:
    return ParetoRow(
        reason_id=1, reason=reason, code="x", loss_class=loss, seconds=seconds, events=2, share=0.5,
        cumulative=cumulative,
    )  # fmt: skip


def point(day: int, now: float | None, before: float | None) -> Point:
    return Point(date(2026, 11, day), "", value("oee", now, 1), value("oee", before, 1))


def test_a_trend_has_a_gap_where_nothing_is_known() -> None:
    points = [point(23, 0.5, 0.6), point(24, None, 0.7)]
    chart = trend_chart(CATALOGUE["oee"], points, "day", lambda each: f"/{each.bucket}")
    before, now = data(chart)["data"]
    assert now["y"] == [50, None]
    assert before["y"] == [60, 70]
    assert now["x"] == ["Mon 23 Nov", "Tue 24 Nov"]
    assert now["links"] == ["/2026-11-23", "/2026-11-24"]
    assert [row.cells for row in chart.table.rows] == [
        ("Mon 23 Nov", "50.0 %", "60.0 %"),
        ("Tue 24 Nov", "—", "70.0 %"),
    ]


def test_a_trend_without_comparison_is_one_line() -> None:
    points = [Point(date(2026, 11, 23), "", value("mttr", 7200, 1), None)]
    chart = trend_chart(CATALOGUE["mttr"], points, "day")
    (line,) = data(chart)["data"]
    assert line["y"] == [2.0]
    assert chart.table.columns == ("Day", "MTTR")


@pytest.mark.parametrize(
    ("grain", "shift", "label"),
    [
        ("day", "", "Mon 23 Nov"),
        ("shift", "Early", "23 Nov, Early"),
        ("week", "", "Week of 23 Nov"),
        ("month", "", "Nov 2026"),
    ],
)
def test_buckets_are_named_in_words(grain: Any, shift: str, label: str) -> None:
    assert bucket_label(date(2026, 11, 23), shift, grain) == label


def test_what_a_source_named_cannot_leave_the_data() -> None:
    chart = pareto_chart([row(EVIL, 60, 1.0)], lambda each: "")
    assert "<" not in chart.json
    assert "&lt;/script" in json.dumps(data(chart)["data"])
    assert chart.table.rows[0].cells[0] == EVIL  # the template escapes it


def test_a_reason_that_comes_again_keeps_a_bar_of_its_own() -> None:
    rows = [row("Jam", 60, 0.5), row("Jam", 30, 1.0, "micro_stop")]
    bars, line = data(pareto_chart(rows, lambda each: "/x"))["data"]
    assert bars["y"] == line["y"] == ["Jam", "Jam (micro-stop)"]
    assert line["x"] == [50, 100]
    assert bars["marker"]["color"] == ["--breakdown", "--micro_stop"]
