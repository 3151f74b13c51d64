"""The exception queue: what could not be trusted, most harmful first."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict

from kpis.models import Plant
from mfgportal.accounts.access import person, plants_of
from mfgportal.accounts.models import User
from mfgportal.triage import ANY, Choice, chosen, per_kind
from mfgportal.web.exports import queue
from mfgportal.web.page import Crumb, page
from sync.exceptions import KINDS
from sync.models import Source, SyncException

PER_PAGE = 50
STATUSES = [*SyncException.Status.choices, (ANY, "Any")]
SEVERITIES = [("", "Any"), ("error", "Error"), ("warning", "Warning"), ("info", "Information")]
SORTS = [("impact", "Records held"), ("age", "Oldest first"), ("recent", "Last seen")]


class PlantChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    def label_from_instance(self, plant: Plant) -> str:
        return plant.name


class Filters(forms.Form):
    """The filters of the queue, as the address holds them."""

    q = forms.CharField(label="Search", required=False, widget=forms.TextInput({"type": "search"}))
    status = forms.ChoiceField(choices=STATUSES, required=False)
    kind = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    severity = forms.ChoiceField(choices=SEVERITIES, required=False)
    source = forms.ModelChoiceField(
        Source.objects.all(), to_field_name="name", required=False, empty_label="Any"
    )
    plant = PlantChoice(Plant.objects.none(), required=False, empty_label="Any")
    sort = forms.ChoiceField(label="Order", choices=SORTS, required=False)
    equipment = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, user: User) -> None:
        super().__init__({"status": "open", "sort": "impact", **data.dict()})
        plant, kind = self.fields["plant"], self.fields["kind"]
        assert isinstance(plant, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - for the type checker
        plant.queryset = plants_of(user)
        kind.choices = [("", "Any"), *((key, each.title) for key, each in KINDS.items())]

    @property
    def choice(self) -> Choice:
        """The choice made; a filter that makes no sense restricts nothing, and is marked on the page."""
        self.full_clean()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        source, plant = given.pop("source", None), given.pop("plant", None)
        return Choice(**given, source=source.name if source else "", plant=plant.pk if plant else None)


def exceptions(request: HttpRequest) -> HttpResponse:
    user = person(request)
    filters = Filters(request.GET, user)
    choice = filters.choice
    rows = chosen(user, choice).select_related("source", "plant", "equipment")
    context: dict[str, Any] = {
        "title": "Exceptions",
        "crumbs": [Crumb("Exceptions")],
        "filters": filters,
        "choice": choice,
        "exports": [queue(asdict(choice))],
        "kinds": per_kind(user, choice),
        "rows": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
    }
    return page(request, "exceptions", context)
