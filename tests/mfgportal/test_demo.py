"""The demo's money shows figures, and what people set stays."""

from decimal import Decimal

import pytest

from kpis.models import CurrencyRate, Plant, PlantRate
from mfgportal.demo import CREW_S_PER_WEEK, seed_money
from tests.factories import make_plant


@pytest.mark.django_db
def test_it_fills_what_is_empty_and_nothing_else() -> None:
    lyon = make_plant()
    PlantRate.objects.create(plant=lyon, valid_from="2026-01-01", per_hour=100)
    make_plant("Poznań", "Europe/Warsaw", currency="PLN", capacity_s_per_week=3600)
    seed_money()
    seed_money()
    rates = PlantRate.objects.order_by("plant__name").values_list("plant__name", "per_hour")
    assert list(rates) == [("Lyon", Decimal(100)), ("Poznań", Decimal(1020))]
    assert list(Plant.objects.order_by("name").values_list("capacity_s_per_week", flat=True)) == [
        CREW_S_PER_WEEK,
        3600,
    ]
    assert CurrencyRate.objects.get().currency == "PLN"
