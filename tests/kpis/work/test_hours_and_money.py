"""Hours by kind of work, and money in two currencies."""

from datetime import date

import pytest

from kpis.work.facts import Hours, Money, Taken
from kpis.work.rates import rates_of
from kpis.work.tally import Part, tally
from tests.kpis.work.books import at, book, dollars, order, plan, rules, sums


def hours(found: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in found.items() if name.startswith("labour") and name.endswith("_s")}


def test_reactive_work_is_begun_in_the_week_it_is_asked_for_and_never_planned() -> None:
    one = order(created_at=at(1), began_at=at(7, 20), estimated_s=3600, status="in_progress")
    found = sums(book(one, hours=[Hours(one.id, None, at(8), 600, 30)]))
    assert hours(found) == {"labour_s": 600, "labour_corrective_s": 600, "labour_reactive_s": 600}


def test_corrective_work_of_another_week_with_an_estimate_is_planned() -> None:
    one = order(created_at=at(1), began_at=at(8), estimated_s=3600, status="in_progress")
    found = sums(book(one, hours=[Hours(one.id, None, at(8), 600, 30)]))
    assert hours(found) == {"labour_s": 600, "labour_corrective_s": 600, "labour_planned_s": 600}


@pytest.mark.parametrize(
    "sign", [{"of_a_plan": True}, {"planned": plan((at(1), at(2)))}, {"estimated_s": 60.0}]
)
def test_signs_of_planning(sign: dict[str, object]) -> None:
    one = order(work_type="preventive", created_at=at(1), began_at=at(2), **sign)
    found = sums(book(one, hours=[Hours(one.id, None, at(2), 600, 30)]))
    assert hours(found) == {"labour_s": 600, "labour_preventive_s": 600, "labour_planned_s": 600}


def test_an_order_written_after_the_work_began_was_not_planned() -> None:
    one = order(work_type="preventive", created_at=at(3), began_at=at(2), estimated_s=60)
    assert "labour_planned_s" not in sums(book(one, hours=[Hours(one.id, None, at(2), 600, 30)]))


def test_rework_is_work_on_a_repeat() -> None:
    first, again = (
        order(created_at=at(1), completed_at=at(1, 9)),
        order(created_at=at(3), completed_at=at(3, 9)),
    )
    logged = [Hours(one.id, None, one.created_at, 600, 30) for one in (first, again)]
    assert sums(book(first, again, hours=logged))["labour_rework_s"] == 600


def test_hours_belong_to_who_did_them_and_the_rest_to_whom_the_order_was_given() -> None:
    one = order(created_at=at(1), status="open", technician_id=1)
    rows = tally(book(one, hours=[Hours(one.id, 2, at(1), 3600, 30), Hours(one.id, None, at(1), 60, 30)]))
    by = {part.technician_id: values for part, values in rows.items()}
    assert (by[2]["labour_s"], by[1]["labour_s"], by[1]["created"]) == (3600, 60, 1)
    assert "created" not in by[2]


def test_hours_without_a_time_belong_to_the_day_of_completion() -> None:
    one = order(created_at=at(1), completed_on=date(2026, 6, 5))
    rows = tally(book(one, hours=[Hours(one.id, None, None, 600, 30)]))
    assert rows[Part(date(2026, 6, 5), "corrective")]["labour_s"] == 600


@pytest.mark.parametrize(
    ("own", "of_plant", "cost", "without"), [(30, 50, 15, 0), (None, 50, 25, 0), (None, None, 0, 1800)]
)
def test_rates_of_labour(own: float | None, of_plant: float | None, cost: float, without: float) -> None:
    one = order(created_at=at(1), status="open")
    found = sums(book(one, hours=[Hours(one.id, None, at(1), 1800, own)], rules=rules(labour_rate=of_plant)))
    assert found.get("labour_cost", 0) == cost
    assert found.get("corrective_cost", 0) == cost
    assert found.get("labour_without_rate_s", 0) == without


def test_parts_at_their_cost_of_then_and_brought_back() -> None:
    one = order(work_type="preventive", created_at=at(1), status="open")
    taken = [Taken(one.id, at(2), 3, 10), Taken(one.id, at(2), -1, 10), Taken(one.id, at(2), 1, None)]
    found = sums(book(one, taken=taken))
    assert (found["part_cost"], found["parts_used"], found["preventive_cost"]) == (20, 20, 20)
    assert (found["parts_requested"], found["parts_without_cost"]) == (2, 1)


def test_costs_by_category_and_the_day_they_name() -> None:
    one = order(created_at=at(1), status="open")
    money = [
        Money(one.id, None, date(2026, 6, 4), "contractor", 100, ""),
        Money(None, at(5), None, "other", 7, "EUR"),
        Money(None, at(5), None, "labour", 3, ""),
    ]
    rows = tally(book(one, money=money))
    assert rows[Part(date(2026, 6, 4), "corrective")]["contractor_cost"] == 100
    assert rows[Part(date(2026, 6, 5))] == {
        "other_cost": 7,
        "other_cost_base": 7,
        "labour_cost": 3,
        "labour_cost_base": 3,
    }


def test_the_enterprise_currency_at_the_rate_of_the_day() -> None:
    money = [Money(None, at(day), None, "other", 100, "") for day in (5, 12)]
    found = sums(book(money=money, rules=rules(currency="USD", rates=dollars())))
    assert found == {"other_cost": 200, "other_cost_base": pytest.approx(180)}


def test_a_missing_rate_is_counted_and_nothing_is_taken_as_one_to_one() -> None:
    money = [Money(None, at(12, month=5), None, "other", 100, "")]
    found = sums(book(money=money, rules=rules(currency="USD", rates=dollars())))
    assert found == {"other_cost": 100, "without_base_rate": 1}


def test_money_of_another_currency_than_the_plants() -> None:
    money = [Money(None, at(5), None, "other", 125, "USD"), Money(None, at(5), None, "other", 9, "GBP")]
    found = sums(book(money=money, rules=rules(rates=dollars())))
    assert found == {"other_cost": 100, "other_cost_base": 100, "without_rate": 1, "without_base_rate": 1}


def test_rates_begin_on_their_day() -> None:
    rates = rates_of("EUR", [("USD", date(2026, 6, 10), 1.0), ("USD", date(2026, 6, 1), 1.25)])
    days = [date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 9), date(2026, 6, 10)]
    assert [rates.per_unit("USD", day) for day in days] == [None, 1.25, 1.25, 1.0]
    assert rates.convert(125, "USD", "EUR", days[1]) == 100
    assert rates.convert(100, "EUR", "USD", days[1]) == 125
