"""The form of a schedule: which report, when by a plant's clock, and to whom."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet

from kpis.models import Plant
from mfgportal.accounts.access import plants_of
from mfgportal.accounts.models import User
from mfgportal.reports.models import ReportSchedule
from mfgportal.reports.question import CURRENT, ask
from mfgportal.reports.schedules import colleagues, keep
from mfgportal.scope import BadScope

REPORTS = {
    "period=month": "The last complete month",
    f"period=month&of={CURRENT}": "The month so far",
    "period=quarter": "The last complete quarter",
    f"period=quarter&of={CURRENT}": "The quarter so far",
}
GROUPS = (
    ("What is sent", ("name", "report", "plant")),
    ("When", ("cadence", "weekday", "month_day", "at", "clock")),
    ("To whom", ("people",)),
)


class ScheduleForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    report = forms.ChoiceField()
    plant = forms.ModelChoiceField(Plant.objects.none(), required=False, empty_label="All plants")
    people = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label="Recipients",
        help_text="Each gets the report of the plants that they may see themselves.",
    )

    class Meta:
        model = ReportSchedule
        fields = ("name", "cadence", "weekday", "month_day", "at", "clock")
        labels = {
            "cadence": "How often",
            "weekday": "On (weekly)",
            "month_day": "On day (monthly)",
            "at": "At",
            "clock": "Local time of",
        }
        help_texts = {
            "month_day": "In a shorter month, its last day.",
            "at": "By the clock of the plant below.",
        }
        widgets = {"at": forms.TimeInput({"type": "time"}, format="%H:%M")}

    def __init__(
        self, user: User, data: Any = None, schedule: ReportSchedule | None = None, query: str = ""
    ) -> None:
        given = dict(parse_qsl(schedule.query if schedule else query))
        plant = given.pop("plant", "")
        report = urlencode({"period": "month", **given})
        clock = plant or plants_of(user).values_list("pk", flat=True).first()
        first: dict[str, Any] = {"report": report, "plant": plant, "clock": clock, "people": [user.pk]}
        if schedule:
            kept = schedule.subscriptions.filter(left_at=None).values_list("user", flat=True)
            first |= {"people": list(kept), "clock": schedule.clock_id}
        super().__init__(data, instance=schedule, initial=first)
        self.user = user
        self._offer("plant", plants_of(user))
        self._offer("clock", plants_of(user))
        self._offer("people", colleagues(user))
        choices = self.fields["report"]
        assert isinstance(choices, forms.ChoiceField)  # noqa: S101 - for the type checker
        choices.choices = list((REPORTS | self._fixed(report)).items())

    def _offer(self, name: str, rows: QuerySet[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = rows

    def _fixed(self, report: str) -> dict[str, str]:
        """A month or quarter by name, where the form was opened from its page."""
        try:
            question = ask(dict(parse_qsl(report)), self.user)
        except BadScope:
            return {}
        return {} if question.relative else {report: f"Always {report.rpartition('of=')[2]}"}

    def clean_month_day(self) -> int:
        day: int = self.cleaned_data["month_day"]
        if not 1 <= day <= 31:
            raise ValidationError("A day of the month, 1 to 31.")
        return day

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [(title, [self[name] for name in names]) for title, names in GROUPS]

    def save(self, commit: bool = True) -> Any:
        schedule, given = self.instance, self.cleaned_data
        plant: Model | None = given["plant"]
        schedule.query = given["report"] + (f"&plant={plant.pk}" if plant else "")
        if schedule.pk is None:
            schedule.owner = self.user
        keep(schedule, list(given["people"]))
        return schedule
