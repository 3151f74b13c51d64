"""The components of one machine's work, by day and what splits them, as they follow from a ``Book``. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from kpis.work.days import booked_day, is_planned, is_reactive
from kpis.work.facts import CORRECTIVE, PREVENTIVE, Book, Hours, Money, Order
from kpis.work.orders import counts_of
from kpis.work.repeats import Repeats, find_repeats

HOUR = 3600
COST_OF = {"labour": "labour_cost", "parts": "part_cost", "contractor": "contractor_cost"}


class Part(NamedTuple):
    """What the rows of a day are split by."""

    day: date
    work_type: str = ""
    priority: str = ""
    team: str = ""
    technician_id: int | None = None


Rows = dict[Part, dict[str, float]]
"""Component → value; those that are absent are 0."""


def tally(book: Book) -> Rows:
    """All rows that follow from a book."""
    count = Tally(book, find_repeats(book.repairs, book.rules) if book.machine else None)
    for order in book.orders.values():
        count.of_order(order)
    for hours in book.hours:
        count.of_hours(hours)
    count.of_parts()
    for money in book.money:
        count.of_money(money)
    count.of_stops()
    return {part: dict(values) for part, values in count.rows.items()}


@dataclass(slots=True)
class Tally:
    """Adds up a book, fact by fact."""

    book: Book
    known: Repeats | None
    rows: dict[Part, defaultdict[str, float]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(float))
    )

    def add(
        self, day: date, order: Order | None, values: Mapping[str, float], technician: int | None = None
    ) -> None:
        if order is None:
            part = Part(day)
        else:
            who = order.technician_id if technician is None else technician
            part = Part(day, order.work_type, order.priority, order.team, who)
        row = self.rows[part]
        for name, value in values.items():
            row[name] += value

    def of_order(self, order: Order) -> None:
        for day, values in counts_of(order, self.book.rules, self.known):
            self.add(day, order, values)

    def of_hours(self, hours: Hours) -> None:
        order, rules = self.book.orders[hours.order_id], self.book.rules
        day = booked_day(hours.start, order, rules)
        if day is None:
            return
        begun = order.began_at or hours.start
        reactive = is_reactive(order, rules.day(begun) if begun else day, rules)
        flags = {
            "labour_preventive_s": order.work_type == PREVENTIVE,
            "labour_corrective_s": order.work_type == CORRECTIVE,
            "labour_reactive_s": reactive,
            "labour_planned_s": not reactive and is_planned(order, begun),
            "labour_rework_s": self.known is not None and order.id in self.known.repeats,
        }
        rate = rules.labour_rate if hours.rate is None else hours.rate
        values = {name: hours.seconds for name, counts in flags.items() if counts}
        values["labour_s"] = hours.seconds
        if rate is None:
            values["labour_without_rate_s"] = hours.seconds
        else:
            values |= self.spent("labour_cost", hours.seconds / HOUR * rate, rules.currency, day, order)
        self.add(day, order, values, hours.technician_id)

    def of_parts(self) -> None:
        rules = self.book.rules
        for taken in self.book.taken:
            order = self.book.orders[taken.order_id]
            day = booked_day(taken.at, order, rules)
            if day is None:
                continue
            values: dict[str, float] = {"parts_requested": 1.0} if taken.quantity > 0 else {}
            if taken.unit_cost is None:
                values["parts_without_cost"] = 1.0
            else:
                amount = taken.quantity * taken.unit_cost
                values |= self.spent("part_cost", amount, rules.currency, day, order, "parts_used")
            self.add(day, order, values)

    def of_money(self, money: Money) -> None:
        pk = money.order_id or 0
        order = self.book.orders.get(pk) or self.book.named.get(pk)
        day = money.day or booked_day(money.at, order, self.book.rules)
        if day is not None:
            currency = money.currency or self.book.rules.currency
            name = COST_OF.get(money.category, "other_cost")
            self.add(day, order, self.spent(name, money.amount, currency, day, order))

    def of_stops(self) -> None:
        if not self.book.stop_rates.closest_first:
            return
        for day, seconds in self.book.stopped:
            rate = self.book.stop_rates.per_hour(day)
            if rate is None:
                self.add(day, None, {"down_without_rate_s": seconds})
            else:
                amount = seconds / HOUR * rate
                cost = self.spent("downtime_cost", amount, self.book.rules.currency, day, None)
                self.add(day, None, {"down_s": seconds, **cost})

    def spent(
        self, name: str, amount: float, currency: str, day: date, order: Order | None, *also: str
    ) -> dict[str, float]:
        """An amount under its names, in both currencies; what cannot be converted is counted instead."""
        rules = self.book.rules
        work_type = order.work_type if order else ""
        names = [name, *also, *([f"{work_type}_cost"] if work_type in (PREVENTIVE, CORRECTIVE) else [])]
        here = rules.rates.convert(amount, currency, rules.currency, day)
        base = rules.rates.convert(amount, currency, rules.rates.enterprise, day)
        values = dict.fromkeys(names, here) if here is not None else {"without_rate": float(amount != 0)}
        more = (
            {f"{one}_base": base for one in names}
            if base is not None
            else {"without_base_rate": float(amount != 0)}
        )
        return {key: value for key, value in {**values, **more}.items() if value}
