"""Forms of rates: of currencies, and of what a stop costs."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from kpis.models import CurrencyRate, PlantRate
from kpis.targets import Spot
from kpis.work.settings import save_stop_rate, set_currency_rate
from mfgportal.accounts.models import User
from mfgportal.web.place_field import PlaceField, ids_of
from sync.currencies import CODES


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


class CurrencyRateForm(forms.Form):
    """Units of a currency for one of the enterprise's, from a day on."""

    currency = forms.CharField(min_length=3, max_length=3, help_text="As in ISO 4217, for example USD.")
    per_enterprise_unit = forms.DecimalField(label="Units", min_value=0, max_digits=20, decimal_places=8)
    valid_from = _day("From")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["per_enterprise_unit"].help_text = f"For one {settings.ENTERPRISE_CURRENCY}."

    def clean_currency(self) -> str:
        code: str = self.cleaned_data["currency"].upper()
        if code not in CODES:
            raise ValidationError("There is no such currency in ISO 4217.")
        if code == settings.ENTERPRISE_CURRENCY:
            raise ValidationError("This is the enterprise's currency: it has no rate.")
        return code

    def clean_per_enterprise_unit(self) -> Any:
        units = self.cleaned_data["per_enterprise_unit"]
        if not units:
            raise ValidationError("A rate is above zero.")
        return units

    def save(self) -> CurrencyRate:
        return set_currency_rate(**self.cleaned_data)


class StopRateForm(forms.Form):
    """What an hour of unplanned stop costs at a place, from a day on."""

    place = PlaceField(help_text="A machine's own rate goes before its line's, and that before its plant's.")
    per_hour = forms.DecimalField(
        label="Per hour",
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text="Of unplanned stop within planned time, in the plant's currency.",
    )
    valid_from = _day("From")

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        place = self.fields["place"]
        assert isinstance(place, PlaceField)  # noqa: S101 - for the type checker
        place.offer(user)

    def clean_place(self) -> Spot:
        spot: Spot = self.cleaned_data["place"]
        if spot.plant_id is None:
            raise ValidationError("Choose a plant, a line or a machine.")
        return spot

    def save(self) -> PlantRate:
        spot: Spot = self.cleaned_data["place"]
        row = PlantRate(
            **ids_of(spot), per_hour=self.cleaned_data["per_hour"], valid_from=self.cleaned_data["valid_from"]
        )
        save_stop_rate(row)
        return row
