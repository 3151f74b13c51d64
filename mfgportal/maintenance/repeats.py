"""Repairs that followed another one on the same machine within the plant's repeat window."""

from datetime import UTC, datetime, time, timedelta

from django.db.models import Count, Q

from kpis.models import Equipment
from kpis.scope import Scope
from kpis.work.days import created_day
from kpis.work.facts import CORRECTIVE
from kpis.work.loading import Subject, Wanted, load_repairs, load_rules
from kpis.work.repeats import find_repeats

ONE_DAY = timedelta(days=1)


def repeat_orders(scope: Scope) -> set[int]:
    """Ids of the work orders that the KPI "Repeat failures" counts in the scope. Four queries."""
    rules = load_rules(scope.plant_ids or ())
    found: set[int] = set()
    window = max((rule.repeat_window for rule in rules.values()), default=ONE_DAY)
    for subject, repairs in load_repairs(_wanted(scope, window)):
        rule = rules[subject.plant_id]
        days = {order.id: created_day(order, rule) for order in repairs}
        for pk in find_repeats(repairs, rule).repeats:
            day = days[pk]
            if day is not None and scope.first_day <= day <= scope.last_day:
                found.add(pk)
    return found


def _wanted(scope: Scope, window: timedelta) -> list[Wanted]:
    """The machines with two repairs or more about the period: no other one can have a repeat."""
    start = datetime.combine(scope.first_day, time(), UTC) - window - 2 * ONE_DAY
    end = datetime.combine(scope.last_day, time(), UTC) + 3 * ONE_DAY
    near = Q(
        work_orders__work_type=CORRECTIVE,
        work_orders__deleted_at=None,
        work_orders__created_at__lt=end,
    ) & (Q(work_orders__completed_at__gte=start) | Q(work_orders__created_at__gte=start))
    rows = Equipment.objects.filter(plant__in=scope.plant_ids or ())
    if scope.line_ids is not None:
        rows = rows.filter(line__in=scope.line_ids)
    if scope.equipment_ids is not None:
        rows = rows.filter(pk__in=scope.equipment_ids)
    several = rows.annotate(repairs=Count("work_orders", filter=near)).filter(repairs__gt=1)
    pairs = several.values_list("plant_id", "pk")
    return [Wanted(Subject(plant, pk), start, end) for plant, pk in pairs]
