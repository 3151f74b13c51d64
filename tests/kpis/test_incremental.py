"""Marks and refresh, in any order of arrival, come to the same rows as a rebuild from scratch."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.evidence import MOVABLE
from kpis.models import (
    Downtime,
    Equipment,
    Plant,
    PlantDays,
    PlantReasons,
    Product,
    ProductComponents,
    Production,
    ProductMonths,
    ReasonComponents,
    ReasonMonths,
    Run,
    ShiftComponents,
    ShiftMonths,
    StaleDay,
)
from kpis.rollup import (
    mark_equipment,
    mark_open_events,
    mark_orders,
    mark_plants,
    mark_spans,
    rebuild,
    refresh,
)
from tests.kpis.factory import make_machine, make_plant, produce, run, stop, utc

pytestmark = pytest.mark.django_db

BEGIN = utc(2026, 3, 27)  # the clock in Paris moves on the 29th
NOW = utc(2026, 3, 31, 9)
Fact = Downtime | Run | Production
IGNORED = {"id", "computed_at"}
TABLES = (
    ShiftComponents,
    ReasonComponents,
    ProductComponents,
    ShiftMonths,
    ReasonMonths,
    ProductMonths,
    PlantDays,
    PlantReasons,
)
IDENTITY = (
    "plant_id",
    "work_unit",
    "equipment_id",
    "day",
    "month",
    "shift",
    "shift_name",
    "reason_id",
    "loss_class",
    "product_id",
)
STEPS = ["arrive", "arrive", "change", "delete", "move", "tick", "move_machine", "set_plant"]
REASONS = ["equipment-failure", "setup-and-adjustments", "material-availability", "cleaning", "reduced-speed"]

minutes = st.integers(0, 4 * 1440)
lengths = st.one_of(st.integers(0, 8), st.integers(0, 2000), st.integers(2870, 4500), st.none())


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rows() -> list[dict[str, Any]]:
    """All component rows, without what differs between two equal computations."""
    return [
        {name: value for name, value in row.items() if name not in IGNORED}
        for model in TABLES
        for row in model._default_manager.values()
    ]


def differences(left: list[dict[str, Any]], right: list[dict[str, Any]]) -> list[str]:
    """Rows of one list that the other has not, or has with another value."""
    kept, made = ({_identity(row): row for row in side} for side in (left, right))
    return [
        f"{key} {name}: {kept.get(key, {}).get(name)} is {made.get(key, {}).get(name)} from scratch"
        for key in kept.keys() | made.keys()
        for name in kept.get(key, made.get(key, {}))
        if kept.get(key, {}).get(name) != _near(made.get(key, {}).get(name))
    ]


def _identity(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in IDENTITY), tuple(sorted(row))


def _near(value: Any) -> Any:
    return pytest.approx(value, abs=1e-6) if isinstance(value, float) else value


def load(fact: Fact, as_of: datetime, **changes: Any) -> None:
    """Changes a fact as a load does: old and new span and order marked in one transaction."""
    with transaction.atomic():
        spans = [(fact.equipment_id, fact.start, fact.end)]
        orders = [(fact.source, getattr(fact, "order_key", ""))]
        for name, value in changes.items():
            setattr(fact, name, value)
        fact.save()
        spans.append((fact.equipment_id, fact.start, fact.end))
        orders.append((fact.source, getattr(fact, "order_key", "")))
        mark_spans(spans, as_of)
        mark_orders(orders, as_of)


class Story:
    """A random sequence of arrivals, changes and deletions, with time going on between them."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.plant = make_plant([(6, 14), (14, 22)], [(10, 10.5)], timezone="Europe/Paris")
        self.other = make_plant([(6, 14), (14, 22)], [(10, 10.5)], timezone="Europe/Paris")
        self.machines = [make_machine(self.plant), make_machine(self.plant, work_unit=False)]
        self.products = [Product.objects.create(name=name) for name in ("Bolt", "Nut")]
        self.facts: list[Fact] = []
        self.now = NOW - timedelta(days=2)
        for machine in (self.machines[1], make_machine(self.other)):  # both plants have the same history
            load(stop(machine, BEGIN, BEGIN + timedelta(hours=1)), self.now)

    def span(self) -> tuple[datetime, datetime | None]:
        start = BEGIN + timedelta(minutes=self.draw(minutes))
        length = self.draw(lengths)
        return start, None if length is None else start + timedelta(minutes=length)

    def arrive(self) -> None:
        kind = self.draw(st.sampled_from([self.new_stop, self.new_run, self.new_order]))
        fact = kind(*self.span())
        load(fact, self.now)
        self.facts.append(fact)

    def new_stop(self, start: datetime, end: datetime | None) -> Fact:
        machine = self.draw(st.sampled_from(self.machines))
        return stop(machine, start, end, self.draw(st.sampled_from(REASONS)))

    def new_run(self, start: datetime, end: datetime | None) -> Fact:
        return run(self.machines[0], start, end, self.draw(st.sampled_from(["a", "a", "b", ""])))

    def new_order(self, start: datetime, end: datetime | None) -> Fact:
        ideal = self.draw(st.sampled_from([None, 20]))
        order = self.draw(st.sampled_from(["a", "b", ""]))
        reported = self.draw(st.sampled_from([None, start + timedelta(hours=5)]))
        made = produce(self.machines[0], start, end, 50, ideal, scrap=3, order=order, reported=reported)
        made.product = self.draw(st.sampled_from([None, *self.products]))
        return made

    def change(self) -> None:
        start, end = self.span()
        load(self.draw(st.sampled_from(self.facts)), self.now, start=start, end=end)

    def delete(self) -> None:
        load(self.draw(st.sampled_from(self.facts)), self.now, deleted_at=self.now)

    def move(self) -> None:
        load(
            self.draw(st.sampled_from(self.facts)),
            self.now,
            equipment=self.draw(st.sampled_from(self.machines)),
        )

    def move_machine(self) -> None:
        """To the other plant and back, as a load does that finds it there."""
        machine = self.draw(st.sampled_from(self.machines))
        machine.plant = self.other if machine.plant_id == self.plant.pk else self.plant
        machine.save()
        mark_equipment([machine.pk])

    def set_plant(self) -> None:
        """Another micro-stop limit and order of overlap, as its settings are saved."""
        self.plant.refresh_from_db()
        self.plant.micro_stop_s = self.draw(st.sampled_from([60, 300, 3600]))
        order = self.draw(st.permutations(MOVABLE))
        self.plant.overlay = self.draw(st.sampled_from(["", ",".join(state.loss_class for state in order)]))
        self.plant.save(update_fields=["micro_stop_s", "overlay"])
        mark_plants([self.plant.pk])

    def tick(self) -> None:
        self.now = min(NOW, self.now + timedelta(minutes=self.draw(st.integers(1, 900))))
        mark_open_events(self.now, timedelta(0))
        refresh(self.now, self.draw(st.sampled_from([None, 1, 3])))

    def tell(self) -> None:
        load(self.new_order(*self.span()), self.now)
        self.arrive()
        self.tick()
        for _ in range(self.draw(st.integers(1, 12))):
            getattr(
                self,
                self.draw(st.sampled_from(STEPS)),
            )()
        self.now = NOW
        mark_open_events(self.now, timedelta(0))
        refresh(self.now)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_story_ends_in_the_rows_of_a_rebuild(data: st.DataObject) -> None:
    with undone():
        Story(data.draw).tell()
        kept = rows()
        assert not StaleDay.objects.exists()
        rebuild(NOW)
        assert differences(kept, rows()) == []


def test_a_run_that_arrives_moves_the_share_of_the_other_days(machine: Equipment) -> None:
    order = produce(machine, utc(2026, 3, 27, 6), utc(2026, 3, 28, 14), 100, order="a")
    load(order, NOW)
    load(run(machine, utc(2026, 3, 27, 8), utc(2026, 3, 27, 9), "a"), NOW)
    refresh(NOW)
    assert quantities() == [100]
    load(run(machine, utc(2026, 3, 28, 8), utc(2026, 3, 28, 11), "a"), NOW)
    refresh(NOW)
    assert quantities() == [25, 75]


def quantities() -> list[float]:
    found = ShiftComponents.objects.filter(quantity__gt=0).order_by("day", "shift")
    return list(found.values_list("quantity", flat=True))


@pytest.fixture
def machine() -> Equipment:
    return make_machine(make_plant([(6, 14), (14, 22)]))


def test_a_day_is_recomputed_when_it_is_over_though_nothing_arrived(machine: Equipment) -> None:
    load(stop(machine, utc(2026, 3, 27, 12), None), utc(2026, 3, 27, 13))
    refresh(utc(2026, 3, 27, 13))
    assert ShiftComponents.objects.get(shift=1).breakdown_s == 3600
    mark_open_events(utc(2026, 3, 28, 13))
    refresh(utc(2026, 3, 28, 13))
    assert [row.breakdown_s for row in ShiftComponents.objects.filter(shift=1).order_by("day")] == [
        7200,
        7 * 3600,
    ]


def test_rows_younger_than_a_minute_are_left_alone(machine: Equipment) -> None:
    now = utc(2026, 3, 27, 13)
    load(stop(machine, utc(2026, 3, 27, 12), None), now)
    refresh(now)
    mark_open_events(now + timedelta(seconds=30))
    assert not StaleDay.objects.exists()
    mark_open_events(now + timedelta(seconds=61))
    assert StaleDay.objects.count() == 1


def test_other_machines_of_the_plant_are_watched_from_its_first_day_on(machine: Equipment) -> None:
    other = make_machine(machine.plant)
    load(stop(machine, utc(2026, 3, 25, 12), utc(2026, 3, 25, 13)), NOW)
    refresh(NOW)
    assert ShiftComponents.objects.filter(equipment=other).values("day").distinct().count() == 7
    load(stop(machine, utc(2026, 3, 20, 12), utc(2026, 3, 20, 13)), NOW)
    refresh(NOW)
    assert ShiftComponents.objects.filter(equipment=other).values("day").distinct().count() == 12


def test_a_machine_that_comes_later_gets_its_history(machine: Equipment) -> None:
    load(stop(machine, utc(2026, 3, 30, 12), utc(2026, 3, 30, 13)), NOW)
    refresh(NOW)
    late = make_machine(machine.plant)
    mark_open_events(NOW)
    refresh(NOW)
    assert ShiftComponents.objects.filter(equipment=late).exists()


def test_a_machine_that_is_gone_has_no_days_after(machine: Equipment) -> None:
    load(stop(machine, utc(2026, 3, 25, 12), utc(2026, 3, 25, 13)), NOW)
    Equipment.objects.update(gone_at=utc(2026, 3, 27, 12))
    rebuild(NOW)
    days = ShiftComponents.objects.order_by("day").values_list("day", flat=True).distinct()
    assert [day.day for day in days] == [25, 26, 27]


def test_a_stop_left_open_for_decades_marks_no_more_than_the_history(machine: Equipment) -> None:
    load(stop(machine, utc(1970, 1, 1), None), NOW)
    marked = StaleDay.objects.values("equipment", "day").distinct().count()
    assert marked == (NOW.date() - utc(2015, 1, 1).date()).days + 1
    plant = Plant.objects.get()
    assert plant.history_from == utc(2015, 1, 1).date()


def test_the_history_of_a_plant_may_begin_with_a_fact_that_was_dated_ahead(machine: Equipment) -> None:
    load(stop(machine, NOW + timedelta(hours=30), None), NOW)
    mark_open_events(NOW)
    assert not StaleDay.objects.exists()
    mark_open_events(NOW + timedelta(hours=31))
    refresh(NOW + timedelta(hours=31))
    assert ShiftComponents.objects.get(shift=2).breakdown_s == 3600


def test_a_limit_is_kept_and_the_rest_stays(machine: Equipment) -> None:
    load(stop(machine, utc(2026, 3, 25, 12), utc(2026, 3, 25, 13)), NOW)
    marks = StaleDay.objects.values("day").distinct().count()
    assert refresh(NOW, limit=2) <= 2
    assert 0 < StaleDay.objects.values("day").distinct().count() < marks
    refresh(NOW)
    assert not StaleDay.objects.exists()


def test_inherited_and_deleted_stops_count_for_nothing(machine: Equipment) -> None:
    stop(machine, utc(2026, 3, 30, 7), utc(2026, 3, 30, 8), inherited=True)
    gone = stop(machine, utc(2026, 3, 30, 9), utc(2026, 3, 30, 10))
    load(gone, NOW, deleted_at=NOW)
    rebuild(NOW)
    assert not ShiftComponents.objects.filter(breakdown_s__gt=0).exists()
    assert not ShiftComponents.objects.filter(failures__gt=0).exists()
