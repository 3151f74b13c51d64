"""The form of what a plant assumes."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.validators import RegexValidator
from django.db import transaction

from kpis.evidence import MOVABLE, State, overlay_order
from kpis.models import LossClass, Plant
from kpis.rollup import mark_plants
from kpis.work.marks import mark_plants as mark_work

HOUR = 3600
PLACES = tuple(f"overlap_{n}" for n in range(1, len(MOVABLE) + 1))
DECIDES_TIME = frozenset({"timezone", "micro_stop_s", "calendar", *PLACES})
"""Of what components of machines are computed from."""
CHOICES = [(state.loss_class, LossClass(state.loss_class).label) for state in MOVABLE]


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
        """Save it, and have what it decides computed again."""
        hours = self.cleaned_data["capacity_h"]
        self.instance.capacity_s_per_week = None if hours is None else hours * HOUR
        self.instance.overlay = self.cleaned_data["overlay"]
        with transaction.atomic():
            plant: Plant = super().save(commit)
            if DECIDES_TIME & set(self.changed_data):
                mark_plants([plant.pk])
            mark_work([plant.pk])
        return plant

    def clean(self) -> dict[str, Any]:
        """An order of overlap that is not given stays as it is."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        given = [found.get(name) or "" for name in PLACES]
        found["overlay"] = self.instance.overlay
        if any(given):
            usual = overlay_order("") == (order := self._order(given))
            found["overlay"] = "" if usual else ",".join(given)
            if order is None:
                self.add_error(PLACES[0], "Each kind of stop has one place in the order of overlap.")
        return found

    def _order(self, given: Sequence[str]) -> tuple[State, ...] | None:
        try:
            return overlay_order(",".join(given))
        except ValueError:
            return None

    def clean_repeat_window_days(self) -> int:
        given: int | None = self.cleaned_data["repeat_window_days"]
        return self.initial["repeat_window_days"] if given is None else given

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        capacity = self.instance.capacity_s_per_week
        self.initial["capacity_h"] = None if capacity is None else capacity / HOUR
        order = overlay_order(self.instance.overlay)[1:]
        for place, (name, state) in enumerate(zip(PLACES, order, strict=False), 1):
            self.fields[name] = forms.ChoiceField(
                label=f"Where records overlap, place {place}",
                choices=CHOICES,
                initial=state.loss_class,
                required=False,
                help_text="The strongest: where records overlap, each instant counts as this one first."
                if place == 1
                else "",
            )
        zones = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]
        self.fields["timezone"] = forms.ChoiceField(
            label="Time zone", choices=zones, help_text="Days and shifts are cut in it."
        )
