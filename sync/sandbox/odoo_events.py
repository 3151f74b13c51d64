"""What happens on the floor, written into the simulated Odoo with the write_date of the moment it happens."""

from __future__ import annotations

from sync.sandbox.agenda import Agenda, Rank
from sync.sandbox.care import Care
from sync.sandbox.machine import Job, Machine, Order, Scrap, Span
from sync.sandbox.odoo_masters import UNIT, company_of
from sync.sandbox.odoo_tables import Odoo
from sync.sandbox.shifts import planned_overlap
from sync.sandbox.workshop import Workshop


class Clerk:
    """Puts each happening on the agenda; when its time comes, it is written. Implements OrderBook."""

    def __init__(self, odoo: Odoo, agenda: Agenda, care: Care) -> None:
        self.odoo = odoo
        self.agenda = agenda
        self.care = care
        self.lines = odoo["mrp.workcenter.productivity"]
        self.workorders = odoo["mrp.workorder"]
        self.productions = odoo["mrp.production"]
        self.operators = self._operators()

    def _operators(self) -> dict[int, list[int]]:
        people = self.odoo["hr.employee.public"]
        rows = [people.row(row_id) for row_id in people.ids]
        found: dict[int, list[int]] = {}
        for row in rows:
            if row["job_title"] == "Operator":
                found.setdefault(row["company_id"], []).append(row["user_id"])
        return found

    def _operator(self, machine: Machine, at: int) -> int:
        team = self.operators[company_of(machine.plant)]
        return team[(machine.index + at // 28800) % len(team)]

    # -- told by the floor while it plans

    def spent(self, machine: Machine, span: Span, made: int) -> None:
        self.agenda.add(span.start, Rank.OPEN, self._open_line, machine, span)
        self.agenda.add(span.stop, Rank.CLOSE, self._close_line, machine, span, made)

    def scrapped(self, machine: Machine, scrap: Scrap) -> None:
        self.agenda.add(scrap.at, Rank.SCRAP, self._scrap, machine, scrap)

    def finished(self, machine: Machine, job: Job, at: int) -> None:
        self.agenda.add(at, Rank.FINISH, self._finish_job, job, job.made)

    def failed(self, machine: Machine, span: Span) -> None:
        self.care.broke_down(machine, span)

    def maintained(self, machine: Machine, at: int) -> None:
        self.care.serviced(machine, at)

    def ordered(self, workshop: Workshop, order: Order, jobs: list[Job], at: int) -> None:
        self.agenda.add(at, Rank.CREATE, self._create_order, workshop, order, jobs)

    def started(self, workshop: Workshop, order: Order, at: int) -> None:
        self.agenda.add(at, Rank.OPEN, self._start_order, order)

    # -- done when their time has come

    def _create_order(self, at: int, workshop: Workshop, order: Order, jobs: list[Job]) -> None:
        company = company_of(workshop.plant)
        machines = workshop.machines
        first = self.odoo["mrp.routing.workcenter"].get(jobs[0].operation_id, "bom_id")
        order.production_id = self.productions.add(
            at, name=f"{workshop.plant.key}-{workshop.line.code}/MO/{order.number:05}", state="confirmed",
            product_id=workshop.product_ids[order.product], product_uom_id=UNIT,
            product_qty=float(order.quantity),
            bom_id=first, date_start=at, is_planned=True, priority="0", user_id=1, company_id=company,
        )  # fmt: skip
        order.open_jobs = len(jobs)
        ids = [self._create_job(at, order, *pair) for pair in zip(machines, jobs, strict=True)]
        self.productions.set(order.production_id, at, workorder_ids=ids)

    def _create_job(self, at: int, order: Order, machine: Machine, job: Job) -> int:
        job.workorder_id = self.workorders.add(
            at, name=machine.line.name, state="ready", workcenter_id=machine.workcenter_id,
            production_id=order.production_id, operation_id=job.operation_id, sequence=10 * machine.number,
            duration_expected=round(order.quantity * job.cycle_s / 60 + 20, 2),
            qty_production=float(order.quantity),
            time_ids=[],
        )  # fmt: skip
        return job.workorder_id

    def _start_order(self, at: int, order: Order) -> None:
        self.productions.set(order.production_id, at, state="progress", date_start=at)

    def _open_line(self, at: int, machine: Machine, span: Span) -> None:
        job = span.job if span.reason.loss_class != "planned_stop" else None
        user = self._operator(machine, at)
        span.line_id = self.lines.add(
            at, workcenter_id=machine.workcenter_id, workorder_id=job.workorder_id if job else None,
            loss_id=span.reason.id, date_start=at, user_id=user, company_id=company_of(machine.plant),
        )  # fmt: skip
        if job:
            self.workorders.get(job.workorder_id, "time_ids").append(span.line_id)
            if self.workorders.get(job.workorder_id, "state") == "ready":
                self.workorders.set(job.workorder_id, at, state="progress", date_start=at)

    def _close_line(self, at: int, machine: Machine, span: Span, made: int) -> None:
        minutes = round(working_seconds(machine, span) / 60, 2)
        self.lines.set(span.line_id, at, date_end=at, duration=minutes)
        if span.job and span.reason.loss_type in ("productive", "performance"):
            done = self.workorders.get(span.job.workorder_id, "duration")
            self.workorders.set(
                span.job.workorder_id, at, qty_produced=float(made), duration=round(done + minutes, 2)
            )

    def _scrap(self, at: int, machine: Machine, scrap: Scrap) -> None:
        company = company_of(machine.plant)
        production = self.productions.row(scrap.job.order.production_id)
        scraps = self.odoo["stock.scrap"]
        scraps.add(
            at, name=f"SP/{len(scraps) + 1:05}", state="done", product_id=production["product_id"],
            product_uom_id=UNIT, scrap_qty=float(scrap.quantity), location_id=2 * company - 1,
            scrap_location_id=2 * company, date_done=at, origin=production["name"],
            production_id=production["id"],
            workorder_id=scrap.job.workorder_id, company_id=company,
        )  # fmt: skip

    def _finish_job(self, at: int, job: Job, made: int) -> None:
        state = "done" if made else "cancel"
        self.workorders.set(job.workorder_id, at, state=state, date_finished=at, qty_produced=float(made))
        order = job.order
        order.open_jobs -= 1
        if not order.open_jobs:
            quantity = float(made)
            self.productions.set(order.production_id, at, state="done" if made else "cancel",
                                 date_finished=at,
                                 qty_produced=quantity, qty_producing=quantity)  # fmt: skip


def working_seconds(machine: Machine, span: Span) -> int:
    """Odoo's own duration of a line: wall clock while producing, working-calendar time of a stop."""
    if span.reason.loss_class == "breakdown":
        return planned_overlap(machine.plant, span.start, span.stop)
    return span.stop - span.start
