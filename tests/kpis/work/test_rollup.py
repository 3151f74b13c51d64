"""Marks and refresh, in any order of arrival, come to the same rows as a rebuild from scratch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.models import (
    CurrencyRate,
    Labour,
    PlantRate,
    PlantWork,
    ShiftComponents,
    StaleWork,
    WorkComponents,
    WorkMonths,
    WorkOrder,
    WorkOrderSchedule,
)
from kpis.work import marks
from kpis.work.columns import SUMS
from kpis.work.rollup import rebuild, refresh
from kpis.work.settings import set_currency_rate
from tests.kpis.work.database import Site, make_site, utc

pytestmark = pytest.mark.django_db
BEGIN = utc(2026, 5, 28)

moments = st.integers(0, 60 * 24 * 40).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
maybe = st.one_of(st.none(), moments)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rows() -> list[dict[str, Any]]:
    found = [
        {name: value for name, value in row.items() if name != "id"}
        for model in (WorkComponents, WorkMonths, PlantWork)
        for row in model.objects.values()
    ]
    return sorted(found, key=lambda row: [str(value) for name, value in row.items() if name not in SUMS])


class Story:
    """Orders, hours, parts and costs that come, change and go, in any order."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.site: Site = make_site()
        self.orders: list[WorkOrder] = []

    def fields(self) -> dict[str, Any]:
        draw, site = self.draw, self.site
        status = draw(st.sampled_from(["open", "in_progress", "completed", "completed", "cancelled"]))
        done = draw(moments) if status == "completed" else None
        by_day = draw(st.booleans())
        machine = draw(st.sampled_from([*site.machines, None]))
        return {
            "equipment": machine,
            "plant": None if machine else draw(st.sampled_from(site.plants)),
            "work_type": draw(st.sampled_from(["corrective", "corrective", "preventive", "other"])),
            "status": status,
            "team": draw(st.sampled_from(["", "A"])),
            "created_at": draw(maybe),
            "due_at": draw(maybe),
            "scheduled_at": draw(maybe),
            "completed_at": None if by_day else done,
            "completed_on": done.date() if done and by_day else None,
            "started_at": draw(maybe),
            "plan_interval_days": draw(st.sampled_from([None, 30.0])),
            "source_updated_at": draw(moments),
        }

    def arrive(self) -> None:
        order = self.site.order(**self.fields())
        self.orders.append(order)
        self.plan(order)
        marks.mark_orders([order.pk])

    def plan(self, order: WorkOrder) -> None:
        WorkOrderSchedule.objects.create(
            work_order=order, scheduled_at=order.scheduled_at, known_at=order.source_updated_at or BEGIN
        )

    def change(self) -> None:
        if not self.orders:
            return
        order = self.draw(st.sampled_from(self.orders))
        marks.mark_orders([order.pk])
        for name, value in self.fields().items():
            setattr(order, name, value)
        order.deleted_at = self.draw(st.sampled_from([None, None, BEGIN]))
        order.save()
        self.plan(order)
        marks.mark_orders([order.pk])

    def book(self) -> None:
        if not self.orders:
            return
        order, draw = self.draw(st.sampled_from(self.orders)), self.draw
        marks.mark_orders([order.pk])
        booked = draw(st.sampled_from(["labour", "part", "cost"]))
        if booked == "labour":
            self.site.labour(
                order, draw(maybe), draw(st.integers(60, 9000)), draw(st.sampled_from([None, 30]))
            )
        elif booked == "part":
            self.site.part(order, draw(maybe), draw(st.integers(-2, 5)), draw(st.sampled_from([None, 4])))
        else:
            self.cost(order)
        marks.mark_orders([order.pk])

    def cost(self, order: WorkOrder | None) -> None:
        machine = self.draw(st.sampled_from([None, *self.site.machines]))
        plant = None if machine or order else self.site.plants[0]
        found = self.site.cost(
            self.draw(moments),
            self.draw(st.sampled_from(["", "USD", "GBP"])),
            order=order,
            equipment=machine,
            plant=plant,
        )
        marks.mark_costs([found.pk])

    def move(self) -> None:
        machine = self.draw(st.sampled_from(self.site.machines))
        machine.plant = self.draw(st.sampled_from(self.site.plants))
        machine.save()
        marks.mark_machines([machine.pk])

    def rate(self) -> None:
        CurrencyRate.objects.update_or_create(
            currency="USD",
            valid_from=date(2026, 6, 5),
            defaults={"per_enterprise_unit": self.draw(st.integers(1, 3))},
        )
        marks.mark_currencies(["USD"])

    def wage(self) -> None:
        self.site.technician.hourly_rate = Decimal(self.draw(st.integers(20, 90)))
        self.site.technician.save()
        marks.mark_technicians([self.site.technician.pk])


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_increments_equal_a_rebuild(data: st.DataObject) -> None:
    with undone():
        story = Story(data.draw)
        steps: list[Callable[[], object]] = [
            story.arrive, story.arrive, story.arrive, story.change, story.book, story.book, story.move,
            story.rate, story.wage, refresh,
        ]  # fmt: skip
        for _ in range(data.draw(st.integers(1, 14))):
            data.draw(st.sampled_from(steps))()
        refresh()
        kept = rows()
        rebuild()
        assert not StaleWork.objects.exists()
        assert kept == [near(row) for row in rows()]


def near(row: dict[str, Any]) -> dict[str, Any]:
    """Sums may be added up in another order."""
    return {name: pytest.approx(value) if isinstance(value, float) else value for name, value in row.items()}


def test_months_are_the_sums_of_their_days() -> None:
    site = make_site()
    for day in range(1, 60, 3):
        made = BEGIN + timedelta(days=day)
        order = site.order(
            equipment=site.machines[day % 2], created_at=made, completed_at=made + timedelta(hours=5)
        )
        site.labour(order, made, 1800, 30)
    rebuild()
    names = {name: Sum(name) for name in SUMS}
    by_month: dict[tuple[int, int], dict[str, Any]] = {}
    days = WorkComponents.objects.values("equipment", "day__month", "work_type").annotate(**names)
    for row in map(dict[str, Any], days):
        by_month[row.pop("equipment"), row.pop("day__month")] = row
    months = WorkMonths.objects.values("equipment", "month__month", "work_type").annotate(**names)
    for row in map(dict[str, Any], months):
        place = row.pop("equipment"), row.pop("month__month")
        assert near(row) == by_month[place]
    assert len(by_month) == 5


def test_an_increment_touches_its_months_alone(django_assert_max_num_queries: Any) -> None:
    site = make_site()
    old = [
        site.order(equipment=site.machines[0], created_at=utc(2020, 1, 1) + timedelta(days=n))
        for n in range(200)
    ]
    marks.mark_orders([order.pk for order in old])
    refresh()
    kept = set(WorkComponents.objects.values_list("pk", flat=True))
    marks.mark_orders([site.order(equipment=site.machines[0], created_at=BEGIN, work_type="preventive").pk])
    with django_assert_max_num_queries(35):
        assert refresh() == 1
    assert kept < set(WorkComponents.objects.values_list("pk", flat=True))


def test_work_without_a_machine_counts_for_its_plant() -> None:
    site = make_site()
    order = site.order(plant=site.plants[0], created_at=BEGIN)
    site.labour(order, BEGIN, 3600, 30)
    rebuild()
    found = WorkComponents.objects.filter(plant=site.plants[0], equipment=None)
    assert found.aggregate(made=Sum("created"), cost=Sum("labour_cost")) == {"made": 1, "cost": 30}
    assert found.count() == WorkComponents.objects.count()


def test_what_another_system_tells_of_the_same_work_does_not_count() -> None:
    site = make_site()
    order = site.order(equipment=site.machines[0], created_at=BEGIN)
    site.labour(order, BEGIN, 3600, 30)
    Labour.objects.update(counts=False)
    rebuild()
    assert WorkComponents.objects.get().labour_s == 0


def test_a_change_of_status_seen_from_both_sides_is_a_time() -> None:
    """Odoo keeps the day of closing only; what we saw happen is exact enough."""
    site = make_site()
    order = site.order(equipment=site.machines[0], created_at=BEGIN, completed_on=BEGIN.date())
    site.changed(order, "", "open", BEGIN, "created")
    site.changed(order, "open", "in_progress", BEGIN + timedelta(minutes=10), "updated")
    site.changed(order, "in_progress", "completed", BEGIN + timedelta(minutes=70), "updated")
    rebuild()
    found = WorkComponents.objects.get()
    assert (found.response_s, found.repair_s, found.cycle_s) == (600, 3600, 4200)
    assert found.completed_day_only == 0


def test_a_status_first_seen_late_tells_no_time() -> None:
    site = make_site()
    order = site.order(equipment=site.machines[0], created_at=BEGIN, completed_on=BEGIN.date())
    site.changed(order, "", "completed", BEGIN + timedelta(days=1), "day")
    rebuild()
    found = WorkComponents.objects.get()
    assert (found.completed_day_only, found.responded, found.cycled) == (1, 0, 0)


def stopped(site: Site, day: date, seconds: float) -> None:
    ShiftComponents.objects.create(
        equipment=site.machines[0],
        day=day,
        shift=1,
        start=utc(day.year, day.month, day.day),
        end=utc(day.year, day.month, day.day, 8),
        breakdown_s=seconds,
        computed_at=BEGIN,
    )


def test_stops_cost_what_the_closest_place_says_from_a_day_on() -> None:
    site = make_site()
    machine, plant = site.machines[0], site.plants[0]
    for day in (1, 2, 3, 4):
        stopped(site, date(2026, 6, day), 1800)
    PlantRate.objects.create(plant=plant, valid_from=date(2026, 6, 2), per_hour=100)
    PlantRate.objects.create(plant=plant, valid_from=date(2026, 6, 4), per_hour=200)
    PlantRate.objects.create(plant=plant, equipment=machine, valid_from=date(2026, 6, 3), per_hour=1000)
    marks.mark_stop_rates([plant.pk])
    refresh()
    found = WorkComponents.objects.order_by("day").values_list(
        "downtime_cost", "down_s", "down_without_rate_s"
    )
    assert list(found) == [(0, 0, 1800), (50, 1800, 0), (500, 1800, 0), (500, 1800, 0)]
    kept = rows()
    rebuild()
    assert rows() == kept


def test_stops_computed_anew_cost_anew() -> None:
    site = make_site()
    PlantRate.objects.create(plant=site.plants[0], valid_from=date(2026, 6, 1), per_hour=100)
    stopped(site, date(2026, 6, 2), 3600)
    marks.mark_stops([site.machines[0].pk], [date(2026, 6, 2)])
    assert refresh() == 1
    assert WorkMonths.objects.get().downtime_cost == 100


def test_without_a_rate_nobody_says_what_a_stop_costs() -> None:
    site = make_site()
    stopped(site, date(2026, 6, 2), 3600)
    marks.mark_stops([site.machines[0].pk], [date(2026, 6, 2)])
    assert refresh() == 0
    rebuild()
    assert not WorkComponents.objects.exists()


def test_a_rate_of_a_currency_counts_for_stops_whose_rows_are_just_being_written() -> None:
    """They are not to be seen by who sets it; whoever writes them has read what held before."""
    site = make_site()
    plant = site.plants[0]
    PlantRate.objects.create(plant=plant, valid_from=date(2026, 6, 1), per_hour=100)
    stopped(site, date(2026, 6, 2), 3600)
    set_currency_rate(plant.currency, date(2026, 1, 1), Decimal(2))
    assert StaleWork.objects.filter(equipment=site.machines[0], month=date(2026, 6, 1)).exists()
