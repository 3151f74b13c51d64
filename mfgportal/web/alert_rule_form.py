"""The form of a rule: only what its signal needs is asked to be filled in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from kpis.definitions import CATALOGUE, Unit
from kpis.targets import Spot, may_have_target
from mfgportal.accounts.access import plants_of, sees_one_of
from mfgportal.accounts.models import Role, User
from mfgportal.alerts.models import AlertRule, Signal
from mfgportal.web.flow_forms import SpanField
from mfgportal.web.place_field import PlaceField, chosen, ids_of
from mfgportal.web.written import Unwritable, parse, write

KPI_SIGNALS = frozenset({Signal.TARGET, Signal.LIMIT})
SPANS = frozenset({Signal.STOP, Signal.EXCEPTION})
SEVERITIES = [("error", "Error"), ("warning", "Warning or worse"), ("info", "Any")]
MOST_BUCKETS = 10
PLACES = frozenset({"plant_id", "line_id", "equipment_id"})
TIME = forms.TimeInput({"type": "time"}, format="%H:%M")
KPIS = [
    ("", "—"),
    *sorted(((kpi.name, kpi.title) for kpi in CATALOGUE.values() if kpi.read), key=lambda row: row[1]),
]

GROUPS = (
    ("What it watches", ("name", "signal", "severity", "place", "each")),
    (
        "A KPI or a rising intensity",
        (
            "kpi", "side", "opens_at", "closes_at", "grain", "open_after", "close_after", "running",
            "complete",
        ),
    ),
    ("A stop, a stream or an exception", ("longer_than_s", "least")),
    ("Who is told", ("roles", "users", "by_email", "quiet_from", "quiet_to", "breaks_quiet")),
    ("When nobody acknowledges", ("escalate_after_s", "escalate_roles", "escalate_users")),
)  # fmt: skip


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    place = PlaceField(help_text="Where it watches.")
    kpi = forms.ChoiceField(label="KPI", choices=KPIS, required=False)
    opens_at = forms.CharField(
        label="Limit",
        required=False,
        max_length=30,
        help_text="Of a fixed limit: 65 % or 45 min, as the KPI has it. Of a rising intensity: its p.",
    )
    closes_at = forms.CharField(
        label="Closes at",
        required=False,
        max_length=30,
        help_text="A better value than the limit, so that the alert does not come and go. Empty: the limit.",
    )
    longer_than_s = SpanField(
        label="Longer than", required=False, help_text="Of stops and exceptions: 45 min, 8 h."
    )
    least = forms.ChoiceField(label="Exceptions of", choices=SEVERITIES, required=False)
    complete = forms.IntegerField(
        label="Least completeness (%)",
        min_value=0,
        max_value=100,
        help_text="Below it nothing opens or closes: the rule says that it cannot judge.",
    )
    roles = forms.MultipleChoiceField(
        label="Tell these roles", choices=Role, required=False, widget=forms.CheckboxSelectMultiple
    )
    escalate_roles = forms.MultipleChoiceField(
        label="Then these roles", choices=Role, required=False, widget=forms.CheckboxSelectMultiple
    )
    escalate_after_s = SpanField(
        label="If nobody acknowledges for",
        required=False,
        help_text="Then the next people are told. Counts from when the first were. Empty: never.",
    )

    class Meta:
        model = AlertRule
        fields = (
            "name", "signal", "severity", "kpi", "side", "grain", "open_after", "close_after", "running",
            "each", "least", "longer_than_s", "quiet_from", "quiet_to", "breaks_quiet", "by_email", "roles",
            "users", "escalate_after_s", "escalate_roles", "escalate_users",
        )  # fmt: skip
        labels = {
            "signal": "Opens when",
            "side": "Fixed limit: the value",
            "grain": "Judged by",
            "open_after": "Opens after so many in a row",
            "close_after": "Closes after so many in a row",
            "running": "Judge the one under way, too",
            "each": "One alert for",
            "quiet_from": "Quiet from",
            "quiet_to": "Quiet to",
            "breaks_quiet": "Critical alerts break through",
            "by_email": "By e-mail, too",
            "users": "and these people",
            "escalate_users": "and then these people",
        }
        help_texts = {
            "quiet_from": "In plant time. E-mails wait until it is over; none is dropped.",
            "running": "Otherwise only shifts, days, weeks and months that are over count.",
        }
        widgets = {"quiet_from": TIME, "quiet_to": TIME}

    def __init__(self, user: User, data: Any = None, rule: AlertRule | None = None) -> None:
        super().__init__(data, instance=rule, initial=_initial(rule))
        place = self.fields["place"]
        assert isinstance(place, PlaceField)  # noqa: S101 - for the type checker
        place.offer(user)
        for name in ("users", "escalate_users"):
            people = self.fields[name]
            assert isinstance(people, forms.ModelMultipleChoiceField)  # noqa: S101 - for the type checker
            people.queryset = _colleagues(user, rule)

    def clean_longer_than_s(self) -> int:
        return self.cleaned_data["longer_than_s"] or 0

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        signal = given.get("signal")
        if signal in KPI_SIGNALS:
            self._check_kpi(signal, given.get("kpi", ""))
        if signal in KPI_SIGNALS | {Signal.TREND}:
            self._read_limits(signal, given)
        if signal in SPANS and not given.get("longer_than_s"):
            self.add_error("longer_than_s", ValidationError("Say how long, such as 45 min."))
        self._check_rest(given)
        return given

    def _check_kpi(self, signal: str, kpi: str) -> None:
        if not kpi:
            self.add_error("kpi", ValidationError("Choose a KPI."))
        elif signal == Signal.TARGET and not may_have_target(CATALOGUE[kpi]):
            self.add_error("kpi", ValidationError("A sum has no target: give it a fixed limit instead."))

    def _read_limits(self, signal: str, given: dict[str, Any]) -> None:
        kpi = CATALOGUE.get(given.get("kpi", "")) if signal == Signal.LIMIT else None
        if signal == Signal.TARGET or (signal == Signal.LIMIT and kpi is None):
            return
        unit = kpi.unit if kpi else Unit.COUNT
        for field, name in (("opens_at", "limit"), ("closes_at", "close_limit")):
            given[name] = self._number(field, given.get(field, ""), unit)
        if signal == Signal.LIMIT and given["limit"] is None and "opens_at" not in self.errors:
            self.add_error("opens_at", ValidationError("Give the limit."))
        self._check_band(given, above=signal == Signal.LIMIT and given.get("side") == AlertRule.Side.ABOVE)

    def _number(self, field: str, text: str, unit: Unit) -> float | None:
        try:
            return parse(text, unit) if text else None
        except Unwritable as wrong:
            self.add_error(field, ValidationError(str(wrong)))
            return None

    def _check_band(self, given: dict[str, Any], *, above: bool) -> None:
        limit, closing = given.get("limit"), given.get("close_limit")
        if limit is not None and closing is not None and (closing > limit if above else closing < limit):
            self.add_error("closes_at", ValidationError("It closes at a better value than it opens at."))

    def _check_rest(self, given: dict[str, Any]) -> None:
        for name in ("open_after", "close_after"):
            if not 1 <= (given.get(name) or 0) <= MOST_BUCKETS:
                self.add_error(name, ValidationError(f"Between 1 and {MOST_BUCKETS}."))
        if (given.get("quiet_from") is None) != (given.get("quiet_to") is None):
            self.add_error("quiet_to", ValidationError("Quiet hours need both ends."))
        told = given.get("escalate_roles") or given.get("escalate_users")
        if given.get("escalate_after_s") and not told:
            self.add_error("escalate_after_s", ValidationError("Say who is told then."))

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [(title, [self[name] for name in names]) for title, names in GROUPS]

    @property
    def spot(self) -> Spot:
        """Once the fields are clean."""
        found: Spot = self.cleaned_data["place"]
        return found

    def save(self, commit: bool = True) -> Any:
        rule = self.instance
        for name, value in ids_of(self.spot).items():
            setattr(rule, name, value)
        rule.limit = self.cleaned_data.get("limit")
        rule.close_limit = self.cleaned_data.get("close_limit")
        rule.min_completeness = self.cleaned_data["complete"] / 100
        rule.next_due = None
        return super().save(commit)


def _colleagues(user: User, rule: AlertRule | None) -> QuerySet[User]:
    """Whom the person may name: people of their plants or of all, and those the rule names already."""
    known = sees_one_of(plants_of(user))
    if rule is not None:
        known |= Q(pk__in=rule.users.values("pk")) | Q(pk__in=rule.escalate_users.values("pk"))
    return User.objects.filter(known, is_active=True).order_by("username")


def _initial(rule: AlertRule | None) -> dict[str, Any]:
    if rule is None:
        return {"complete": 95}
    kpi = CATALOGUE.get(rule.kpi) if rule.signal == Signal.LIMIT else None
    unit = kpi.unit if kpi else Unit.COUNT
    limits = {"opens_at": rule.limit, "closes_at": rule.close_limit}
    return {
        "place": chosen(rule),
        "complete": round(rule.min_completeness * 100),
        **{name: "" if value is None else write(value, unit) for name, value in limits.items()},
    }
