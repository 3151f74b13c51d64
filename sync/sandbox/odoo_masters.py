"""Fills the simulated Odoo's reference data: companies, calendars, people, machines, products, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sync.sandbox.machine import Machine
from sync.sandbox.odoo_tables import Odoo
from sync.sandbox.shifts import attendances, holiday_span
from sync.sandbox.spec import LOSS_TYPES, OPERATORS, PARTS, PLANTS, REASONS, TECHNICIANS, Plant, Reason
from sync.sandbox.store import day_of
from sync.sandbox.workshop import Workshop

LOGIN, PASSWORD, DATABASE = "mfgportal", "mfgportal", "mfg"
STAGES = (("New Request", False), ("In Progress", False), ("Repaired", True), ("Scrap", True))
NEW, IN_PROGRESS, REPAIRED = 1, 2, 3
WHERE_PARTS_GO = (("Maintenance consumption", "production"), ("Inventory adjustment", "inventory"),
                  ("Vendors", "supplier"))  # fmt: skip
UNIT = 1
ADMINISTRATOR = 1


def company_of(plant: Plant) -> int:
    """Companies and calendars are created in the order of the plants, so ids follow it."""
    return PLANTS.index(plant) + 1


def part_code(number: int) -> str:
    return f"SP-{1001 + number}"


def email_of(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@mfgportal.example"


def fill_constants(odoo: Odoo, at: int) -> None:
    """What every new database holds."""
    for name, symbol in (("EUR", "€"), ("USD", "$"), ("INR", "₹")):
        odoo["res.currency"].add(at, name=name, symbol=symbol, active=True, rounding=0.01)
    odoo["uom.uom"].add(at, name="Units", factor=1.0, relative_factor=1.0, active=True, rounding=0.01)
    for loss_type in LOSS_TYPES:
        odoo["mrp.workcenter.productivity.loss.type"].add(at, loss_type=loss_type)
    for reason in REASONS:
        add_reason(odoo, at, reason)
    for number, (name, done) in enumerate(STAGES, start=1):
        odoo["maintenance.stage"].add(at, name=name, sequence=number, done=done, fold=done)


def add_reason(odoo: Odoo, at: int, reason: Reason) -> int:
    manual = reason.loss_type in ("availability", "quality")
    type_id = LOSS_TYPES.index(reason.loss_type) + 1
    loss = odoo["mrp.workcenter.productivity.loss"]
    return loss.add(at, name=reason.name, sequence=reason.id, manual=manual, loss_id=type_id)


def fill_plants(odoo: Odoo, at: int, years: Sequence[int]) -> None:
    odoo["res.users"].add(
        at, name="Administrator", login="admin", active=True, tz="UTC", company_id=1, lang="en_US"
    )
    for plant in PLANTS:
        odoo["res.company"].add(
            at, name=plant.name, sequence=10, active=True, city=plant.city, currency_id=company_of(plant),
            resource_calendar_id=company_of(plant),
        )  # fmt: skip
        _add_calendar(odoo, at, plant, years)
        _add_people(odoo, at, plant)
        for name, usage in (("Stock", "internal"), ("Scrap", "inventory")):
            _add_location(odoo, at, plant, name, usage)
    for name, usage in WHERE_PARTS_GO:
        for plant in PLANTS:
            _add_location(odoo, at, plant, name, usage)
    everyone = [company_of(plant) for plant in PLANTS]
    odoo["res.users"].add(
        at,
        name="mfgportal",
        login=LOGIN,
        active=True,
        tz="UTC",
        company_id=1,
        company_ids=everyone,
        lang="en_US",
    )


def _add_location(odoo: Odoo, at: int, plant: Plant, name: str, usage: str) -> None:
    full, company = f"{plant.key}/{name}", company_of(plant)
    odoo["stock.location"].add(
        at, name=name, complete_name=full, usage=usage, active=True, company_id=company
    )


def _add_calendar(odoo: Odoo, at: int, plant: Plant, years: Sequence[int]) -> None:
    rows = attendances(plant)
    hours = sum(row.stop - row.start for row in rows if row.period != "lunch")
    company = company_of(plant)
    calendar = odoo["resource.calendar"].add(
        at, name=f"{plant.name} {len(plant.shifts)} shifts", active=True, tz=str(plant.zone),
        company_id=company,
        hours_per_day=round(hours / len(plant.weekdays), 2), hours_per_week=hours,
        schedule_type="fully_fixed",
    )  # fmt: skip
    for row in rows:
        worked = 0.0 if row.period == "lunch" else row.stop - row.start
        odoo["resource.calendar.attendance"].add(
            at, name=row.name, calendar_id=calendar, dayofweek=str(row.weekday), hour_from=row.start,
            hour_to=row.stop, day_period=row.period, duration_hours=worked, sequence=10,
        )  # fmt: skip
    for day in (date(year, month, day) for year in years for month, day in plant.holidays):
        start, stop = holiday_span(plant, day)
        odoo["resource.calendar.leaves"].add(
            at, name="Public holiday", calendar_id=calendar, date_from=start, date_to=stop, time_type="leave",
            company_id=company,
        )  # fmt: skip


def _add_people(odoo: Odoo, at: int, plant: Plant) -> None:
    company = company_of(plant)
    for title, names in (
        ("Operator", OPERATORS[plant.key]),
        ("Maintenance technician", TECHNICIANS[plant.key]),
    ):
        team = "Maintenance" if title != "Operator" else "Production"
        department = odoo["hr.department"].add(
            at, name=team, complete_name=f"{plant.name} / {team}", active=True, company_id=company
        )
        members = [_add_person(odoo, at, plant, name, title, department) for name in names]
        if team == "Maintenance":
            odoo["maintenance.team"].add(
                at, name=f"{plant.name} maintenance", active=True, company_id=company, member_ids=members
            )


def _add_person(odoo: Odoo, at: int, plant: Plant, name: str, title: str, department: int) -> int:
    company = company_of(plant)
    user = odoo["res.users"].add(
        at, name=name, login=email_of(name), active=True, tz=str(plant.zone), company_id=company,
        company_ids=[company], lang="en_US",
    )  # fmt: skip
    odoo["hr.employee.public"].add(
        at, name=name, active=True, user_id=user, department_id=department, job_title=title,
        company_id=company,
        resource_calendar_id=company, work_email=email_of(name), tz=str(plant.zone),
    )  # fmt: skip
    return user


def fill_products(odoo: Odoo, at: int, workshops: Sequence[Workshop]) -> None:
    """Spare parts, then each line's products with one operation per machine."""
    for number, (name, cost) in enumerate(PARTS):
        _add_product(odoo, at, part_code(number), name, cost)
    for workshop in workshops:
        line = workshop.line
        for number, name in enumerate(line.products):
            code = f"{line.plant}-{line.code}-{number + 1}00"
            product = _add_product(odoo, at, code, name, round(workshop.takts[number] * 0.4 + 2, 2))
            bom = odoo["mrp.bom"].add(
                at, code=f"BOM-{code}", product_qty=1.0, type="normal", active=True, product_id=product,
                company_id=company_of(workshop.plant),
            )  # fmt: skip
            workshop.product_ids.append(product)
            for machine in workshop.machines:
                machine.operations[number] = _add_operation(odoo, at, machine, bom, machine.cycles[number])


def _add_product(odoo: Odoo, at: int, code: str, name: str, cost: float) -> int:
    return odoo["product.product"].add(
        at, default_code=code, name=name, active=True, uom_id=UNIT, type="consu", is_storable=True,
        standard_price=cost, list_price=round(cost * 1.6, 2),
    )  # fmt: skip


def _add_operation(odoo: Odoo, at: int, machine: Machine, bom: int, cycle_s: float) -> int:
    minutes = cycle_s / 60
    return odoo["mrp.routing.workcenter"].add(
        at, name=machine.line.name, bom_id=bom, workcenter_id=machine.workcenter_id,
        sequence=10 * machine.number,
        time_mode="manual", time_cycle=minutes, time_cycle_manual=minutes, active=True,
    )  # fmt: skip


def fill_machines(odoo: Odoo, at: int, workshops: Sequence[Workshop]) -> None:
    for workshop in workshops:
        company = company_of(workshop.plant)
        category = odoo["maintenance.equipment.category"].add(
            at, name=f"{workshop.line.machine}s ({workshop.plant.name})", company_id=company
        )
        for machine in workshop.machines:
            machine.workcenter_id = _add_workcenter(odoo, at, machine, company)
            machine.equipment_id = odoo["maintenance.equipment"].add(
                at, name=machine.name, serial_no=machine.code, active=True, category_id=category,
                maintenance_team_id=company, effective_date=day_of(at - 900 * 86400), company_id=company,
                model=machine.line.model, cost=round(40_000 + machine.mtbf_h * 2600, -2),
                equipment_assign_to="other",
            )  # fmt: skip


def _add_workcenter(odoo: Odoo, at: int, machine: Machine, company: int) -> int:
    zone = str(machine.plant.zone)
    resource = odoo["resource.resource"].add(
        at, name=machine.name, resource_type="material", active=True, calendar_id=company, tz=zone,
        time_efficiency=100.0, company_id=company,
    )  # fmt: skip
    return odoo["mrp.workcenter"].add(
        at, name=machine.name, code=machine.code, active=True, sequence=machine.number, oee_target=85.0,
        time_efficiency=100.0, costs_hour=45.0 + 5 * machine.number, resource_id=resource, tz=zone,
        resource_calendar_id=company, company_id=company,
    )  # fmt: skip
