"""What stands at the end of a period: never added up over time, always said in which currency."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from kpis.definitions import CATALOGUE
from kpis.definitions.levels import CREW
from kpis.engine import Scope, UnsupportedBreakdown, UnsupportedGrain, View, evaluate, evaluate_views
from kpis.models import CurrencyRate, Line, Part, PartUse, Product, StockLevel, WorkOrder
from kpis.work.levels import read_levels
from kpis.work.rollup import rebuild
from tests.kpis.work.database import Site, make_site, natural, utc

pytestmark = pytest.mark.django_db
JUNE = Scope(first_day=date(2026, 6, 1), last_day=date(2026, 6, 30))


def with_orders() -> Site:
    """In Lyon: one open since 10 June, one from 1 to 20 June; in Ohio one without an estimate, cancelled."""
    site = make_site()
    lyon, ohio = site.machines
    site.order(equipment=lyon, created_at=utc(2026, 6, 10), estimated_s=3600, team="A")
    site.order(equipment=lyon, created_at=utc(2026, 6, 1), completed_at=utc(2026, 6, 20), estimated_s=7200)
    site.order(
        equipment=ohio, created_at=utc(2026, 6, 5), status="cancelled", source_updated_at=utc(2026, 6, 15, 12)
    )
    return site


def test_open_work_at_the_end_of_each_week() -> None:
    with_orders()
    found = evaluate(["backlog_orders", "backlog"], JUNE, "week")
    by_name = {
        name: [value.value for value in found if value.kpi == name] for name in ("backlog_orders", "backlog")
    }
    assert by_name == {"backlog_orders": [2, 3, 1, 1, 1], "backlog": [7200, 10800, 3600, 3600, 3600]}


def test_of_the_whole_period_its_end_counts_beside_buckets() -> None:
    with_orders()
    weeks, whole, plants = evaluate_views(
        [View(("backlog",), "week", None), View(("backlog",), None, None), View(("backlog",), None, "plant")],
        JUNE,
    )
    assert len(weeks) == 5
    assert [value.value for value in whole] == [3600]
    assert [(value.key.label, value.value) for value in plants if value.value] == [("Lyon", 3600)]


def test_parts_and_places() -> None:
    site = with_orders()
    day = Scope(first_day=date(2026, 6, 12), last_day=date(2026, 6, 12))
    teams = {value.key.label: value.value for value in evaluate(["backlog_orders"], day, by="team")}
    assert teams == {"A": 1, "No team": 2}
    only = Scope(first_day=day.first_day, last_day=day.last_day, equipment_ids=(site.machines[1].pk,))
    (value,) = evaluate(["backlog"], only)
    assert value.value is None
    assert "without an estimate: 1" in value.missing


def test_weeks_of_backlog_need_the_crews_hours_and_are_by_plant() -> None:
    site = with_orders()
    (value,) = evaluate(["backlog_weeks"], JUNE)
    assert value.value is None
    site.plants[0].capacity_s_per_week = 1800
    site.plants[0].save()
    (value,) = evaluate(["backlog_weeks"], JUNE)
    assert value.value == 2
    with pytest.raises(UnsupportedBreakdown, match="plant"):
        evaluate(["backlog_weeks"], JUNE, by="line")


def test_the_crews_hours_go_by_the_days_of_a_bucket_up_to_today() -> None:
    site = with_orders()
    site.plants[0].capacity_s_per_week = 7000
    site.plants[0].save()
    ten = replace(JUNE, last_day=date(2026, 6, 10))
    rows = read_levels("capacity", [CREW], ten, "week", [])
    assert {row["bucket"].day: row["sum_crew_s"] for row in rows} == {1: 7000, 8: 3000}
    ahead = Scope(first_day=date(2300, 1, 1), last_day=date(2300, 1, 7))
    assert [row["sum_crew_s"] for row in read_levels("capacity", [CREW], ahead, None, [])] == [0]


def test_no_level_within_a_day() -> None:
    with_orders()
    with pytest.raises((UnsupportedGrain, UnsupportedBreakdown)):
        evaluate(["backlog"], Scope(first_day=JUNE.first_day, last_day=JUNE.first_day), "hour")


def valued() -> Site:
    site = make_site()
    for machine, value in zip(site.machines, (1000, 500), strict=True):
        machine.replacement_value = value
        machine.save()
    return site


def test_replacement_value_in_one_currency_and_in_the_enterprises() -> None:
    site = valued()
    lyon = Scope(first_day=JUNE.first_day, last_day=JUNE.last_day, plant_ids=(site.plants[1].pk,))
    (value,) = evaluate(["replacement_value"], lyon)
    assert (value.value, value.currency) == (500, "USD")
    (value,) = evaluate(["replacement_value"], JUNE)
    assert value.value is None
    assert "without a rate into the enterprise's currency" in value.undefined_reason
    CurrencyRate.objects.create(currency="USD", valid_from=date(2026, 1, 1), per_enterprise_unit=2)
    CurrencyRate.objects.create(currency="USD", valid_from=date(2026, 6, 15), per_enterprise_unit=1.25)
    (value,) = evaluate(["replacement_value"], JUNE)
    assert (value.value, value.currency, value.sample_size) == (1400, "EUR", 2)


def test_cost_over_replacement_value() -> None:
    site = valued()
    site.cost(utc(2026, 6, 3), amount=50, equipment=site.machines[0])
    rebuild()
    lyon = Scope(first_day=JUNE.first_day, last_day=JUNE.last_day, plant_ids=(site.plants[0].pk,))
    (value,) = evaluate(["maintenance_cost_of_replacement_value"], lyon)
    assert value.value == pytest.approx(0.05)
    first, *_ = evaluate(["maintenance_cost_of_replacement_value"], lyon, "rolling")
    assert first.value == 0 or first.value is None


def test_machines_count_from_their_first_day_and_lines_split_them() -> None:
    site = valued()
    machine = site.machines[0]
    machine.line = Line.objects.create(plant=site.plants[0], name="Line 1")
    machine.in_service_on = date(2026, 6, 20)
    machine.save()
    scope = Scope(first_day=JUNE.first_day, last_day=JUNE.last_day, plant_ids=(site.plants[0].pk,))
    found = evaluate(["replacement_value"], scope, "week", "line")
    assert [(value.key.label, value.value) for value in found][-2:] == [("Line 1", 1000)] * 2
    assert found[0].value is None


def test_stock_of_spare_parts_is_known_as_it_is_now() -> None:
    site = make_site()
    belt, bolt = (Product.objects.create(name=name) for name in ("Belt", "Bolt"))
    Part.objects.create(name="Belt", product=belt)
    for product in (belt, bolt):
        StockLevel.objects.create(
            **natural(), product=product, plant=site.plants[0], location="A", quantity=3, unit_value=10
        )
    today = datetime.now(UTC).date()
    (now,) = evaluate(["spare_parts_stock_value"], Scope(first_day=today, last_day=today + timedelta(days=1)))
    assert (now.value, now.currency) == (30, "EUR")
    (then,) = evaluate(["spare_parts_stock_value"], JUNE)
    assert then.value is None


def test_parts_that_open_orders_ask_for_are_out_where_there_are_fewer() -> None:
    """Of three parts asked for, one is short, and of one nobody knows how many there are."""
    site = make_site()
    scope = _until_now()
    order = site.order(equipment=site.machines[0], created_at=utc(2026, 6, 1))
    for have, asked in ((5, 4), (1, 2), (None, 9)):
        part = Part.objects.create(name=f"{have}", code=f"{have}", quantity_on_hand=have)
        PartUse.objects.create(**natural(), work_order=order, part=part, quantity=asked)
    (found,) = evaluate(["stock_outs"], scope)
    assert (found.value, found.numerator, found.sample_size) == (0.5, 1, 2)
    WorkOrder.objects.update(status="completed", completed_at=order.created_at)
    (found,) = evaluate(["stock_outs"], scope)
    assert found.value is None


def test_spare_parts_turn_as_often_as_what_was_used_holds_what_lies_there() -> None:
    site = make_site()
    belt = Product.objects.create(name="Belt")
    part = Part.objects.create(name="Belt", product=belt)
    StockLevel.objects.create(
        **natural(), product=belt, plant=site.plants[0], location="A", quantity=3, unit_value=10
    )
    used = datetime.now(UTC)
    order = site.order(equipment=site.machines[0], created_at=used)
    PartUse.objects.create(**natural(), work_order=order, part=part, quantity=6, unit_cost=10, used_at=used)
    rebuild()
    (found,) = evaluate(["spare_part_turns"], _until_now())
    assert (found.value, found.unit, found.numerator) == (2, "turns", 60)


def _until_now() -> Scope:
    today = datetime.now(UTC).date()
    return Scope(first_day=today - timedelta(days=1), last_day=today + timedelta(days=1))


def test_levels_are_in_the_catalogue() -> None:
    assert {"backlog", "backlog_weeks", "replacement_value", "spare_parts_stock_value"} <= CATALOGUE.keys()
