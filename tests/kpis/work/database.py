"""Plants, machines and work as rows."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from kpis.models import (
    CostEntry,
    Equipment,
    Labour,
    Part,
    PartUse,
    Plant,
    StatusChange,
    Technician,
    WorkOrder,
)

KEYS = count(1)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def natural() -> dict[str, str]:
    return {"source": "test", "external_key": f"test/{next(KEYS)}"}


@dataclass
class Site:
    plants: list[Plant]
    machines: list[Equipment]
    technician: Technician
    spare: Part

    def order(self, **given: Any) -> WorkOrder:
        status = "completed" if given.get("completed_at") or given.get("completed_on") else "open"
        values = {"title": "Repair", "work_type": "corrective", "status": status} | given
        return WorkOrder.objects.create(**natural(), **values)

    def labour(self, order: WorkOrder, start: datetime | None, seconds: float, rate: float | None) -> Labour:
        return Labour.objects.create(
            **natural(),
            work_order=order,
            technician=self.technician,
            start=start,
            seconds=seconds,
            hourly_rate=rate,
        )

    def part(self, order: WorkOrder, at: datetime | None, quantity: float, cost: float | None) -> PartUse:
        return PartUse.objects.create(
            **natural(), work_order=order, part=self.spare, quantity=quantity, unit_cost=cost, used_at=at
        )

    def cost(
        self,
        at: datetime | None,
        currency: str = "",
        amount: float = 100,
        *,
        order: WorkOrder | None = None,
        equipment: Equipment | None = None,
        plant: Plant | None = None,
        category: str = "contractor",
    ) -> CostEntry:
        return CostEntry.objects.create(
            **natural(),
            category=category,
            amount=Decimal(amount),
            currency=currency,
            at=at,
            work_order=order,
            equipment=equipment,
            plant=plant,
        )

    def changed(self, order: WorkOrder, before: str, after: str, at: datetime, basis: str) -> StatusChange:
        return StatusChange.objects.create(
            work_order=order,
            source=order.source,
            external_key=order.external_key,
            status_from=before,
            status_to=after,
            at=at,
            basis=basis,
            seen_at=at,
        )


def make_site() -> Site:
    """A plant in euros and one in dollars, a machine in each, one person without a rate, one spare part."""
    lyon = Plant.objects.create(name="Lyon", timezone="Europe/Paris", currency="EUR")
    ohio = Plant.objects.create(name="Ohio", timezone="America/New_York", currency="USD", labour_rate=40)
    machines = [Equipment.objects.create(plant=plant, name=f"Press in {plant}") for plant in (lyon, ohio)]
    return Site(
        [lyon, ohio], machines, Technician.objects.create(name="Ada"), Part.objects.create(name="Belt")
    )
