"""Lost time by reason, largest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from django.db.models import F, Sum

from kpis.families import REASON
from kpis.models import LossClass
from kpis.reading import Row, shortest, sources, united
from kpis.scope import Scope

LOSSES = (
    LossClass.BREAKDOWN,
    LossClass.SETUP,
    LossClass.EXTERNAL,
    LossClass.QUALITY,
    LossClass.SPEED,
    LossClass.MICRO_STOP,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParetoRow:
    """``seconds`` within planned time, each instant counted once. Shares are fractions of the total."""

    reason_id: int
    reason: str
    code: str
    loss_class: str
    seconds: float
    events: int
    share: float
    cumulative: float


def pareto(scope: Scope, *, planned: bool = False) -> list[ParetoRow]:
    """Losses by reason and loss class; with ``planned`` also planned stops.

    Events count where they start, also off shift, so that a reason may have events and no lost time.
    """
    classes = [*LOSSES, LossClass.PLANNED_STOP] if planned else LOSSES
    by_reason = [
        source.rows.filter(loss_class__in=classes)
        .values("reason_id", "loss_class", name=F("reason__name"), code=F("reason__code"))
        .annotate(lost=Sum("seconds"), count=Sum("events"))
        for source in sources(scope, None, shortest(REASON, scope))
    ]
    rows = sorted(_added(united(by_reason)), key=lambda row: (-row["lost"], row["name"], row["loss_class"]))
    total = sum(row["lost"] for row in rows) or 1.0
    reached = accumulate(row["lost"] for row in rows)
    return [
        ParetoRow(
            reason_id=row["reason_id"],
            reason=row["name"],
            code=row["code"],
            loss_class=row["loss_class"],
            seconds=row["lost"],
            events=row["count"],
            share=row["lost"] / total,
            cumulative=so_far / total,
        )
        for row, so_far in zip(rows, reached, strict=True)
    ]


def _added(rows: Iterable[Row]) -> list[Row]:
    """One row per reason and class, of months and edge days together."""
    found: dict[tuple[int, str], Row] = {}
    for row in rows:
        same = found.setdefault((row["reason_id"], row["loss_class"]), row | {"lost": 0.0, "count": 0})
        same["lost"] += row["lost"]
        same["count"] += row["count"]
    return list(found.values())
