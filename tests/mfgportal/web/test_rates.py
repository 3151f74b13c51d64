"""Rates of currencies and stops: who may set them, and that costs follow."""

from datetime import date
from decimal import Decimal

import pytest

from kpis.models import CurrencyRate, Equipment, Plant, PlantRate, ShiftComponents, StaleWork
from kpis.work.rollup import refresh
from tests.mfgportal.queue import LogIn, World

STOP = {"per_hour": "250", "valid_from": "2026-06-01"}
DOLLARS = {"currency": "usd", "per_enterprise_unit": "1.08", "valid_from": "2026-06-01"}


@pytest.mark.parametrize("address", ["/rates/", "/rates/currencies/add/", "/rates/stops/add/"])
def test_rates_are_for_administrators(world: World, as_user: LogIn, address: str) -> None:
    client = as_user(world.lead)
    assert (client.get(address) if address == "/rates/" else client.post(address)).status_code == 403


def test_a_currency_gets_a_rate_and_loses_it(world: World, as_user: LogIn) -> None:
    client = as_user(world.admin)
    assert client.post("/rates/currencies/add/", DOLLARS).status_code == 302
    assert client.post("/rates/currencies/add/", DOLLARS | {"per_enterprise_unit": "1.1"}).status_code == 302
    rate = CurrencyRate.objects.get()
    assert (rate.currency, rate.valid_from, float(rate.per_enterprise_unit)) == ("USD", date(2026, 6, 1), 1.1)
    page = client.get("/rates/").content.decode()
    assert "1.1" in page
    assert client.post(f"/rates/currencies/{rate.pk}/remove/").status_code == 302
    assert not CurrencyRate.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"currency": "EUR"}, {"currency": "ZZZ"}, {"per_enterprise_unit": "0"}, {"valid_from": "soon"}]
)
def test_wrong_rates_come_back(world: World, as_user: LogIn, wrong: dict[str, str]) -> None:
    assert as_user(world.admin).post("/rates/currencies/add/", DOLLARS | wrong).status_code == 422
    assert not CurrencyRate.objects.exists()


def test_stops_cost_from_now_on(world: World, as_user: LogIn) -> None:
    client, machine = as_user(world.admin), Equipment.objects.filter(plant=world.lyon)[0]
    ShiftComponents.objects.create(
        equipment=machine,
        day=date(2026, 6, 2),
        shift=1,
        start="2026-06-02T06:00Z",
        end="2026-06-02T14:00Z",
        computed_at="2026-06-02T14:00Z",
        breakdown_s=1800,
    )
    place = {"place": f"plant/{world.lyon.pk}"}
    assert client.post("/rates/stops/add/", STOP | {"place": "enterprise"}).status_code == 422
    assert client.post("/rates/stops/add/", STOP | place).status_code == 302
    assert client.post("/rates/stops/add/", STOP | place | {"per_hour": "300"}).status_code == 302
    rate = PlantRate.objects.get()
    assert StaleWork.objects.filter(equipment=machine, month=date(2026, 6, 1)).exists()
    refresh()
    assert client.get("/rates/").status_code == 200
    client.post(f"/rates/stops/{rate.pk}/remove/")
    assert StaleWork.objects.filter(equipment=machine).exists()


def test_a_plant_says_its_crews_hours_and_its_rate_of_labour(world: World, as_user: LogIn) -> None:
    client, address = as_user(world.admin), f"/plants/{world.lyon.pk}/settings/"
    form = {"timezone": "Europe/Paris", "currency": "EUR", "micro_stop_s": "300", "calendar": ""}
    more = {"labour_rate": "45.50", "repeat_window_days": "14", "capacity_h": "120"}
    assert client.post(address, form | more).status_code == 302
    world.lyon.refresh_from_db()
    assert (world.lyon.labour_rate, world.lyon.repeat_window_days) == (Decimal("45.5"), 14)
    assert world.lyon.capacity_s_per_week == 120 * 3600
    assert 'value="120.0"' in client.get(address).content.decode()
    assert client.post(address, form).status_code == 302
    world.lyon.refresh_from_db()
    assert world.lyon.repeat_window_days == 14
    assert Plant.objects.get(pk=world.lyon.pk).capacity_s_per_week is None
