"""Closed months: what was published stays, computation goes on, and what differs is told."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from kpis.engine import evaluate
from kpis.models import ClosedPeriod, Equipment, Line, Plant, PublishedValue, StaleDay
from kpis.periods import NotClosable, beside, close, loaded_since, reopen, restated
from kpis.rollup import mark_spans, rebuild, refresh
from kpis.scope import Scope
from tests.kpis.factory import make_machine, make_plant, produce, run, stop, utc

pytestmark = pytest.mark.django_db

MARCH = date(2026, 3, 1)
CLOSED_AT = datetime(2026, 4, 3, 9, tzinfo=UTC)


@pytest.fixture
def press() -> Equipment:
    """A machine of a line, with four hours' run in March, of which one is down."""
    machine = make_machine(make_plant([(6, 14), (14, 22)]))
    machine.line = Line.objects.create(name="Line", plant=machine.plant)
    machine.save()
    start, end = utc(2026, 3, 10, 8), utc(2026, 3, 10, 12)
    run(machine, start, end)
    produce(machine, start, end, 300, 30)
    stop(machine, utc(2026, 3, 10, 9), utc(2026, 3, 10, 10))
    with time_machine.travel(CLOSED_AT, tick=False):
        rebuild(CLOSED_AT)
    return machine


def closed(press: Equipment) -> ClosedPeriod:
    with time_machine.travel(CLOSED_AT, tick=False):
        return close(press.plant, MARCH, by="ann", completeness=0.98, note="As reported.")


def come_late(press: Equipment) -> None:
    """An hour of stop in March that came after it was closed."""
    late = stop(press, utc(2026, 3, 10, 11), utc(2026, 3, 10, 12))
    mark_spans([(press.pk, late.start, late.end)], CLOSED_AT)
    refresh(CLOSED_AT)


def march(press: Equipment) -> Scope:
    return Scope(first_day=MARCH, last_day=date(2026, 3, 31), plant_ids=(press.plant_id,))


def test_closing_keeps_the_values_of_plant_lines_and_machines(press: Equipment) -> None:
    period = closed(press)
    (live,) = evaluate(["oee"], march(press))
    for place in (
        {"line": None, "equipment": None},
        {"line": press.line},
        {"equipment": press},
    ):
        kept = period.published.get(kpi="oee", **place)
        assert kept.value == pytest.approx(live.value)
        assert (kept.numerator, kept.denominator) == (live.numerator, live.denominator)
    assert (period.by, period.completeness, period.note) == ("ann", 0.98, "As reported.")


def test_nothing_differs_until_late_data_come(press: Equipment) -> None:
    period = closed(press)
    assert restated(period) == []
    come_late(press)
    found = {(each.published.kpi, each.published.equipment_id): each for each in restated(period)}
    changed = found["availability", press.pk]
    assert changed.published.value is not None
    assert changed.difference is not None
    assert changed.difference < 0
    assert changed.now.value == pytest.approx(changed.published.value + changed.difference)
    assert ("quality", press.pk) not in found
    assert next(iter(found))[1] is None  # the plant comes first


def test_what_came_since_is_counted_by_source(press: Equipment) -> None:
    period = closed(press)
    ClosedPeriod.objects.update(closed_at=datetime.now(UTC))
    period.refresh_from_db()
    assert loaded_since(period) == []
    come_late(press)
    assert [count for _, count in loaded_since(period)] == [1]


def test_values_of_a_closed_month_carry_what_was_published(
    press: Equipment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    closed(press)
    was = PublishedValue.objects.get(kpi="availability", line=None, equipment=None).value
    come_late(press)
    scope = march(press)
    whole, parts = evaluate(["availability"], scope), evaluate(["availability"], scope, by="equipment")
    with django_assert_num_queries(1):
        (marked,), (machine,) = beside([(None, whole), ("equipment", parts)], scope)
    assert marked.value == whole[0].value
    assert marked.value != was
    assert (marked.published, marked.published_at) == (was, CLOSED_AT)
    assert machine.published == was
    bucket = evaluate(["availability"], Scope(first_day=date(2026, 2, 1), last_day=date(2026, 3, 31),
                                              plant_ids=scope.plant_ids), grain="month")  # fmt: skip
    (months,) = beside([(None, bucket)], scope)
    assert [value.published for value in months] == [None, was]
    days = evaluate(["availability"], scope, grain="day")
    assert beside([(None, days), (None, whole)], scope)[0] == days


def test_other_periods_ask_nothing(
    press: Equipment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    closed(press)
    scope = Scope(first_day=MARCH, last_day=date(2026, 3, 30), plant_ids=(press.plant_id,))
    values = evaluate(["availability"], scope)
    with django_assert_num_queries(0):
        assert beside([(None, values)], scope) == [values]


def test_several_plants_have_no_published_whole(press: Equipment) -> None:
    closed(press)
    scope = Scope(first_day=MARCH, last_day=date(2026, 3, 31), plant_ids=(press.plant_id, 10**6))
    (value,) = evaluate(["availability"], scope)
    assert beside([(None, [value])], scope) == [[value]]


def test_a_month_is_closed_once_when_it_is_over_and_computed(press: Equipment) -> None:
    closed(press)
    with pytest.raises(NotClosable, match="closed already"):
        closed(press)
    for month, why in ((date(2026, 4, 1), "is not over"), (date(2026, 3, 2), "first day")):
        with time_machine.travel(CLOSED_AT, tick=False), pytest.raises(NotClosable, match=why):
            close(press.plant, month, by="ann", completeness=1)
    StaleDay.objects.create(equipment=press, day=date(2026, 2, 3))
    with pytest.raises(NotClosable, match="being computed"):
        close(Plant.objects.get(), date(2026, 2, 1), by="ann", completeness=1)


def test_reopening_keeps_history(press: Equipment) -> None:
    first = closed(press)
    reopen(first, by="bob", reason="Wrong shift calendar.")
    with pytest.raises(NotClosable, match="open already"):
        reopen(first, by="bob", reason="Again.")
    come_late(press)
    values = evaluate(["availability"], march(press))
    assert beside([(None, values)], march(press)) == [values]
    second = closed(press)
    kept = [
        period.published.get(kpi="availability", line=None, equipment=None).value
        for period in (first, second)
    ]
    assert kept[0] != kept[1] == values[0].value
    first.refresh_from_db()
    assert (first.reopened_by, first.reopen_reason) == ("bob", "Wrong shift calendar.")
