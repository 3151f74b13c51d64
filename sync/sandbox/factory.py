"""One simulated factory behind two source systems. The same seed and anchor day give the same history."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from random import Random
from threading import RLock
from typing import Any

from sync.sandbox import atlas_masters, defects, odoo_masters
from sync.sandbox.agenda import Agenda
from sync.sandbox.atlas_store import RELATIONS, Atlas
from sync.sandbox.care import Care
from sync.sandbox.ledger import CostTruth, Ledger, StockTruth
from sync.sandbox.machine import Machine, Span
from sync.sandbox.odoo_books import Books
from sync.sandbox.odoo_events import Clerk
from sync.sandbox.odoo_requests import RequestDesk
from sync.sandbox.odoo_tables import Odoo
from sync.sandbox.spec import LINES, MACHINES_PER_LINE, REASONS, Line, plant_of
from sync.sandbox.store import inner
from sync.sandbox.truth import TruthRow, truth_of
from sync.sandbox.workshop import Workshop

DAY_S = 86400


class Factory:
    """The factory's two books (`odoo`, `atlas`) and its clock.

    Args:
        days: length of the history before `now`.
        machines: how many of the 40 machines exist, spread over the plants.
        now: where the clock stands; it then stands still until `advance`. None: the wall clock, and it runs.
        running: let the clock run on from `now`.
        defects: plant the defects of `sync.sandbox.defects.CATALOGUE`.
    """

    def __init__(self, *, seed: int = 7, days: int = 180, machines: int = 40, now: datetime | None = None,
                 running: bool | None = None, defects: bool = True) -> None:  # fmt: skip
        self.lock = RLock()
        self.seed = str(seed)
        begin = int(now.timestamp()) if now else int(time.time())
        self._ahead = begin - time.time()
        self.running = now is None if running is None else running
        self.anchor = datetime.fromtimestamp(begin, UTC).date()
        self.first_day = self._next_day = self.anchor - timedelta(days=days)
        self.now = midnight(self.first_day) - DAY_S
        self.odoo, self.atlas, self.agenda = Odoo(), Atlas(), Agenda()
        self.planted: dict[str, tuple[str, ...]] = {}
        self.twice_delivered: set[int] = set()
        self._build(machines, with_defects=defects)
        self.advance(begin)
        if defects:
            self._plant_history()

    # -- clock

    def advance(self, to: datetime | int) -> None:
        """Lets everything happen that happens until `to`. Going back does nothing."""
        with self.lock:
            until = inner(to)
            while midnight(self._next_day) - 3600 <= until:
                self.agenda.run(min(until, midnight(self._next_day) - 3601))
                self._plan_day(self._next_day)
                self._next_day += timedelta(days=1)
            self.agenda.run(until)
            self.odoo.now = self.now = max(self.now, until)

    def live_on(self) -> None:
        """Puts the clock at the wall clock: all happens that would have happened, had it run until now."""
        self._ahead = 0.0
        self.tick()

    def tick(self) -> None:
        """Catches up with the wall clock, if the clock runs."""
        if self.running:
            self.advance(int(time.time() + self._ahead))

    def _plan_day(self, day: date) -> None:
        for plant, utilities in self._utilities:
            self.care.live_day(plant, day, utilities)
        for workshop in self.workshops:
            workshop.live_day(day, self.seed, self.clerk)

    # -- construction

    def _build(self, machines: int, *, with_defects: bool) -> None:
        rng = Random(self.seed)  # noqa: S311
        at = self.now
        self.workshops = [shop for shop in _workshops(rng, machines) if shop.machines]
        self.machines: list[Machine] = [machine for shop in self.workshops for machine in shop.machines]
        odoo_masters.fill_constants(self.odoo, at)
        odoo_masters.fill_plants(self.odoo, at, range(self.first_day.year, self.anchor.year + 2))
        odoo_masters.fill_machines(self.odoo, at, self.workshops)
        odoo_masters.fill_products(self.odoo, at, self.workshops)
        atlas_masters.fill_constants(self.atlas, at)
        places = atlas_masters.fill_plants(self.atlas, at, rng)
        roots = {key: root for key, (root, _, _) in places.items()}
        atlas_masters.fill_machines(self.atlas, at, self.workshops, roots)
        self._utilities = [(plant_of(key), utilities) for key, (_, _, utilities) in places.items()]
        self.ledger, self.books = Ledger(), Books(self.odoo)
        self.books.open(at)
        desk = RequestDesk(self.odoo, self.agenda, self.machines, self.books, self.ledger)
        crews = {key: crew for key, (_, crew, _) in places.items()}
        self.care = Care(self.atlas, desk, self.agenda, self.seed, crews)
        every = [utility for _, utilities in self._utilities for utility in utilities]
        self.care.start_plans(
            atlas_masters.fill_plans(self.atlas, at, self.machines, every, rng), self.first_day
        )
        self.clerk = Clerk(self.odoo, self.agenda, self.care)
        defects.spell_codes_differently(self)
        if with_defects:
            self.planted.update(defects.plant_masters(self))

    def _plant_history(self) -> None:
        self.planted.update(defects.plant_history(self))

    # -- what tests change by hand

    def machine(self, code: str) -> Machine:
        return next(machine for machine in self.machines if machine.code == code)

    def touch(self, model: str, row_id: int, **values: Any) -> None:
        """Changes a record of an Odoo model or a CMMS resource and stamps it with the factory's now."""
        with self.lock:
            if model in self.odoo.tables:
                self.odoo[model].set(row_id, self.now, **values)
            else:
                self.atlas.set(resource_of(model), row_id, self.now, **values)

    def rename(self, model: str, row_id: int, name: str) -> None:
        self.touch(model, row_id, name=name)

    def delete(self, model: str, row_id: int) -> None:
        """Removes a record without a trace, as both systems do."""
        with self.lock:
            if model in self.odoo.tables:
                self.odoo[model].delete(row_id)
            else:
                self.atlas.delete(resource_of(model), row_id)

    def add_stop(self, machine: str, reason: str, start: datetime, stop: datetime | None = None) -> int:
        """Records a productivity line in Odoo; returns its id. `stop` None: still open."""
        with self.lock:
            found, loss = self.machine(machine), next(each for each in REASONS if each.name == reason)
            begin, end = int(start.timestamp()), int(stop.timestamp()) if stop else None
            company = self.odoo["mrp.workcenter"].get(found.workcenter_id, "company_id")
            line_id = self.odoo["mrp.workcenter.productivity"].add(
                self.now, workcenter_id=found.workcenter_id, loss_id=loss.id, date_start=begin, date_end=end,
                duration=round((end - begin) / 60, 2) if end else 0.0, user_id=1, company_id=company,
            )  # fmt: skip
            found.history.append(Span(begin, end or 2**40, loss, None, line_id))
            return line_id

    # -- what checkers read

    def truth(self) -> Iterator[TruthRow]:
        """Per machine, production day and shift: the true seconds and counts up to now."""
        with self.lock:
            for machine in self.machines:
                yield from truth_of(machine, self.first_day, self.now)

    def costs(self) -> list[CostTruth]:
        """Per finished work order: what it took, and what Odoo's books say else."""
        with self.lock:
            return list(self.ledger.costs())

    def stock(self) -> list[StockTruth]:
        """Per spare part: how many there are, and what Odoo's books say else."""
        with self.lock:
            return list(self.ledger.stock())

    def digest(self) -> str:
        """A fingerprint of everything both systems would answer."""
        state = [(model, table.columns) for model, table in self.odoo.tables.items()]
        return sha256(repr((state, sorted(self.atlas.records.items()))).encode()).hexdigest()


def midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def resource_of(model: str) -> str:
    """The plural resource behind a singular external-key model, e.g. `work-order` of `work-orders`."""
    for name in (model, f"{model}s", model.removesuffix("y") + "ies"):
        if name in RELATIONS or name in ("users", "teams", "vendors"):
            return name
    raise KeyError(model)


def _workshops(rng: Random, limit: int) -> list[Workshop]:
    """All lines; the first `limit` machines, taken so that few machines still cover the plants."""
    shops = [_workshop(rng, line) for line in LINES]
    places = [(number, shop) for number in range(MACHINES_PER_LINE) for shop in shops[:3]]
    places += [(number, shop) for number in range(MACHINES_PER_LINE) for shop in shops[3:]]
    chosen = {(number, id(shop)) for number, shop in places[:limit]}
    for index, shop in enumerate(shops):
        built = [
            _build_machine(rng, shop, number, index * MACHINES_PER_LINE + number)
            for number in range(MACHINES_PER_LINE)
        ]
        shop.machines = [machine for number, machine in enumerate(built) if (number, id(shop)) in chosen]
    return shops


def _workshop(rng: Random, line: Line) -> Workshop:
    takts = tuple(rng.uniform(*line.takt_s) for _ in line.products)
    return Workshop(plant_of(line.plant), line, takts)


def _build_machine(rng: Random, shop: Workshop, number: int, index: int) -> Machine:
    line = shop.line
    weak = rng.random() < 0.2  # every factory has a few machines that nobody likes
    machine = Machine(
        shop.plant, line, number + 1, index, f"{line.plant}-{line.code}-{number + 1:02}",
        f"{line.machine} {number + 1}", mtbf_h=rng.uniform(14, 28) if weak else rng.uniform(34, 150),
        mttr_s=rng.uniform(2000, 4200), care=rng.uniform(1.8, 3.2) if weak else rng.uniform(0.7, 1.8),
        pace=rng.uniform(0.71, 0.82) if weak else rng.uniform(0.84, 0.965),
        scrap_rate=rng.uniform(0.03, 0.055) if weak else rng.uniform(0.005, 0.03), setup_s=rng.uniform(750,
            2300),
    )  # fmt: skip
    for product, takt in enumerate(shop.takts):
        minutes = max(0.03, round(takt * rng.uniform(0.88, 1.0) / 60, 2))  # as people enter it: hundredths
        machine.cycles[product] = minutes * 60
    return machine
