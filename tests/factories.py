"""Rows as the sync would load them, and a seeded history. Plain functions; others may use them."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.apps import apps

from kpis.models import (
    CalendarAttendance,
    Downtime,
    Equipment,
    Line,
    Operation,
    Plant,
    Product,
    Production,
    Reason,
    Run,
    ShiftCalendar,
    WorkOrder,
)

MINUTE = timedelta(minutes=1)
EARLY, LATE = ("Early", 6.0, 14.0, 10.0), ("Late", 14.0, 22.0, 18.0)
# Reason code, weight, shortest and longest minutes.
CAUSES = (
    ("minor-stop", 40, 1, 4),
    ("equipment-failure", 12, 10, 95),
    ("tool-failure", 6, 8, 45),
    ("setup-and-adjustments", 14, 12, 40),
    ("material-availability", 9, 6, 50),
    ("process-defect", 4, 6, 20),
    ("cleaning", 6, 10, 25),
)


def make_calendar(zone: str = "Europe/Paris", name: str = "Two shifts") -> ShiftCalendar:
    """Early and late shift from Monday to Friday, half an hour's break in each."""
    calendar = ShiftCalendar.objects.create(name=f"{name} {zone}", timezone=zone)
    CalendarAttendance.objects.bulk_create(
        CalendarAttendance(
            calendar=calendar, weekday=weekday, hour_from=start, hour_to=end, is_break=is_break, name=shift
        )
        for weekday in range(5)
        for shift, first, last, pause in (EARLY, LATE)
        for start, end, is_break in (
            (first, pause, False),
            (pause, pause + 0.5, True),
            (pause + 0.5, last, False),
        )
    )
    return calendar


def make_plant(name: str = "Lyon", zone: str = "Europe/Paris", **fields: Any) -> Plant:
    given = {"code": name[:3].upper(), "timezone": zone, "calendar": make_calendar(zone)} | fields
    return Plant.objects.create(name=name, **given)


def make_machine(plant: Plant, name: str = "Press 1", **fields: Any) -> Equipment:
    given = {"code": name.upper().replace(" ", "-"), "work_unit": True} | fields
    return Equipment.objects.create(plant=plant, name=name, **given)


def standard_reasons() -> None:
    """Put the loss tree back, which a test with real transactions has emptied."""
    import_module("kpis.migrations.0002_standard_reasons").seed(apps, None)


def reason(code: str) -> Reason:
    """A standard reason of the loss tree."""
    return Reason.objects.get(code=code)


def stop(
    machine: Equipment, start: datetime, minutes: float | None, code: str = "equipment-failure", **fields: Any
) -> Downtime:
    """A stop; ``minutes`` None = still open."""
    return Downtime.objects.create(
        equipment=machine, reason=reason(code), start=start, end=_end(start, minutes), **_natural(fields)
    )


def run(machine: Equipment, start: datetime, minutes: float | None, **fields: Any) -> Run:
    return Run.objects.create(equipment=machine, start=start, end=_end(start, minutes), **_natural(fields))


def output(machine: Equipment, start: datetime, minutes: float, quantity: float, **fields: Any) -> Production:
    given = {"ideal_cycle_s": 30.0, "order_number": "MO/0001"} | fields
    end = _end(start, minutes)
    return Production.objects.create(
        equipment=machine, start=start, end=end, quantity=quantity, **_natural(given)
    )


def work_order(machine: Equipment, created: datetime, minutes: float | None, **fields: Any) -> WorkOrder:
    given = {
        "number": "WO000001",
        "title": "Repair",
        "work_type": "corrective",
        "status": "completed",
    } | fields
    end = _end(created, minutes)
    return WorkOrder.objects.create(
        equipment=machine, created_at=created, completed_at=end, **_natural(given)
    )


def _end(start: datetime, minutes: float | None) -> datetime | None:
    return None if minutes is None else start + minutes * MINUTE


def _natural(fields: dict[str, Any]) -> dict[str, Any]:
    """A natural key and a trace, unless given."""
    return {"source": "odoo", "external_key": f"test/{uuid4()}", "trace_id": uuid4()} | fields


@dataclass
class History:
    """Facts of many machines, collected to be written at once."""

    dice: random.Random
    stops: list[Downtime] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    outputs: list[Production] = field(default_factory=list)
    orders: list[WorkOrder] = field(default_factory=list)

    def write(self) -> None:
        Downtime.objects.bulk_create(self.stops, batch_size=5000)
        Run.objects.bulk_create(self.runs, batch_size=5000)
        Production.objects.bulk_create(self.outputs, batch_size=5000)
        WorkOrder.objects.bulk_create(self.orders, batch_size=5000)


def make_history(
    machines: Sequence[Equipment], last: date, days: int, *, until: datetime, seed: int = 7
) -> None:
    """Give each machine ``days`` working days of shifts up to ``last``, and nothing after ``until``."""
    history = History(random.Random(seed))
    reasons = {found.code: found for found in Reason.objects.all()}
    product = Product.objects.get_or_create(code="P-100", defaults={"name": "Housing"})[0]
    for machine in machines:
        operation = Operation.objects.create(equipment=machine, name=f"{machine.name} step", ideal_cycle_s=30)
        for number, (start, end) in enumerate(_shifts(machine.plant, last, days)):
            if start < until:
                _shift(history, machine, reasons, (product, operation), number, start, min(end, until))
    history.write()


def _shifts(plant: Plant, last: date, days: int) -> Iterator[tuple[datetime, datetime]]:
    zone = ZoneInfo(plant.timezone)
    for back in reversed(range(days)):
        day = last - timedelta(days=back)
        if day.weekday() < 5:
            for _, first, end, _ in (EARLY, LATE):
                yield _at(day, first, zone), _at(day, end, zone)


def _at(day: date, hour: float, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(int(hour)), zone).astimezone(UTC)


def _shift(
    history: History,
    machine: Equipment,
    reasons: dict[str, Reason],
    made: tuple[Product, Operation],
    number: int,
    start: datetime,
    end: datetime,
) -> None:
    """Runs with stops between them, and one production order over the shift."""
    dice, at, ran = history.dice, start, 0.0
    key = f"mrp.workorder/{machine.pk}-{number}"
    while at < end:
        until = min(end, at + dice.uniform(25, 140) * MINUTE)
        history.runs.append(_run(machine, at, until, key))
        ran += (until - at).total_seconds()
        at = until
        if at < end and dice.random() < 0.9:
            code, _, low, high = dice.choices(CAUSES, [cause[1] for cause in CAUSES])[0]
            until = min(end, at + dice.uniform(low, high) * MINUTE)
            history.stops.append(_stop(machine, at, until, reasons[code], f"{key}-{len(history.stops)}"))
            if code == "equipment-failure":
                history.orders.append(_order(machine, at, until, len(history.orders) + 1))
            at = until
    quantity = round(ran / 30 * dice.uniform(0.78, 0.97))
    scrap = round(quantity * dice.uniform(0.0, 0.04))
    history.outputs.append(
        Production(
            equipment=machine, product=made[0], operation=made[1], order_number=f"MO/{number:05}",
            order_key=key,            start=start, end=end, quantity=quantity, scrap=scrap, ideal_cycle_s=30,
            source="odoo", external_key=key, trace_id=uuid4(), source_updated_at=end,
        )
    )  # fmt: skip


def _run(machine: Equipment, start: datetime, end: datetime, key: str) -> Run:
    natural = f"mrp.workcenter.productivity/r{machine.pk}-{start:%y%m%d%H%M%S}"
    return Run(
        equipment=machine,
        start=start,
        end=end,
        order_key=key,
        source="odoo",
        external_key=natural,
        trace_id=uuid4(),
    )


def _stop(machine: Equipment, start: datetime, end: datetime, why: Reason, key: str) -> Downtime:
    return Downtime(
        equipment=machine, start=start, end=end, reason=why, source="odoo", trace_id=uuid4(),
        external_key=f"mrp.workcenter.productivity/{key}", source_updated_at=end,
    )  # fmt: skip


def _order(machine: Equipment, start: datetime, end: datetime, number: int) -> WorkOrder:
    return WorkOrder(
        equipment=machine, number=f"WO{machine.pk:03}{number:05}", title=f"Repair {machine.name}",
        work_type="corrective", status="completed", created_at=start, completed_at=end + 15 * MINUTE,
        source="atlas", trace_id=uuid4(), external_key=f"work-order/{machine.pk}-{number}",
    )  # fmt: skip


def make_line(plant: Plant, name: str, machines: int, first: int = 1) -> Line:
    """A line with that many machines."""
    line = Line.objects.create(plant=plant, name=name)
    for number in range(first, first + machines):
        make_machine(plant, f"{name} press {number}", line=line)
    return line
