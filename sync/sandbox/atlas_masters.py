"""Fills the simulated CMMS's reference data: locations, assets, parts, people, preventive plans, meters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from sync.sandbox.atlas_store import Atlas
from sync.sandbox.machine import Machine
from sync.sandbox.odoo_books import initial_stock
from sync.sandbox.odoo_masters import email_of, part_code
from sync.sandbox.spec import PARTS, PLANTS, TECHNICIANS, UTILITIES, Plant
from sync.sandbox.workshop import Workshop

EMAIL, PASSWORD, API_KEY = "sync@mfgportal.example", "mfgportal", "sandbox-key"
CATEGORIES = {
    "asset-categories": ("Production machine", "Line", "Utility"),
    "work-order-categories": ("Breakdown", "Preventive", "Improvement"),
    "part-categories": ("Mechanical", "Electrical", "Consumable"),
    "meter-categories": ("Running hours",),
    "time-categories": ("Repair", "Inspection"),
    "cost-categories": ("External service", "Transport"),
}
BREAKDOWN, PREVENTIVE, IMPROVEMENT = 1, 2, 3
ACTIVE: dict[str, Any] = {"archived": False, "image": None, "files": [], "customFieldValues": []}


@dataclass(slots=True)
class Utility:
    """Equipment that serves production but makes nothing: known to the CMMS only."""

    plant: Plant
    name: str
    asset_id: int
    mtbf_h: float
    busy_until: int = 0


@dataclass(slots=True)
class Plan:
    """A preventive plan. `machine` is None for a utility."""

    plan_id: int
    plant: Plant
    asset_id: int
    title: str
    every_days: int
    minutes: int
    machine: Machine | None
    due_in: int


def fill_constants(atlas: Atlas, at: int) -> None:
    for resource, names in CATEGORIES.items():
        for name in names:
            atlas.add(resource, at, name=name)
    _add_user(atlas, at, "Sync Service", EMAIL, "Administrator", 0)
    for name in ("Bearings & Drives Ltd", "Fluid Power Supply", "Elektro Nord"):
        atlas.add("vendors", at, companyName=name, name=name, vendorType="Spare parts", rate=0,
                  description="",
                  address="", phone="", website="", email="")  # fmt: skip
    for number, (name, cost) in enumerate(PARTS):
        atlas.add(
            "parts", at, name=name, cost=cost, category=1 + number % 3, nonStock=False,
            barcode=part_code(number),
            description="", quantity=initial_stock(number), minQuantity=6.0, unit="pcs", area="",
            **ACTIVE,
        )  # fmt: skip


def _add_user(atlas: Atlas, at: int, name: str, email: str, role: str, rate: int) -> int:
    first, last = name.split(" ", 1)
    return atlas.add("users", at, email=email, firstName=first, lastName=last, rate=rate, jobTitle=role,
                     enabled=True,
                     phone="", image=None, role={"id": 1 if rate == 0 else 2, "name": role})  # fmt: skip


def fill_plants(atlas: Atlas, at: int, rng: Random) -> dict[str, tuple[int, list[int], list[Utility]]]:
    """Root locations, technicians and utilities; by plant key: location id, technician ids, utilities."""
    found = {}
    for plant in PLANTS:
        root = _add_location(atlas, at, plant.name, None, plant.city)
        crew = [
            _add_user(atlas, at, name, email_of(name), "Technician", 38 + 4 * number)
            for number, name in enumerate(TECHNICIANS[plant.key])
        ]
        atlas.add("teams", at, name=f"{plant.name} maintenance", description="", users=crew)
        place = _add_location(atlas, at, "Utilities", root, plant.city)
        utilities = [_add_utility(atlas, at, plant, place, rng, *utility) for utility in UTILITIES]
        found[plant.key] = (root, crew, utilities)
    return found


def _add_location(atlas: Atlas, at: int, name: str, parent: int | None, address: str) -> int:
    number = len(atlas["locations"]) + 1
    return atlas.add("locations", at, name=name, address=address, parentLocation=parent,
                     customId=f"L{number:06}",
                     longitude=None, latitude=None, **ACTIVE)  # fmt: skip


def _add_utility(atlas: Atlas, at: int, plant: Plant, place: int, rng: Random, code: str, name: str,
                 model: str
                 ) -> Utility:  # fmt: skip
    asset = _add_asset(atlas, at, name=f"{name} 1", barCode=f"{plant.key}-{code}-01", location=place,
                       category=3,
                       model=model)  # fmt: skip
    return Utility(plant, f"{name} 1", asset, rng.uniform(420, 900))


def _add_asset(atlas: Atlas, at: int, **values: object) -> int:
    number = len(atlas["assets"]) + 1
    row = {
        "customId": f"A{number:06}", "parentAsset": None, "status": "OPERATIONAL", "description": "",
        "area": "",
        "serialNumber": f"SN-{40000 + 37 * number}", "manufacturer": "", "power": "", "acquisitionCost": 0.0,
        "nfcId": None, "primaryUser": None, "inServiceDate": at - 900 * 86400, "warrantyExpirationDate": None,
        "additionalInfos": "",
    }  # fmt: skip
    return atlas.add("assets", at, **{**row, **ACTIVE, **values})


def fill_machines(atlas: Atlas, at: int, workshops: Sequence[Workshop], roots: dict[str, int]) -> None:
    """A location and a parent asset per line, an asset and a meter per machine."""
    for workshop in workshops:
        line = workshop.line
        place = _add_location(atlas, at, line.name, roots[line.plant], workshop.plant.city)
        parent = _add_asset(
            atlas,
            at,
            name=f"{line.name} line",
            barCode=f"{line.plant}-{line.code}",
            location=place,
            category=2,
        )
        for machine in workshop.machines:
            machine.asset_id = _add_asset(
                atlas, at, name=machine.name, barCode=machine.code, location=place, category=1,
                parentAsset=parent,
                model=line.model, acquisitionCost=round(40_000 + machine.mtbf_h * 2600, -2),
            )  # fmt: skip
            atlas.add("meters", at, name=f"{machine.name} running hours", unit="h", updateFrequency=7,
                      meterCategory=1, asset=machine.asset_id, location=place, **ACTIVE)  # fmt: skip


def fill_plans(atlas: Atlas, at: int, machines: Sequence[Machine], utilities: Sequence[Utility], rng: Random
               ) -> list[Plan]:  # fmt: skip
    """One plan per machine and utility, spread over its cycle so that they do not all fall due together."""
    plans = []
    for machine in machines:
        minutes = rng.choice((45, 60, 75, 90))
        plans.append((machine.plant, machine.asset_id, f"Service {machine.name}", 28, minutes, machine))
    every = [
        *plans,
        *((each.plant, each.asset_id, f"Inspect {each.name}", 14, 40, None) for each in utilities),
    ]
    return [_add_plan(atlas, at, rng, *plan) for plan in every]


def _add_plan(atlas: Atlas, at: int, rng: Random, plant: Plant, asset: int, title: str, days: int,
              minutes: int,
              machine: Machine | None) -> Plan:  # fmt: skip
    due_in = rng.randrange(days)
    number = len(atlas["preventive-maintenances"]) + 1
    schedule: dict[str, Any] = {
        "id": number, "createdAt": at, "updatedAt": at, "createdBy": 1, "updatedBy": 1, "disabled": False,
        "startsOn": at + due_in * 86400, "frequency": days // 7, "endsOn": None, "dueDateDelay": 2,
        "recurrenceType": "WEEKLY", "recurrenceBasedOn": "SCHEDULED_DATE", "daysOfWeek": [],
    }  # fmt: skip
    plan_id = atlas.add(
        "preventive-maintenances", at, name=title, title=title, description="", customId=f"PM{number:06}",
        asset=asset, location=atlas["assets"][asset]["location"], priority="LOW", category=PREVENTIVE,
        estimatedDuration=minutes / 60, schedule=schedule, nextWorkOrderDate=at + due_in * 86400,
    )  # fmt: skip
    return Plan(plan_id, plant, asset, title, days, minutes, machine, due_in)
