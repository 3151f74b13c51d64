"""The form of a target. Value and band are written in the KPI's own unit."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from kpis.definitions import CATALOGUE, Unit
from kpis.models import Target
from kpis.targets import Spot, may_have_target
from mfgportal.accounts.models import User
from mfgportal.web.place_field import PlaceField, chosen, ids_of
from mfgportal.web.written import Unwritable, parse, write


def kpi_choices() -> list[tuple[str, str]]:
    """KPIs that may have a target, by title; with the side that is good."""
    rows = [kpi for kpi in CATALOGUE.values() if may_have_target(kpi)]
    return [
        (kpi.name, f"{kpi.title} ({'at least' if kpi.better == 'up' else 'at most'})")
        for kpi in sorted(rows, key=lambda kpi: kpi.title)
    ]


class TargetForm(forms.Form):
    """A new target, or another value and band of one that is there: place, KPI and first day then stay."""

    kpi = forms.ChoiceField(label="KPI", choices=kpi_choices)
    place = PlaceField(help_text="It holds for all that is in the place and has no target of its own.")
    value = forms.CharField(
        label="Target", max_length=30, help_text="For example 65 % or 45 min, as the KPI has it."
    )
    band = forms.CharField(
        label="Warning band",
        max_length=30,
        required=False,
        help_text="A value that misses the target by no more than this is a warning, not off target.",
    )
    valid_from = forms.DateField(
        label="Holds from",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="First production day. What held before keeps judging the days before.",
    )

    def __init__(self, user: User, data: Any = None, target: Target | None = None) -> None:
        super().__init__(data, initial=_initial(target))
        place = self.fields["place"]
        assert isinstance(place, PlaceField)  # noqa: S101 - for the type checker
        place.offer(user)
        if target is not None:
            for name in ("kpi", "place", "valid_from"):
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if kpi := CATALOGUE.get(given.get("kpi", "")):
            for name in ("value", "band"):
                given[name] = self._number(name, given.get(name, ""), kpi.unit)
        return given

    def _number(self, name: str, text: str, unit: Unit) -> float | None:
        if not text:
            return 0.0
        try:
            number = parse(text, unit)
        except Unwritable as wrong:
            self.add_error(name, ValidationError(str(wrong)))
            return None
        if number < 0:
            self.add_error(name, ValidationError("It cannot be negative."))
        return number

    @property
    def columns(self) -> dict[str, Any]:
        """What a ``Target`` keeps; once the fields are clean."""
        given = {name: self.cleaned_data[name] for name in ("kpi", "value", "band", "valid_from")}
        spot: Spot = self.cleaned_data["place"]
        return given | ids_of(spot)


def _initial(target: Target | None) -> dict[str, Any]:
    if target is None:
        return {"valid_from": date.today()}  # noqa: DTZ011 - a suggestion
    unit = CATALOGUE[target.kpi].unit
    return {
        "kpi": target.kpi,
        "place": chosen(target),
        "value": write(target.value, unit),
        "band": write(target.band, unit),
        "valid_from": target.valid_from,
    }
