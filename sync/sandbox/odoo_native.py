"""Odoo's own figures of machines, computed as Odoo computes them: for comparison, not as truth."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from sync.sandbox.odoo_tables import Odoo

MONTH_S = 30 * 86400
PRODUCTIVE, DONE = 4, "done"


class Month(NamedTuple):
    """A work center over the last month, in hours and percent."""

    productive_time: float
    blocked_time: float
    performance: int

    @property
    def oee(self) -> float:
        """A ratio of times: what was made does not count."""
        total = self.productive_time + self.blocked_time
        return round(self.productive_time / total * 100, 2) if self.productive_time else 0.0


def months(odoo: Odoo) -> dict[int, Month]:
    """By work center id. Open lines are left out; every loss that is not "productive" is blocked time."""
    since = odoo.now - MONTH_S
    minutes: dict[tuple[int, bool], float] = defaultdict(float)
    lines, losses = odoo["mrp.workcenter.productivity"].columns, odoo["mrp.workcenter.productivity.loss"]
    kinds = {loss: losses.get(loss, "loss_id") == PRODUCTIVE for loss in losses.ids}
    names = ("workcenter_id", "loss_id", "date_start", "date_end", "duration")
    for center, loss, start, stop, duration in zip(*(lines[name] for name in names), strict=True):
        if start >= since and stop is not None:
            minutes[center, kinds[loss]] += duration
    pace = _performance(odoo, since)
    return {
        center: Month(
            round(minutes[center, True] / 60, 2), round(minutes[center, False] / 60, 2), pace.get(center, 0)
        )
        for center in odoo["mrp.workcenter"].ids
    }


def _performance(odoo: Odoo, since: int) -> dict[int, int]:
    """Expected over real duration of the finished work orders, in whole percent."""
    expected: dict[int, float] = defaultdict(float)
    real: dict[int, float] = defaultdict(float)
    names = ("workcenter_id", "state", "date_start", "duration_expected", "duration")
    columns = odoo["mrp.workorder"].columns
    for center, state, start, planned, spent in zip(*(columns[name] for name in names), strict=True):
        if state == DONE and start is not None and start >= since:
            expected[center] += planned
            real[center] += spent
    return {center: int(100 * expected[center] / spent) for center, spent in real.items() if spent}


class Reliability(NamedTuple):
    """Of one equipment, in whole days, from finished corrective requests over all history."""

    mttr: int = 0
    mtbf: int = 0
    latest_failure_date: str | None = None
    estimated_next_failure: str | None = None


def reliability(odoo: Odoo, equipment: dict[str, Any]) -> Reliability:
    """MTBF counts from the day the equipment came into use, as Odoo does."""
    requests, stages = odoo["maintenance.request"], odoo["maintenance.stage"]
    mine = [requests.row(each) for each in odoo.where("maintenance.request", "equipment_id", equipment["id"])]
    done = [
        row for row in mine if row["maintenance_type"] == "corrective" and stages.get(row["stage_id"], "done")
    ]
    if not done:
        return Reliability()
    days = sum(
        (_day(row["close_date"]) - _day(row["request_date"])).days for row in done if row["close_date"]
    )
    latest = max(_day(row["request_date"]) for row in done)
    mtbf = (latest - _day(equipment["effective_date"])).days // len(done)
    following = str(latest + timedelta(days=mtbf)) if mtbf else None
    return Reliability(days // len(done), mtbf, str(latest), following)


def _day(text: str) -> date:
    return date.fromisoformat(text)
