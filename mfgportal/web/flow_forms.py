"""The form of a stream's policy. Spans of time are written as people say them: ``90 s``, ``1 d 6 h``."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from sync.flows import Policy, problems
from sync.models import Stream
from sync.reconcile.rules import OF_STREAMS

UNITS = {"d": 86400, "h": 3600, "min": 60, "s": 1}
PART = re.compile(r"(\d{1,7})\s*(s|min|h|d)")
WHOLE = re.compile(r"\s*(\d{1,7}\s*(s|min|h|d)\s*)+")


class SpanField(forms.CharField):
    """Seconds, written with units; empty is None."""

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        text = (super().to_python(value) or "").lower()
        if not text:
            return None
        if not WHOLE.fullmatch(text):
            raise ValidationError("Write it with its unit, such as 90 s, 15 min, 6 h or 2 d.")
        return sum(int(number) * UNITS[unit] for number, unit in PART.findall(text))


class FlowForm(forms.Form):
    every_s = SpanField(label="Read what changed every", help_text="For example 30 s or 15 min.")
    refresh_every_s = SpanField(
        label="Read all of it every",
        required=False,
        help_text="For what changes at the source without moving its mark of change. Empty: never.",
    )
    acceptable_delay_s = SpanField(
        label="Acceptable delay", help_text="When its last good read is longer ago, it is late."
    )
    criticality = forms.ChoiceField(
        choices=Stream.Criticality.choices,
        help_text="How serious it is when it is late: error, warning, or note.",
    )
    reconciliation = forms.ChoiceField(
        label="Reconciliation rule", required=False, help_text="What compares its records with the source's."
    )

    def __init__(self, stream: Stream, data: Any = None) -> None:
        super().__init__(data, initial={name: getattr(stream, name) for name in self.base_fields})
        rules = [(key, rule.title) for key, rule in OF_STREAMS.items()]
        self.fields["reconciliation"].choices = [("", "None"), *rules]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            for name, trouble in problems(self.policy, rules=OF_STREAMS).items():
                self.add_error(name, trouble)
        return given

    @property
    def policy(self) -> Policy:
        """What was written; once the fields are clean."""
        return Policy(**{name: self.cleaned_data[name] for name in self.fields})


def written(seconds: int) -> str:
    """A span to the second, as ``SpanField`` reads it."""
    parts = []
    for unit, size in UNITS.items():
        if seconds >= size:
            parts.append(f"{seconds // size} {unit}")
            seconds %= size
    return " ".join(parts) or "0 s"
