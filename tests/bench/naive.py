"""What one would write first: each machine's day by itself, every record by the ORM."""

from datetime import UTC, date, datetime
from math import inf
from typing import Any

from django.db.models import Q

from kpis.evidence import DayFacts, Output, RunLog, State, Stop
from kpis.intervals import Span, merge
from kpis.kernel import compute_day
from kpis.models import Downtime, ProductComponents, Production, ReasonComponents, Run, ShiftComponents
from kpis.plans import DayPlan, plan_days
from kpis.setups import load_setups
from kpis.writing import PRODUCT_COLUMNS, SHIFT_COLUMNS, shift_values

STATES = {state.loss_class: state for state in State}


def compute(machine: int, day: date, as_of: datetime) -> None:
    """Reads, computes and writes one day by the same rules as the roll-up."""
    now = as_of.timestamp()
    setup = load_setups([machine])[machine]
    (plan,) = plan_days(setup.schedule, day, day, now)
    result = compute_day(plan, _facts(machine, plan), setup.machine, now)
    where: dict[str, Any] = {"equipment_id": machine, "day": day}
    for row in result.rows:
        values = dict(
            zip(SHIFT_COLUMNS, shift_values(machine, day, row, result.provisional, as_of), strict=True)
        )
        ShiftComponents.objects.update_or_create(**where, shift=row.slot.number, defaults=values)
    for shift, reason_id, loss_class, seconds, events in result.reasons:
        ReasonComponents.objects.update_or_create(
            **where,
            shift=shift,
            reason_id=reason_id,
            loss_class=loss_class,
            defaults={"seconds": seconds, "events": events},
        )
    for made in result.products:
        values = {name: getattr(made, name) for name in list(PRODUCT_COLUMNS)[4:]}
        made_of: dict[str, Any] = where | {"shift": made.shift, "product_id": made.product_id}
        ProductComponents.objects.update_or_create(**made_of, defaults=values)


def _facts(machine: int, plan: DayPlan) -> DayFacts:
    first, last = (datetime.fromtimestamp(at, UTC) for at in (plan.start, plan.end))
    inside = Q(equipment=machine, deleted_at=None, start__lt=last) & (Q(end__gte=first) | Q(end=None))
    stops = Downtime.objects.filter(inside, inherited=False).select_related("reason").order_by("start")
    return DayFacts(
        [
            Stop(_at(row.start), _at(row.end), STATES[row.reason.loss_class], row.reason_id, row.pk)
            for row in stops
        ],
        [
            RunLog(_at(row.start), _at(row.end), row.reduced_speed, (row.source, row.order_key), row.pk)
            for row in Run.objects.filter(inside).order_by("start")
        ],
        [_output(row) for row in Production.objects.filter(inside).order_by("start")],
    )


def _output(row: Production) -> Output:
    runs = Run.objects.filter(
        source=row.source, order_key=row.order_key, equipment=row.equipment_id, deleted_at=None
    )
    return Output(
        _at(row.start),
        _at(row.end),
        row.quantity,
        row.scrap,
        row.ideal_cycle_s,
        (row.source, row.order_key),
        _at(row.source_updated_at),
        row.pk,
        tuple(merge(Span(_at(run.start), _at(run.end)) for run in runs)),
        row.product_id or 0,
    )


def _at(moment: datetime | None) -> float:
    return inf if moment is None else moment.timestamp()
