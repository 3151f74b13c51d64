"""The exception queue: what could not be trusted, most harmful first."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from kpis.models import Plant
from mfgportal.accounts.access import Right, may, person, plants_of
from mfgportal.accounts.masks import may_see_costs
from mfgportal.accounts.models import User
from mfgportal.habits.views import views_of
from mfgportal.triage import ANY, BY_MONEY, ME, NOBODY, Choice, chosen, per_cause, per_kind
from mfgportal.web.exports import queue
from mfgportal.web.page import Crumb, page
from mfgportal.web.place_field import PlantField
from mfgportal.workbench.people import resolvers_beside
from sync.exceptions import KINDS
from sync.models import Source, SyncException

PER_PAGE = 50
STATUSES = [*SyncException.Status.choices, (ANY, "Any")]
SEVERITIES = [("", "Any"), ("error", "Error"), ("warning", "Warning"), ("info", "Information")]
SORTS = [
    ("impact", "KPI minutes"),
    ("records", "Records held"),
    ("age", "Oldest first"),
    ("count", "Most often seen"),
    ("recent", "Last seen"),
]
AGES = [("", "Any"), ("1", "Over 1 day"), ("3", "Over 3 days"), ("7", "Over 7 days"), ("30", "Over 30 days")]
SNOOZED = [("", "Left out"), ("only", "Only these"), (ANY, "Shown, too")]
GROUPS = [("", "No"), ("cause", "By cause")]


class Filters(forms.Form):
    """The filters of the queue, as the address holds them."""

    q = forms.CharField(label="Search", required=False, widget=forms.TextInput({"type": "search"}))
    status = forms.ChoiceField(choices=STATUSES, required=False)
    kind = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    severity = forms.ChoiceField(choices=SEVERITIES, required=False)
    source = forms.ModelChoiceField(
        Source.objects.all(), to_field_name="name", required=False, empty_label="Any"
    )
    plant = PlantField(Plant.objects.none(), required=False, empty_label="Any")
    assignee = forms.ChoiceField(label="Assigned to", required=False)
    older = forms.TypedChoiceField(label="Age", choices=AGES, coerce=int, empty_value=None, required=False)
    snoozed = forms.ChoiceField(choices=SNOOZED, required=False)
    group = forms.ChoiceField(label="Group", choices=GROUPS, required=False)
    sort = forms.ChoiceField(label="Order", required=False)
    equipment = forms.IntegerField(required=False, widget=forms.HiddenInput)
    cause = forms.RegexField(r"^(none|\d{1,18})$", required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, user: User) -> None:
        super().__init__({"status": "open", "sort": "impact", **data.dict()})
        plant = self.fields["plant"]
        assert isinstance(plant, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        plant.queryset = plants_of(user)
        money = [(BY_MONEY, "Money")] if may_see_costs(user) else []
        self._choices("kind", [("", "Any"), *((key, each.title) for key, each in KINDS.items())])
        self._choices("assignee", _assignees(user))
        self._choices("sort", [*SORTS[:2], *money, *SORTS[2:]])

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = choices

    @property
    def choice(self) -> Choice:
        """The choice made; a filter that makes no sense restricts nothing, and is marked on the page."""
        self.full_clean()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        given.pop("group", None)
        source, plant = given.pop("source", None), given.pop("plant", None)
        return Choice(**given, source=source.name if source else "", plant=plant.pk if plant else None)


def _assignees(user: User) -> list[tuple[str, str]]:
    people = resolvers_beside(user).exclude(pk=user.pk).values_list("username", flat=True)
    return [("", "Any"), (ME, "Me"), (NOBODY, "Nobody"), *((name, name) for name in people)]


def exceptions(request: HttpRequest) -> HttpResponse:
    user = person(request)
    filters = Filters(request.GET, user)
    choice = filters.choice
    grouped = filters.cleaned_data.get("group") == "cause"
    rows = chosen(user, choice).select_related("source", "plant", "equipment", "care__assignee")
    context: dict[str, Any] = {
        "title": "Exceptions",
        "crumbs": [Crumb("Exceptions")],
        "filters": filters,
        "choice": choice,
        "exports": [queue(asdict(choice))],
        "kinds": per_kind(user, choice),
        "saved": [view for view in views_of(user) if view.address.startswith("/exceptions/?")],
        "groups": per_cause(user, choice) if grouped else None,
        "rows": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "may_resolve": may(user, Right.RESOLVE_EXCEPTIONS),
        "may_see_costs": may_see_costs(user),
        "people": filters.fields["assignee"].choices[3:],  # type: ignore[attr-defined]  # of a ChoiceField
        "now": timezone.now(),
    }
    return page(request, "exceptions", context)
