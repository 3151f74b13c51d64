"""Maintenance in both systems: downtimes, work orders, labour, parts, preventive plans, meter readings."""

from __future__ import annotations

from datetime import date, timedelta
from math import log
from random import Random
from typing import Any

from sync.sandbox.agenda import Agenda, Rank
from sync.sandbox.atlas_masters import BREAKDOWN, PREVENTIVE, Plan, Utility
from sync.sandbox.atlas_store import Atlas
from sync.sandbox.machine import Machine, Span
from sync.sandbox.odoo_requests import RequestDesk
from sync.sandbox.shifts import local_epoch, shifts_of
from sync.sandbox.spec import Plant
from sync.sandbox.tickets import Ticket
from sync.sandbox.workshop import maintenance_stop

WORTH_AN_ORDER_S = 2400
FAULTS = ("Hydraulic pressure lost", "Drive fault", "Sensor without signal", "Guard circuit open",
          "Bearing hot",
          "Tool broken", "Coolant leak", "Encoder error", "Axis follow-up error", "Belt torn")  # fmt: skip


class Care:
    """Turns failures and due plans into tickets, and tickets into records when their time comes."""

    def __init__(
        self, atlas: Atlas, desk: RequestDesk, agenda: Agenda, seed: str, crews: dict[str, list[int]]
    ) -> None:
        self.atlas = atlas
        self.desk = desk
        self.agenda = agenda
        self.seed = seed
        self.crews = crews
        self.plans: list[tuple[date, Plan]] = []
        self.waiting: list[tuple[date, Plan, Ticket]] = []
        self.in_service: dict[int, Ticket] = {}

    def random(self, part: str) -> Random:
        return Random(f"{self.seed}:care:{part}")  # noqa: S311

    # -- what makes a ticket

    def broke_down(self, machine: Machine, span: Span) -> None:
        """Long breakdowns get a downtime and a work order, mirrored by an Odoo request."""
        rng = self.random(f"{machine.index}:{span.start}")
        if span.stop - span.start < WORTH_AN_ORDER_S or rng.random() < 0.3:
            return
        title = f"{span.reason.name}: {rng.choice(FAULTS)}"
        ticket = self._ticket(
            machine.plant, machine.asset_id, f"{title} - {machine.name}", span.start, rng, machine
        )
        self._repair(ticket, span.start, span.stop, rng)

    def _repair(self, ticket: Ticket, start: int, stop: int, rng: Random) -> None:
        reported = start + rng.randrange(40, 280)
        begun = min(reported + rng.randrange(120, 900), stop - 30)
        ticket.priority = rng.choice(("MEDIUM", "HIGH", "HIGH"))
        ticket.parts = self._pick_parts(rng, 0.45)
        self.agenda.add(start, Rank.CARE, ticket.down)
        self.agenda.add(stop, Rank.CARE, ticket.up)
        self._schedule(ticket, reported, begun, stop + rng.randrange(60, 1500))

    def _schedule(self, ticket: Ticket, created: int, begun: int, done: int) -> None:
        self.agenda.add(created, Rank.CARE, ticket.create)
        self.agenda.add(begun, Rank.CARE, ticket.begin)
        self.agenda.add(done, Rank.CARE, ticket.complete)

    def _ticket(
        self, plant: Plant, asset: int, title: str, at: int, rng: Random, machine: Machine | None
    ) -> Ticket:
        crew = self.crews[plant.key]
        first = rng.choice(crew)
        second = rng.choice(crew) if rng.random() < 0.3 else first
        technicians = [first] if second == first else [first, second]
        ticket = Ticket(
            self.atlas, self.desk, asset, title, technicians, category=BREAKDOWN, machine=machine, plant=plant
        )
        ticket.due = at + 86400
        ticket.asked_first = rng.random() < 0.25
        ticket.extra_cost = round(rng.uniform(80, 900), 2) if rng.random() < 0.05 else 0.0
        return ticket

    def _pick_parts(self, rng: Random, share: float) -> list[tuple[int, float]]:
        if rng.random() > share:
            return []
        return [(part, float(rng.choice((1, 1, 1, 2, 4)))) for part in rng.sample(sorted(self.atlas["parts"]),
                                                                                   rng.choice((1, 1,
                                                                                       2)))]  # fmt: skip

    # -- day by day

    def start_plans(self, plans: list[Plan], first: date) -> None:
        self.plans = [(first + timedelta(days=plan.due_in), plan) for plan in plans]

    def live_day(self, plant: Plant, day: date, utilities: list[Utility]) -> None:
        """Must come before the machines live the day: due service goes into their plan."""
        rng = self.random(f"{plant.key}:{day}")
        self._fall_due(plant, day, rng)
        self._perform(plant, day, rng)
        for utility in utilities:
            self._utility_day(utility, day, rng)
        if day.weekday() == 0:
            self.agenda.add(
                local_epoch(plant, day, 7), Rank.CARE, self._read_meters, plant.name, rng.random()
            )
        self.desk.live_day(plant, day, rng)

    def _fall_due(self, plant: Plant, day: date, rng: Random) -> None:
        shifts = shifts_of(plant, day)
        for number, (due, plan) in enumerate(self.plans):
            if plan.plant is not plant or due > day or not shifts:
                continue
            ticket = self._ticket(plant, plan.asset_id, plan.title, shifts[0].start, rng, plan.machine)
            ticket.category, ticket.plan_id, ticket.asked_first = PREVENTIVE, plan.plan_id, False
            ticket.due = shifts[0].start + 2 * 86400
            ticket.parts = self._pick_parts(rng, 0.3)
            self.agenda.add(shifts[0].start, Rank.CARE, ticket.create)
            following = due + timedelta(days=plan.every_days)
            self.agenda.add(
                shifts[0].start, Rank.CARE, self._set_next, plan, local_epoch(plant, following, 6)
            )
            slip = rng.choice((0, 0, 0, 0, 0, 0, 0, 1, 2, 5))
            self.waiting.append((day + timedelta(days=slip), plan, ticket))
            self.plans[number] = (following, plan)

    def _set_next(self, at: int, plan: Plan, following: int) -> None:
        self.atlas.set("preventive-maintenances", plan.plan_id, at, nextWorkOrderDate=following)

    def _perform(self, plant: Plant, day: date, rng: Random) -> None:
        shifts = shifts_of(plant, day)
        ready = [each for each in self.waiting if each[1].plant is plant and each[0] <= day] if shifts else []
        for each in ready:
            _, plan, ticket = each
            if plan.machine and plan.machine.index in self.in_service:
                continue  # the machine is still waiting for its service before
            self.waiting.remove(each)
            at = shifts[0].start + rng.randrange(1800, 18000)
            if plan.machine:
                self.in_service[plan.machine.index] = ticket
                plan.machine.plan([maintenance_stop(at, plan.minutes * 60)])
            else:
                self.agenda.add(at, Rank.CARE, ticket.begin)
                self.agenda.add(at + plan.minutes * 60, Rank.CARE, ticket.complete)

    def serviced(self, machine: Machine, at: int) -> None:
        """The machine has spent its planned maintenance; the paper follows."""
        ticket = self.in_service.pop(machine.index)
        begun = next(span.start for span in reversed(machine.history) if span.stop == at)
        self.agenda.add(begun, Rank.CARE, ticket.begin)
        self.agenda.add(at + 240, Rank.CARE, ticket.complete)

    def _utility_day(self, utility: Utility, day: date, rng: Random) -> None:
        if rng.random() > 24 / utility.mtbf_h:
            return
        start = max(utility.busy_until + 600, local_epoch(utility.plant, day, rng.uniform(6, 22)))
        utility.busy_until = stop = start + int(rng.lognormvariate(log(7200), 0.7))
        title = f"{rng.choice(FAULTS)} - {utility.name}"
        self._repair(self._ticket(utility.plant, utility.asset_id, title, start, rng, None), start, stop, rng)

    def _read_meters(self, at: int, plant_name: str, luck: float) -> None:
        atlas = self.atlas
        for meter_id, meter in atlas["meters"].items():
            root = atlas["locations"][atlas["locations"][meter["location"]]["parentLocation"]]
            if root["name"] == plant_name:
                past: list[dict[str, Any]] = atlas.of("readings", meter_id)
                value = (past[-1]["value"] if past else 1200.0) + round(60 + 45 * ((luck * meter_id) % 1), 1)
                atlas.add("readings", at, meter=meter_id, value=round(value, 1))
