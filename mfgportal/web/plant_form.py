"""The form of what a plant assumes."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.validators import RegexValidator
from django.db import transaction

from kpis.models import Plant
from kpis.rollup import mark_plants
from kpis.work.marks import mark_plants as mark_work

HOUR = 3600


class PlantForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    timezone = forms.ChoiceField(label="Time zone")
    currency = forms.CharField(
        max_length=3, validators=[RegexValidator(r"^[A-Z]{3}$", "Three capital letters, as in ISO 4217.")]
    )

    repeat_window_days = forms.IntegerField(
        label="Repeat window, in days",
        required=False,
        min_value=0,
        max_value=365,
        help_text="A repair asked for so soon after another on the machine is a repeat.",
    )
    capacity_h = forms.FloatField(
        label="Maintenance hours per week",
        required=False,
        min_value=0,
        help_text="Working time of the whole crew, overtime included, less what is no maintenance. It turns "
        "the backlog into weeks.",
    )

    class Meta:
        model = Plant
        fields = (
            "timezone", "currency", "micro_stop_s", "calendar", "labour_rate", "repeat_window_days",
        )  # fmt: skip
        labels = {
            "micro_stop_s": "Micro-stop limit, in seconds",
            "calendar": "Shift calendar",
            "labour_rate": "Rate of labour",
        }
        help_texts = {
            "micro_stop_s": "An unplanned stop shorter than this is a speed loss, not a failure.",
            "labour_rate": "Per hour, in the plant's currency: of work whose record and person have no rate.",
            "calendar": "For machines without a calendar of their own. Without any: round the clock.",
        }

    def save(self, commit: bool = True) -> Plant:
        """Save it, and have its machines' components computed again."""
        hours = self.cleaned_data["capacity_h"]
        self.instance.capacity_s_per_week = None if hours is None else hours * HOUR
        with transaction.atomic():
            plant: Plant = super().save(commit)
            mark_plants([plant.pk])
            mark_work([plant.pk])
        return plant

    def clean_repeat_window_days(self) -> int:
        given: int | None = self.cleaned_data["repeat_window_days"]
        return self.initial["repeat_window_days"] if given is None else given

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        capacity = self.instance.capacity_s_per_week
        self.initial["capacity_h"] = None if capacity is None else capacity / HOUR
        zones = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]
        self.fields["timezone"] = forms.ChoiceField(
            label="Time zone", choices=zones, help_text="Days and shifts are cut in it."
        )
