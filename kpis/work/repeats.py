"""Which repairs were repeats: another one on the machine soon after one was completed. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from operator import itemgetter
from typing import NamedTuple

from kpis.work.days import completed_day, created_day, exact_creation
from kpis.work.facts import CANCELLED, CORRECTIVE, Order, Rules


class Repeats(NamedTuple):
    """Ids of corrective orders: those that followed another within the window, and those followed."""

    repeats: frozenset[int] = frozenset()
    repeated: frozenset[int] = frozenset()


def find_repeats(repairs: Sequence[Order], rules: Rules) -> Repeats:
    """A cancelled order is no repeat. Exact times decide which came first, where both are; else the days."""
    known = [order for order in repairs if order.work_type == CORRECTIVE]
    made = sorted(_dated(known, rules), key=itemgetter(0))
    days = [day for day, _ in made]
    pairs = {
        (order.id, later.id)
        for order in known
        if (done := completed_day(order, rules)) is not None
        for _, later in made[bisect_left(days, done) : bisect_right(days, done + rules.repeat_window)]
        if later.id != order.id and _after(order, later)
    }
    return Repeats(frozenset(later for _, later in pairs), frozenset(earlier for earlier, _ in pairs))


def _dated(orders: Sequence[Order], rules: Rules) -> Iterator[tuple[date, Order]]:
    for order in orders:
        day = created_day(order, rules)
        if day is not None and order.status != CANCELLED:
            yield day, order


def _after(order: Order, later: Order) -> bool:
    made = exact_creation(later)
    return order.completed_at is None or made is None or made >= order.completed_at
