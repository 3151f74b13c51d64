"""Ideal cycles of a machine's operations, dated: what holds since when, who said so, and corrections."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from kpis.cycles import withdraw
from kpis.models import Equipment, IdealCycle
from kpis.models.masters import EVER
from mfgportal.accounts.access import Right, equipment_of, may, person, require
from mfgportal.accounts.audit import changes_of
from mfgportal.web.cycle_form import CycleForm
from mfgportal.web.merged import instead_of
from mfgportal.web.page import Crumb, page

SOON = "The days it touches are computed again now."


def cycles(request: HttpRequest, pk: int) -> HttpResponse:
    machine = _machine(request, pk)
    if request.method != "POST":
        return instead_of(request, machine) or _show(request, machine, CycleForm(machine))
    require(person(request), Right.DATE_CYCLES)
    form = CycleForm(machine, request.POST)
    if not form.is_valid():
        return _show(request, machine, form)
    messages.success(request, f"{form.save(person(request).username).operation.name} is dated. {SOON}")
    return redirect("cycles", pk)


@require_POST
def cycle_withdraw(request: HttpRequest, pk: int, cycle: int) -> HttpResponse:
    """Take a dated cycle back; the first one of an operation is corrected instead."""
    machine = _machine(request, pk)
    require(person(request), Right.DATE_CYCLES)
    rows = IdealCycle.objects.filter(operation__equipment=machine, valid_from__gt=EVER)
    withdraw(get_object_or_404(rows, pk=cycle))
    messages.success(request, f"It is taken back, and the cycle before it goes on. {SOON}")
    return redirect("cycles", pk)


def _machine(request: HttpRequest, pk: int) -> Equipment:
    return get_object_or_404(equipment_of(person(request)).select_related("plant"), pk=pk)


def _show(request: HttpRequest, machine: Equipment, form: CycleForm) -> HttpResponse:
    dated = IdealCycle.objects.filter(operation__equipment=machine).select_related("operation")
    rows = dated.order_by("operation__name", "operation", "-valid_from")
    context: dict[str, Any] = {
        "title": "Ideal cycles",
        "crumbs": [Crumb(machine.name, reverse("equipment", args=[machine.pk])), Crumb("Ideal cycles")],
        "machine": machine,
        "operations": [(key, list(each)) for key, each in groupby(rows, key=lambda row: row.operation)],
        "ever": EVER,
        "form": form,
        "may_date": may(person(request), Right.DATE_CYCLES),
        "changes": changes_of(dated),
    }
    return page(request, "cycles", context, status=422 if form.errors else 200)
