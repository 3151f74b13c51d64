"""What the demo's plants have settled about money and crews, so that costs and backlogs show figures."""

from datetime import date
from decimal import Decimal

from kpis.models import CurrencyRate, Plant, PlantRate
from kpis.work.settings import save_stop_rate, set_currency_rate

SINCE = date(2020, 1, 1)
STOP_PER_HOUR = Decimal(240)
"""In euros; a plant's own currency at the rate below."""
CREW_S_PER_WEEK = 3 * 37.5 * 3600
PER_EURO = {
    "PLN": Decimal("4.25"),
    "USD": Decimal("1.08"),
    "GBP": Decimal("0.86"),
    "CZK": Decimal(25),
    "INR": Decimal(97),
}


def seed_money() -> None:
    """Give each plant a rate, a crew and an exchange rate, where people have set none. Safe to repeat."""
    for plant in Plant.objects.filter(rates=None):
        save_stop_rate(PlantRate(plant=plant, valid_from=SINCE, per_hour=_stop_per_hour(plant.currency)))
    Plant.objects.filter(capacity_s_per_week=None).update(capacity_s_per_week=CREW_S_PER_WEEK)
    known = set(CurrencyRate.objects.values_list("currency", flat=True))
    for currency in set(Plant.objects.values_list("currency", flat=True)) - known:
        if currency in PER_EURO:
            set_currency_rate(currency, SINCE, PER_EURO[currency])


def _stop_per_hour(currency: str) -> Decimal:
    """Rounded as a person would settle it."""
    return (STOP_PER_HOUR * PER_EURO.get(currency, Decimal(1))).quantize(Decimal(10))
