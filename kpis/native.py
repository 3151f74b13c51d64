"""What Odoo and Atlas themselves show for a machine: the row beside our figure that explains a difference.

Restated from their sources with all their habits (whole days, zero for unknown); never used as a KPI of ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OdooOee:
    """Hours and percent as ``mrp.workcenter`` rounds them."""

    productive_h: float
    blocked_h: float
    oee_percent: float


def odoo_oee(logs: Sequence[tuple[str, float]]) -> OdooOee:
    """``mrp.workcenter.oee`` of ended logs, each with its loss type and Odoo's own minutes.

    A time ratio without quantities: losses inside a productive log count on top of it.
    """
    productive = sum(minutes for loss_type, minutes in logs if loss_type == "productive")
    blocked = sum(minutes for loss_type, minutes in logs if loss_type != "productive")
    share = 100 * productive / (productive + blocked) if productive else 0.0
    return OdooOee(round(productive / 60, 2), round(blocked / 60, 2), round(share, 2))


@dataclass(frozen=True, slots=True)
class OdooReliability:
    """``maintenance.equipment`` from Odoo 17 on: whole days; 0 and None where Odoo knows nothing."""

    mtbf_days: int
    mttr_days: int
    latest_failure: date | None
    next_failure: date | None


def odoo_reliability(effective: date, repairs: Sequence[tuple[date | None, date | None]]) -> OdooReliability:
    """Of corrective requests in a done stage: request date and close date each.

    Counts from the effective date to the last request, repairs as up time and nothing after the last failure.
    """
    if not repairs:
        return OdooReliability(0, 0, None, None)
    days = sum((close - request).days for request, close in repairs if request and close)
    latest = max((request for request, _ in repairs if request), default=None)
    mtbf = int((latest - effective).days / len(repairs)) if latest else 0
    following = latest + timedelta(days=mtbf) if latest and mtbf else None
    return OdooReliability(mtbf, int(days / len(repairs)), latest, following)


def atlas_mtbf_days(downtimes: Sequence[tuple[datetime, timedelta]]) -> int:
    """Mean of the whole days from the end of each closed downtime to the start of the next; 0 below two."""
    closed = sorted((start, length) for start, length in downtimes if length)
    if len(closed) < 2:
        return 0
    ends = (start + length for start, length in closed)
    starts = (start for start, _ in closed[1:])
    return sum((start - end) // DAY for end, start in zip(ends, starts, strict=False)) // (len(closed) - 1)


def atlas_mttr_minutes(labour: Sequence[timedelta], work_orders: int) -> int:
    """Logged labour over all work orders created in the window, preventive and open ones too."""
    return int(sum(labour, timedelta()).total_seconds() // 60) // work_orders if work_orders else 0
