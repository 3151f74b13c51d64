"""Closed months: which there are, what was restated since, and how one is closed and reopened."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from kpis.definitions import CATALOGUE
from kpis.models import ClosedPeriod, Plant
from kpis.periods import NotClosable, Restated, last_of, loaded_since, reopen, restated
from mfgportal import locales
from mfgportal.accounts.access import Right, may, person, plants_of, require
from mfgportal.periods import close_month, periods_of, require_close
from mfgportal.web.dashboard import explains_bad_scope
from mfgportal.web.files import as_file, own_file, wants_file
from mfgportal.web.format import amount
from mfgportal.web.list_files import PERIODS, RESTATED, period_file_rows, restated_file_rows
from mfgportal.web.page import Crumb, page

MOST = 300


class ClosingForm(forms.Form):
    plant = forms.ModelChoiceField(Plant.objects.none())
    month = forms.CharField(
        widget=forms.TextInput({"type": "month"}), help_text="As 2026-05; it must be over in the plant."
    )
    note = forms.CharField(required=False, max_length=400)

    def __init__(self, request: HttpRequest) -> None:
        last = timezone.now().date().replace(day=1) - timedelta(days=1)
        super().__init__(request.POST or None, initial={"month": f"{last:%Y-%m}"})
        plant = self.fields["plant"]
        assert isinstance(plant, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        plant.queryset = plants_of(person(request))

    def clean_month(self) -> date:
        try:
            return date.fromisoformat(f"{self.cleaned_data['month']}-01")
        except ValueError:
            raise ValidationError("Write it as 2026-05.") from None


@explains_bad_scope
def periods(request: HttpRequest) -> HttpResponseBase:
    form = ClosingForm(request)
    if request.method == "POST":
        require(person(request), Right.CLOSE_PERIODS)
        if form.is_valid() and _close(request, form):
            return redirect("periods")
    rows = periods_of(person(request))
    if wants_file(request):
        return as_file(request, "periods", PERIODS, period_file_rows(rows), rows.count())
    context: dict[str, Any] = {
        "title": "Closed periods",
        "crumbs": [Crumb("Closed periods")],
        "periods": rows[:MOST],
        "exports": [own_file(request, "Months")],
        "form": form,
        "may_close": may(person(request), Right.CLOSE_PERIODS),
    }
    return page(request, "periods", context, status=422 if form.errors else 200)


@explains_bad_scope
def period(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What of a closed month is another today, and which data came since."""
    found = get_object_or_404(periods_of(person(request)), pk=pk)
    rows, title = restated(found), _named(found)
    if wants_file(request):
        return as_file(request, "restated", RESTATED, restated_file_rows(rows), len(rows))
    context: dict[str, Any] = {
        "title": title,
        "crumbs": [Crumb("Closed periods", reverse("periods")), Crumb(title)],
        "period": found,
        "last": last_of(found.month),
        "restated": [_shown(row) for row in rows[:MOST]],
        "count": len(rows),
        "exports": [own_file(request, "Restated values")],
        "since": loaded_since(found),
        "may_close": may(person(request), Right.CLOSE_PERIODS),
    }
    return page(request, "periods/detail", context)


@require_POST
def period_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Reopen a month, for a reason; what was published is kept."""
    user = person(request)
    found = get_object_or_404(periods_of(user), pk=pk)
    require_close(user, found.plant)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, "Say why it is reopened.")
        return redirect("period", pk)
    try:
        reopen(found, by=user.username, reason=reason)
    except NotClosable as refused:
        messages.error(request, str(refused))
        return redirect("period", pk)
    messages.success(request, f"{_named(found)} is open again. What was published is kept.")
    return redirect("periods")


def _close(request: HttpRequest, form: ClosingForm) -> bool:
    given, user = form.cleaned_data, person(request)
    require_close(user, given["plant"])
    try:
        made = close_month(given["plant"], given["month"], by=user.username, note=given["note"])
    except NotClosable as refused:
        form.add_error("month", str(refused))
        return False
    messages.success(
        request, f"{_named(made)} is closed. What was published is kept beside what late data change."
    )
    return True


def _named(period: ClosedPeriod) -> str:
    """Plant and month, as the reader writes it."""
    return f"{period.plant.name}, {locales.day(period.month, 'yMMMM')}"


def _shown(row: Restated) -> dict[str, Any]:
    """A restated value as people read it; the difference in the KPI's unit."""
    unit, currency = row.now.unit, row.now.currency
    place = row.published.equipment or row.published.line
    return {
        "kpi": CATALOGUE[row.now.kpi].title,
        "place": place.name if place else "Plant",
        "was": amount(row.published.value, unit, currency),
        "now": amount(row.now.value, unit, currency),
        "difference": amount(row.difference, unit, currency),
    }
