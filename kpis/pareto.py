"""Lost time by reason, largest first."""

from dataclasses import dataclass
from itertools import accumulate

from django.db.models import Sum

from kpis.families import REASON
from kpis.models import LossClass, ReasonComponents
from kpis.reading import in_scope
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
    rows = list(
        ReasonComponents.objects.filter(in_scope(scope, REASON), loss_class__in=classes)
        .values("reason_id", "reason__name", "reason__code", "loss_class")
        .annotate(lost=Sum("seconds"), count=Sum("events"))
        .order_by("-lost", "reason__name", "loss_class")
    )
    total = sum(row["lost"] for row in rows) or 1.0
    reached = accumulate(row["lost"] for row in rows)
    return [
        ParetoRow(
            reason_id=row["reason_id"],
            reason=row["reason__name"],
            code=row["reason__code"],
            loss_class=row["loss_class"],
            seconds=row["lost"],
            events=row["count"],
            share=row["lost"] / total,
            cumulative=so_far / total,
        )
        for row, so_far in zip(rows, reached, strict=True)
    ]
