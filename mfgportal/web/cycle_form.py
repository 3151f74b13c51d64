"""The form of a dated ideal cycle. Times are of the plant's clock."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from kpis.models import Equipment, IdealCycle, Operation
from sync.cycles import state


class CycleForm(forms.Form):
    operation = forms.ModelChoiceField(Operation.objects.none())
    seconds = forms.FloatField(
        label="Seconds per unit",
        required=False,
        min_value=0.001,
        max_value=1e7,
        widget=forms.NumberInput({"step": "any"}),
        help_text="The least it can take. Empty: it is not known from then on.",
    )
    valid_from = forms.DateTimeField(
        label="Valid from",
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, machine: Equipment, data: Any = None) -> None:
        super().__init__(data)
        self.zone = ZoneInfo(machine.plant.timezone)
        operation = self.fields["operation"]
        assert isinstance(operation, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        operation.queryset = machine.operations.order_by("name")
        self.fields["valid_from"].help_text = f"In {self.zone.key} time. Empty: since its first production."

    def clean_valid_from(self) -> datetime | None:
        given: datetime | None = self.cleaned_data["valid_from"]
        if given is None:
            return None
        at = given.replace(tzinfo=self.zone)
        if at > timezone.now():
            raise ValidationError("It is in the future; say so when it has come.")
        if at.year < 1971:
            raise ValidationError("Leave it empty to say that it always held.")
        return at

    def save(self, by: str) -> IdealCycle:
        """Restates the production from then on, to the operation's next dated cycle."""
        given = self.cleaned_data
        return state(given["operation"], seconds=given["seconds"], by=by, valid_from=given["valid_from"])
