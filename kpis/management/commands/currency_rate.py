"""`manage.py currency_rate USD 1.08 --from 2026-06-01`: what one of the enterprise's currency buys."""

from argparse import ArgumentParser
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kpis.models import CurrencyRate
from kpis.work.settings import set_currency_rate


class Command(BaseCommand):
    help = "Set units of a currency for one of the enterprise's from a day on, or list the rates."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("currency", nargs="?", help="ISO 4217 code")
        parser.add_argument("rate", nargs="?", help=f"units for one {settings.ENTERPRISE_CURRENCY}")
        parser.add_argument("--from", dest="valid_from", type=date.fromisoformat, help="day, default: today")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["currency"] and options["rate"]:
            self._set(options["currency"].upper(), options["rate"], options["valid_from"])
        elif options["currency"]:
            raise CommandError("Give the currency and its rate, or neither to list the rates.")
        for row in CurrencyRate.objects.all():
            self.stdout.write(
                f"{row.valid_from}  1 {settings.ENTERPRISE_CURRENCY} = {_plain(row)} {row.currency}"
            )

    def _set(self, currency: str, rate: str, valid_from: date | None) -> None:
        if currency == settings.ENTERPRISE_CURRENCY:
            raise CommandError(f"{currency} is the enterprise's currency: it has no rate.")
        if not (currency.isalpha() and len(currency) == 3):
            raise CommandError("A currency has three letters, as in ISO 4217.")
        try:
            units = Decimal(rate)
        except InvalidOperation:
            raise CommandError(f"{rate} is no number.") from None
        if not units.is_finite() or units <= 0:
            raise CommandError("A rate is above zero.")
        set_currency_rate(currency, valid_from or timezone.now().date(), units)


def _plain(row: CurrencyRate) -> str:
    return f"{row.per_enterprise_unit.normalize():f}"
