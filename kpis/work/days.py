"""When things happened to an order, in local days of the plant. Pure."""

from datetime import date, datetime, timedelta

from kpis.work.facts import COMPLETED, CORRECTIVE, Order, Planned, Rules

WEEK = timedelta(days=7)
FIFTH = 0.2
MOST_GRACE_DAYS = 28


def created_day(order: Order, rules: Rules) -> date | None:
    if order.created_on:
        return order.created_on
    return rules.day(order.created_at) if order.created_at else None


def completed_day(order: Order, rules: Rules) -> date | None:
    """None while it is not completed, whatever was said before it was opened again."""
    if order.status != COMPLETED:
        return None
    return rules.day(order.completed_at) if order.completed_at else order.completed_on


def exact_creation(order: Order) -> datetime | None:
    return None if order.created_on else order.created_at


def booked_day(at: datetime | None, order: Order | None, rules: Rules) -> date | None:
    """The day of what was booked on an order: its own, else the order's last known one."""
    if at is not None:
        return rules.day(at)
    return (completed_day(order, rules) or created_day(order, rules)) if order else None


def is_reactive(order: Order, begun: date | None, rules: Rules) -> bool:
    """Corrective work that broke into the week's schedule: asked for and begun in one ISO week."""
    made = created_day(order, rules)
    if order.work_type != CORRECTIVE or begun is None or made is None:
        return False
    return week_of(made) == week_of(begun)


def is_planned(order: Order, begun: datetime | None) -> bool:
    """It had an estimate, a planned date or a plan, and was written before work began."""
    thought_of = order.estimated_s is not None or order.of_a_plan or bool(order.planned)
    return thought_of and (begun is None or order.created_at is None or order.created_at <= begun)


def grace(order: Order) -> timedelta:
    """A fifth of the plan's interval, 28 days at most, in whole days; none without an interval."""
    return timedelta(days=int(min(MOST_GRACE_DAYS, FIFTH * (order.interval_days or 0))))


def week_of(day: date) -> date:
    """The Monday of its ISO week."""
    return day - timedelta(days=day.weekday())


def frozen_days(order: Order, rules: Rules) -> list[date]:
    """The days it was planned for when the ISO weeks of these days began: one for each week.

    A plan first seen later than that counts as it was first seen: nothing earlier is known of it.
    """
    found: dict[date, date] = {}
    for at, planned in enumerate(order.planned):
        if planned.scheduled_at is None:
            continue
        day = rules.day(planned.scheduled_at)
        known = _known(order.planned, week_of(day), rules)
        if known is planned or (known is None and at == 0):
            found[week_of(day)] = day
    return list(found.values())


def _known(history: tuple[Planned, ...], monday: date, rules: Rules) -> Planned | None:
    before = [one for one in history if rules.day(one.known_at) < monday]
    return before[-1] if before else None
