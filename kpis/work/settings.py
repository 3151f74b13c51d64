"""What people say about money, written with what it touches marked: one transaction."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from kpis.models import CurrencyRate, PlantRate
from kpis.work.marks import mark_currencies, mark_stop_rates


@transaction.atomic
def set_currency_rate(currency: str, valid_from: date, per_enterprise_unit: Decimal) -> CurrencyRate:
    """Units of a currency for one of the enterprise's, from a day on; amounts are converted anew."""
    row, _ = CurrencyRate.objects.update_or_create(
        currency=currency, valid_from=valid_from, defaults={"per_enterprise_unit": per_enterprise_unit}
    )
    mark_currencies([currency])
    return row


@transaction.atomic
def remove_currency_rate(row: CurrencyRate) -> None:
    row.delete()
    mark_currencies([row.currency])


@transaction.atomic
def save_stop_rate(row: PlantRate) -> None:
    """What an hour of stop costs from a day on; a rate of the same place and day is replaced."""
    same = PlantRate.objects.filter(
        plant=row.plant, line=row.line, equipment=row.equipment, valid_from=row.valid_from
    )
    same.exclude(pk=row.pk).delete()
    row.save()
    mark_stop_rates([row.plant_id])


@transaction.atomic
def remove_stop_rate(row: PlantRate) -> None:
    row.delete()
    mark_stop_rates([row.plant_id])
