"""Forms to correct a value of a held record: one per field, typed. Times are in the plant's zone."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils import timezone

from mfgportal import locales
from mfgportal.accounts.models import User
from mfgportal.overrides import correctable_fields
from mfgportal.web.sides import text, words
from sync.models import SyncException


class CorrectionForm(forms.Form):
    """A new value and why. ``value`` is set up for the field's type."""

    external_key = forms.CharField(widget=forms.HiddenInput)
    field = forms.CharField(widget=forms.HiddenInput)
    value = forms.CharField()
    reason = forms.CharField(widget=forms.Textarea({"rows": 2}))


@dataclass(frozen=True, slots=True)
class Correctable:
    """A field that may be corrected, and its form."""

    external_key: str
    field: str
    value: Any
    zone: str
    form: CorrectionForm

    @property
    def shown(self) -> str:
        """The value in force, for people."""
        if isinstance(self.value, datetime):
            return locales.moment(self.value, seconds=True)
        return locales.day(self.value) if isinstance(self.value, date) else text(self.value)

    @property
    def label(self) -> str:
        return words(self.field)


def correctable(user: User, exception: SyncException, posted: QueryDict | None = None) -> list[Correctable]:
    """The fields of an exception's records, that at fault first. ``posted``: the answer to one form."""
    zone = exception.plant.timezone if exception.plant else "UTC"
    return [
        _correctable(number, given, zone, posted)
        for number, given in enumerate(correctable_fields(user, exception))
    ]


def _correctable(number: int, given: dict[str, Any], zone: str, posted: QueryDict | None) -> Correctable:
    mine = {name: given[name] for name in ("external_key", "field")}
    answer = posted if posted and all(posted.get(name) == value for name, value in mine.items()) else None
    value = _read(given, zone)
    form = CorrectionForm(answer, initial={**mine, "value": value}, auto_id=f"id_{number}_%s")
    form.fields["value"] = _input(given["type"], zone)
    return Correctable(mine["external_key"], mine["field"], value, zone, form)


def _read(given: dict[str, Any], zone: str) -> Any:
    """The value in force, as people read it."""
    if given["type"] == "datetime" and given["value"]:
        return datetime.fromisoformat(given["value"]).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return given["value"]


def _input(kind: str, zone: str) -> forms.Field:
    if kind == "datetime":
        widget = forms.DateTimeInput({"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S")
        return forms.DateTimeField(label="New value", widget=widget, help_text=f"In {zone} time.")
    if kind == "date":
        return forms.DateField(label="New value", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    if kind == "truth":
        choices = [("true", "Yes"), ("false", "No")]
        return forms.TypedChoiceField(label="New value", choices=choices, coerce=lambda text: text == "true")
    if kind == "number":
        return forms.FloatField(label="New value", widget=forms.NumberInput({"step": "any"}))
    return forms.CharField(label="New value", max_length=400)


def answered(choices: list[Correctable]) -> Correctable | None:
    """The form that was answered, of all."""
    return next((choice for choice in choices if choice.form.is_bound), None)


def is_valid(choice: Correctable) -> bool:
    """Validate; a time without offset is one of the plant's clock."""
    with timezone.override(ZoneInfo(choice.zone)):
        return choice.form.is_valid()


def json_value(value: Any) -> Any:
    """A cleaned value as JSON: a day or a time as ISO 8601, a time with its offset."""
    return value.isoformat() if isinstance(value, date) else value
