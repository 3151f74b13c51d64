"""What a work order itself counts, day by day. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from kpis.work.days import (
    completed_day,
    created_day,
    exact_creation,
    frozen_days,
    grace,
    week_of,
)
from kpis.work.facts import CANCELLED, CORRECTIVE, PREVENTIVE, Order, Rules
from kpis.work.repeats import Repeats

A_DAY = timedelta(days=1)
Counted = Iterator[tuple[date, Mapping[str, float]]]


def counts_of(order: Order, rules: Rules, repeats: Repeats | None) -> Counted:
    """Days with what is to be added there.

    Args:
        repeats: of its machine; None: it is not about a machine, so nobody can tell a repeat.
    """
    yield from _made(order, rules, repeats or Repeats())
    yield from _begun(order, rules)
    yield from _done(order, rules, repeats)
    yield from _due(order, rules)
    yield from _scheduled(order, rules)


def _made(order: Order, rules: Rules, known: Repeats) -> Counted:
    if (day := created_day(order, rules)) is not None:
        yield day, {"created": 1, **({"repeat_failures": 1} if order.id in known.repeats else {})}
    if order.status == CANCELLED and order.cancelled_at is not None:
        yield rules.day(order.cancelled_at), {"cancelled": 1}


def _begun(order: Order, rules: Rules) -> Counted:
    """How long somebody waited: from the request, or from the order where there was none."""
    if order.began_at is None:
        return
    asked = order.requested_at or exact_creation(order)
    day = rules.day(order.began_at)
    if asked is not None:
        yield day, {"responded": 1, "response_s": _seconds(asked, order.began_at)}
    else:
        yield day, {"response_day_only": 1}


def _done(order: Order, rules: Rules, repeats: Repeats | None) -> Counted:
    day = completed_day(order, rules)
    if day is None:
        return
    values: dict[str, float] = {"completed": 1}
    made, done = exact_creation(order), order.completed_at
    if made is None or done is None:
        values["completed_day_only"] = 1
    else:
        values |= {"cycled": 1, "cycle_s": _seconds(made, done)}
    if order.work_type == CORRECTIVE and done is not None and order.began_at is not None:
        values |= {"repaired": 1, "repair_s": _seconds(order.began_at, done)}
    if order.work_type == CORRECTIVE and repeats is not None:
        values |= {"corrective_completed": 1, "first_time_fixed": order.id not in repeats.repeated}
    yield day, values


def _due(order: Order, rules: Rules) -> Counted:
    """Preventive orders by the day they are due; what is open, late or cancelled stays among them."""
    if order.work_type != PREVENTIVE or order.due_at is None:
        return
    due, done = rules.day(order.due_at), completed_day(order, rules)
    criteria = {"pm_on_time": due, "pm_within_day": due + A_DAY, "pm_within_fifth": due + grace(order)}
    kept = {name: 1.0 for name, last in criteria.items() if done is not None and done <= last}
    yield due, {"pm_due": 1, **kept}


def _scheduled(order: Order, rules: Rules) -> Counted:
    done = completed_day(order, rules)
    for day in frozen_days(order, rules):
        kept = done is not None and week_of(done) == week_of(day)
        hours = order.estimated_s
        yield (
            day,
            {
                "scheduled": 1,
                "scheduled_done": kept,
                "scheduled_s": hours or 0.0,
                "scheduled_done_s": hours or 0.0 if kept else 0.0,
                "scheduled_without_estimate": hours is None,
            },
        )


def _seconds(start: datetime, end: datetime) -> float:
    """Paper that was written after the work had begun waited for nothing."""
    return max(0.0, (end - start).total_seconds())
