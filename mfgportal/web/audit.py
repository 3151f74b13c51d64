"""The audit trail: who changed what, from what to what; with filters, and as a file."""

from dataclasses import asdict, replace
from typing import Any

from auditlog.models import LogEntry
from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from mfgportal.accounts.access import Right, person, require
from mfgportal.accounts.audit import COMMAND_LINE
from mfgportal.accounts.trail import Asked, shown, things, trail
from mfgportal.web import exports
from mfgportal.web.page import page

PER_PAGE = 50


class TrailForm(forms.Form):
    what = forms.ChoiceField(label="What", required=False)
    by = forms.ChoiceField(label="Who", required=False)
    first = forms.DateField(label="From", required=False, widget=forms.DateInput({"type": "date"}))
    last = forms.DateField(label="To", required=False, widget=forms.DateInput({"type": "date"}))
    text = forms.CharField(label="Called", required=False, max_length=100)
    trace = forms.CharField(label="Trace id", required=False, max_length=255)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["what"] = forms.ChoiceField(
            label="What", required=False, choices=[("", "Anything"), *things().items()]
        )
        authors = [("", "Anyone"), *((name, name) for name in _authors())]
        self.fields["by"] = forms.ChoiceField(label="Who", required=False, choices=authors)

    def asked(self) -> Asked:
        """What is wanted; fields that are no answer are left out, and say so."""
        self.is_valid()
        given: dict[str, Any] = self.cleaned_data
        return replace(Asked(), **{name: value for name, value in given.items() if value})


def audit(request: HttpRequest) -> HttpResponse:
    user = person(request)
    require(user, Right.SEE_TRAIL)  # before the choices, which are of the trail, too
    form = TrailForm(request.GET)
    asked = form.asked()
    rows = Paginator(trail(user, asked), PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "title": "Audit trail",
        "form": form,
        "rows": rows,
        "entries": shown(list(rows)),
        "filtered": asked != Asked(),
        "exports": [exports.audit(asdict(asked))],
    }
    return page(request, "audit", context)


def _authors() -> list[str]:
    """Whoever has signed an entry, whether the account is still there or not."""
    names = LogEntry.objects.order_by().values_list("additional_data__by", flat=True).distinct()
    return sorted(name or COMMAND_LINE for name in names)
