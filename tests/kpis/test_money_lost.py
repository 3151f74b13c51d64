"""What stops cost, by machine and reason, in the plant's money and in the enterprise's."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine

from kpis.models import CurrencyRate, PlantRate
from kpis.money_lost import MoneyLost, money_lost
from kpis.rollup import rebuild
from kpis.scope import Scope
from kpis.work.rollup import rebuild as rebuild_work
from tests.factories import make_machine, make_plant, stop

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
MONDAY = date(2026, 11, 23)


@pytest.fixture
def stops(db: None) -> Iterator[None]:
    """On Monday an hour and a half down in Lyon at 400 EUR, half an hour in Pune at 9,000 INR."""
    with time_machine.travel(NOW, tick=False):
        lyon, pune = make_plant("Lyon"), make_plant("Pune", "Asia/Kolkata", currency="INR")
        press, lathe = make_machine(lyon, "Press 1"), make_machine(pune, "Lathe 1")
        stop(press, datetime(2026, 11, 23, 11, 30, tzinfo=UTC), 60)
        stop(press, datetime(2026, 11, 23, 6, tzinfo=UTC), 30, "setup-and-adjustments")
        stop(lathe, datetime(2026, 11, 23, 6, tzinfo=UTC), 30)
        for plant, per_hour in ((lyon, 400), (pune, 9000)):
            PlantRate.objects.create(plant=plant, valid_from=date(2026, 1, 1), per_hour=per_hour)
        rebuild(NOW)
        yield


def lost() -> MoneyLost:
    rebuild_work()
    return money_lost(Scope(first_day=MONDAY, last_day=MONDAY))


def test_the_dearest_first_in_both_currencies(stops: None) -> None:
    CurrencyRate.objects.create(currency="INR", valid_from=date(2026, 1, 1), per_enterprise_unit=90)
    found = lost()
    rows = [(each.name, each.amount, each.currency, each.base, each.seconds) for each in found.machines]
    assert rows == [("Press 1", 600, "EUR", 600, 5400), ("Lathe 1", 4500, "INR", 50, 1800)]
    reasons = [(each.reason, round(each.base, 6), each.seconds) for each in found.reasons]
    assert reasons == [("Equipment failure", 450, 5400), ("Setup and adjustments", 200, 1800)]
    assert (found.base, found.unknown, found.unpriced_s) == (650, 0, 0)


def test_a_currency_without_a_rate_is_not_taken_as_ours(stops: None) -> None:
    found = lost()
    assert {each.name: each.base for each in found.machines} == {"Press 1": 600, "Lathe 1": None}
    assert (found.base, found.unknown) == (None, 1)
    assert [(each.reason, round(each.base, 6)) for each in found.reasons] == [
        ("Equipment failure", 400),
        ("Setup and adjustments", 200),
    ]


def test_without_any_rate_no_money_is_known(stops: None) -> None:
    PlantRate.objects.all().delete()
    found = lost()
    assert not found.known
    assert found.base == 0
