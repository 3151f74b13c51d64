"""A line and its machines: which orders, which planned stops, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Protocol

from sync.sandbox.machine import Floor, Forced, Job, Machine, Order, changeover, week_habits
from sync.sandbox.shifts import ShiftDay, planned_spans, shifts_of
from sync.sandbox.spec import CLEANING, NO_ORDERS, PLANNED_MAINTENANCE, Line, Plant

ORDER_S = (4.0 * 3600, 10.5 * 3600)
CLEANING_S = 1800


class OrderBook(Floor, Protocol):
    """Where orders are written down as they are planned."""

    def ordered(self, workshop: Workshop, order: Order, jobs: list[Job], at: int) -> None: ...
    def started(self, workshop: Workshop, order: Order, at: int) -> None: ...


@dataclass
class Workshop:
    """`left_s` is what remains of the current order in planned time of the line."""

    plant: Plant
    line: Line
    takts: tuple[float, ...]
    machines: list[Machine] = field(default_factory=list)
    product_ids: list[int] = field(default_factory=list)
    orders: int = 0
    left_s: float = 0
    upcoming: tuple[Order, list[Job]] | None = None

    def live_day(self, day: date, seed: str, book: OrderBook) -> None:
        """Plans and spends one production day."""
        shifts = shifts_of(self.plant, day)
        if not shifts:
            return
        rng = self._random(seed, day, "line")
        happenings = self._orders_of(day, rng, book)
        for machine in self.machines:
            machine.plan([*week_habits(shifts, rng), *happenings[machine.index], *self._cleaning(shifts[-1])])
        for shift in shifts:
            for machine in self.machines:
                machine.live(shift, self._random(seed, day, f"{machine.index}:{shift.name}"), book)

    def _random(self, seed: str, day: date, part: str) -> Random:
        return Random(f"{seed}:{self.line.plant}{self.line.code}:{day}:{part}")  # noqa: S311

    def _cleaning(self, last: ShiftDay) -> list[Forced]:
        if last.day.weekday() != self.plant.weekdays[-1]:
            return []
        return [Forced(last.stop - CLEANING_S, "stop", CLEANING, CLEANING_S)]

    def _orders_of(self, day: date, rng: Random, book: OrderBook) -> dict[int, list[Forced]]:
        happenings: dict[int, list[Forced]] = {machine.index: [] for machine in self.machines}
        for at in self._changes(day):
            idle = rng.randrange(3600, 10800) if self.upcoming and rng.random() < 0.07 else 0
            order, jobs = self.upcoming or self._next_order(at, rng, book)
            self.upcoming = self._next_order(at, rng, book)
            self.left_s = order.length_s + idle
            book.started(self, order, at)
            for machine, job in zip(self.machines, jobs, strict=True):
                finish, begin = changeover(machine, job, at, rng)
                gap = [Forced(at, "stop", NO_ORDERS, idle)] if idle else []
                happenings[machine.index] += [finish, *gap, begin]
        return happenings

    def _changes(self, day: date) -> Iterator[int]:
        """Instants of this day at which the line turns to its next order; `left_s` is refilled at each."""
        for start, stop in planned_spans(self.plant, day):
            at = start
            while at + self.left_s < stop:
                at += int(self.left_s)
                yield at
            self.left_s -= stop - at

    def _next_order(self, at: int, rng: Random, book: OrderBook) -> tuple[Order, list[Job]]:
        self.orders += 1
        product = rng.randrange(len(self.takts))
        length_s = rng.uniform(*ORDER_S)
        quantity = max(10, round(length_s * 0.74 / self.takts[product] / 10) * 10)
        order = Order(self.orders, product, quantity, length_s)
        jobs = [self._job(order, machine, rng) for machine in self.machines]
        book.ordered(self, order, jobs, at)
        return order, jobs

    def _job(self, order: Order, machine: Machine, rng: Random) -> Job:
        pace = min(0.985, max(0.6, rng.gauss(machine.pace, 0.025)))
        scrap = max(0.0005, rng.gauss(machine.scrap_rate, machine.scrap_rate / 4))
        operation_id = machine.operations[order.product]
        return Job(order, machine.cycles[order.product], pace, scrap, operation_id=operation_id)


def maintenance_stop(at: int, seconds: int) -> Forced:
    """Planned work that keeps the machine from producing."""
    return Forced(at, "stop", PLANNED_MAINTENANCE, seconds)
