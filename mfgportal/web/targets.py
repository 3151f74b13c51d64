"""Targets: which hold, who set them, and the form to set one."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from kpis.definitions import CATALOGUE
from kpis.models import Target
from mfgportal.accounts.access import Right, may, person, require
from mfgportal.accounts.audit import changes_of
from mfgportal.goals import (
    correct_target,
    end_target,
    may_set,
    require_set,
    set_target,
    standings,
    targets_of,
)
from mfgportal.web.dashboard import explains_bad_scope
from mfgportal.web.files import as_file, own_file, wants_file
from mfgportal.web.list_files import TARGETS, target_file_rows
from mfgportal.web.page import Crumb, page
from mfgportal.web.target_forms import TargetForm


@explains_bad_scope
def targets(request: HttpRequest) -> HttpResponseBase:
    user = person(request)
    today = timezone.now().date()
    rows = standings((row for row in targets_of(user) if row.kpi in CATALOGUE), today)
    if wants_file(request):
        return as_file(request, "targets", TARGETS, target_file_rows(rows), len(rows))
    alive = [row for row in rows if row.state in {"holds", "to come"}]
    context: dict[str, Any] = {
        "title": "Targets",
        "crumbs": [Crumb("Targets")],
        "kpis": [
            (CATALOGUE[name], list(each)) for name, each in groupby(alive, key=lambda row: row.target.kpi)
        ],
        "past": [row for row in rows if row.state not in {"holds", "to come"}],
        "may_set": may(user, Right.MANAGE_TARGETS),
        "changes": changes_of(targets_of(user)),
        "exports": [own_file(request, "Targets")] if rows else [],
    }
    return page(request, "targets", context)


def target_add(request: HttpRequest) -> HttpResponse:
    """Set a target from a day on."""
    user = person(request)
    require(user, Right.MANAGE_TARGETS)
    form = TargetForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = set_target(user, form.columns)
        messages.success(request, f"The target of {CATALOGUE[made.kpi].title} is set. Pages show it at once.")
        return redirect("targets")
    return _edit(request, "Set a target", form)


def target(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct the value or band of a target."""
    user = person(request)
    found = get_object_or_404(targets_of(user), pk=pk)
    require_set(user, found.plant_id)
    form = TargetForm(user, request.POST or None, found)
    if request.method == "POST" and form.is_valid():
        correct_target(user, found, value=form.cleaned_data["value"], band=form.cleaned_data["band"])
        messages.success(request, f"The target of {CATALOGUE[found.kpi].title} is corrected.")
        return redirect("targets")
    return _edit(request, f"Target of {CATALOGUE[found.kpi].title}", form, found)


@require_POST
def target_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a target hold no longer, from today on."""
    user = person(request)
    found = get_object_or_404(targets_of(user), pk=pk)
    end_target(user, found, timezone.now().date())
    messages.success(request, f"The target of {CATALOGUE[found.kpi].title} has ended. Days before keep it.")
    return redirect("targets")


def _edit(request: HttpRequest, title: str, form: TargetForm, found: Target | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "title": title,
        "crumbs": [Crumb("Targets", reverse("targets")), Crumb(title)],
        "form": form,
        "target": found,
        "may_end": found is not None and found.ended_on is None and may_set(person(request), found.plant_id),
    }
    return page(request, "targets/edit", context, status=422 if form.errors else 200)
