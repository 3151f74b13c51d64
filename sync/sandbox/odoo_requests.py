"""Maintenance requests in the simulated Odoo: mirrors of CMMS work orders, and some that exist only here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from sync.sandbox.agenda import Agenda, Rank
from sync.sandbox.ledger import Ledger
from sync.sandbox.machine import Machine
from sync.sandbox.odoo_books import Books
from sync.sandbox.odoo_masters import ADMINISTRATOR, IN_PROGRESS, NEW, REPAIRED, company_of
from sync.sandbox.odoo_tables import Odoo
from sync.sandbox.shifts import local_epoch
from sync.sandbox.spec import Plant
from sync.sandbox.store import day_of

CHORES = ("Replace guard door switch", "Repaint floor marking", "Tighten cable chain", "Renew safety labels")


class RequestDesk:
    """Writes requests the way Odoo does: dates only, closing day set by the server when a stage is done."""

    def __init__(
        self, odoo: Odoo, agenda: Agenda, machines: list[Machine], books: Books, ledger: Ledger
    ) -> None:
        self.books = books
        self.ledger = ledger
        self.requests = odoo["maintenance.request"]
        self.equipment = odoo["maintenance.equipment"]
        self.agenda = agenda
        self.machines = machines

    def mirrors(self, machine: Machine, planned: bool) -> bool:
        """Repairs are mirrored everywhere, planned service only in Greenville."""
        return not planned or machine.plant.key == "GRV"

    def open(self, at: int, machine: Machine, name: str, kind: str) -> int:
        company = company_of(machine.plant)
        return self.requests.add(
            at, name=name, request_date=day_of(at), maintenance_type=kind, priority="2",
            kanban_state="normal",
            stage_id=NEW, equipment_id=machine.equipment_id, maintenance_team_id=company, company_id=company,
            category_id=self.equipment.get(machine.equipment_id, "category_id"), create_uid=ADMINISTRATOR,
            write_uid=ADMINISTRATOR, repeat_interval=1, repeat_unit="week", repeat_type="forever",
            schedule_date=at if kind == "preventive" else None, duration=1.0,
        )  # fmt: skip

    def begin(self, at: int, request_id: int) -> None:
        self.requests.set(request_id, at, stage_id=IN_PROGRESS)

    def close(self, at: int, request_id: int) -> None:
        self.requests.set(request_id, at, stage_id=REPAIRED, close_date=day_of(at), kanban_state="normal")

    def live_day(self, plant: Plant, day: date, rng: Random) -> None:
        """Now and then a chore that never reaches the CMMS."""
        mine = [machine for machine in self.machines if machine.plant is plant]
        if not mine or rng.random() > 0.11:
            return
        machine, name = rng.choice(mine), rng.choice(CHORES)
        at, lasts = local_epoch(plant, day, rng.uniform(7, 14)), rng.randrange(1, 6) * 86400
        chore = Chore(self, machine, f"{name} - {machine.name}")
        self.agenda.add(at, Rank.CARE, chore.open)
        self.agenda.add(at + lasts // 2, Rank.CARE, chore.begin)
        self.agenda.add(at + lasts, Rank.CARE, chore.close)


@dataclass(slots=True)
class Chore:
    """A small job known to Odoo only."""

    desk: RequestDesk
    machine: Machine
    name: str
    request_id: int = 0

    def open(self, at: int) -> None:
        self.request_id = self.desk.open(at, self.machine, self.name, "corrective")

    def begin(self, at: int) -> None:
        self.desk.begin(at, self.request_id)

    def close(self, at: int) -> None:
        self.desk.close(at, self.request_id)
