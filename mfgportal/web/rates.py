"""Rates: what currencies are worth, and what a stop costs. Dated, so that history stays as it was."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from kpis.models import CurrencyRate, PlantRate
from kpis.work.settings import remove_currency_rate, remove_stop_rate
from mfgportal.accounts.access import Right, person, require
from mfgportal.web.page import Crumb, page
from mfgportal.web.rate_forms import CurrencyRateForm, StopRateForm

SOON = "Costs are computed again now."


def rates(request: HttpRequest) -> HttpResponse:
    require(person(request), Right.MANAGE_RATES)
    return _show(request, CurrencyRateForm(), StopRateForm(person(request)))


@require_POST
def currency_rate_add(request: HttpRequest) -> HttpResponse:
    require(person(request), Right.MANAGE_RATES)
    form = CurrencyRateForm(request.POST)
    if form.is_valid():
        messages.success(request, f"The rate of {form.save().currency} is saved. {SOON}")
        return redirect("rates")
    return _show(request, form, StopRateForm(person(request)))


@require_POST
def stop_rate_add(request: HttpRequest) -> HttpResponse:
    require(person(request), Right.MANAGE_RATES)
    form = StopRateForm(person(request), request.POST)
    if form.is_valid():
        messages.success(request, f"What a stop costs in {form.save().plant.name} is saved. {SOON}")
        return redirect("rates")
    return _show(request, CurrencyRateForm(), form)


@require_POST
def currency_rate_remove(request: HttpRequest, pk: int) -> HttpResponse:
    require(person(request), Right.MANAGE_RATES)
    remove_currency_rate(get_object_or_404(CurrencyRate, pk=pk))
    messages.success(request, f"The rate is removed. {SOON}")
    return redirect("rates")


@require_POST
def stop_rate_remove(request: HttpRequest, pk: int) -> HttpResponse:
    require(person(request), Right.MANAGE_RATES)
    remove_stop_rate(get_object_or_404(PlantRate, pk=pk))
    messages.success(request, f"The rate is removed. {SOON}")
    return redirect("rates")


def _show(request: HttpRequest, currency: CurrencyRateForm, stop: StopRateForm) -> HttpResponse:
    context: dict[str, Any] = {
        "title": "Rates",
        "crumbs": [Crumb("Sources", reverse("sources")), Crumb("Rates")],
        "enterprise": settings.ENTERPRISE_CURRENCY,
        "currencies": CurrencyRate.objects.order_by("currency", "-valid_from"),
        "stops": PlantRate.objects.select_related("plant", "line", "equipment"),
        "currency_form": currency,
        "stop_form": stop,
    }
    return page(request, "rates", context, status=422 if currency.errors or stop.errors else 200)
