"""The sources: connect and check them, the systems of record, what a plant assumes. Admins only."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from kpis.models import Plant
from mfgportal.accounts.access import Right, person, require
from mfgportal.accounts.audit import Change, changes_of
from mfgportal.approvals.proposing import are_required, propose_mapping, propose_ownership
from mfgportal.locales import number
from mfgportal.web.ownership_form import OwnershipForm
from mfgportal.web.page import Crumb, page
from mfgportal.web.plant_form import PlantForm
from mfgportal.web.source_forms import SourceForm
from sync.connectors import connector_class
from sync.connectors.base import Check
from sync.errors import SyncError
from sync.models import Source
from sync.sources import check


def sources(request: HttpRequest) -> HttpResponse:
    require(person(request), Right.MANAGE_SOURCES)
    context: dict[str, Any] = {
        "title": "Sources",
        "crumbs": [Crumb("Sources")],
        "sources": Source.objects.prefetch_related("streams", "owns"),
        "ownership": OwnershipForm(),
        "approvals": are_required(),
        "plants": Plant.objects.select_related("calendar"),
    }
    return page(request, "sources", context)


def source(request: HttpRequest, name: str = "") -> HttpResponse:
    """Add a source, or change one."""
    require(person(request), Right.MANAGE_SOURCES)
    found = get_object_or_404(Source, name=name) if name else None
    if found is not None and connector_class(found.connector).pushed:
        messages.info(request, f"{found.title} come by themselves: there is nothing to set up.")
        return redirect("sources")
    form = SourceForm(request.POST or None, request.FILES or None, instance=found)
    if request.method == "POST" and form.is_valid():
        two_needed = found is not None and are_required()
        saved = form.save(but_options=two_needed)
        if two_needed and propose_mapping(saved, form.cleaned_data["options"], by=person(request)):
            messages.info(request, "Saved, but its new options wait for a second person’s approval.")
            return redirect("approvals")
        messages.success(request, f"{saved.title} is saved. Its streams are read as they come due.")
        return redirect("source_check", name=saved.name)
    return _edit(
        request, f"Change {found.title}" if found else "Add a source", form, reverse("sources"), found
    )


def source_check(request: HttpRequest, name: str) -> HttpResponse:
    """Log in to the source now, and say what its account may see."""
    require(person(request), Right.MANAGE_SOURCES)
    found = get_object_or_404(Source, name=name)
    result, trouble = _checked(found)
    context: dict[str, Any] = {
        "title": f"Connection of {found.title}",
        "crumbs": [Crumb("Sources", reverse("sources")), Crumb(found.title)],
        "source": found,
        "result": result,
        "trouble": trouble,
        "visible": _visible(found, result) if result else [],
    }
    return page(request, "sources/check", context)


def _checked(found: Source) -> tuple[Check | None, str]:
    try:
        return check(found), ""
    except SyncError as trouble:
        return None, str(trouble)


def _visible(found: Source, result: Check) -> list[tuple[str, int]]:
    titles = dict(found.streams.values_list("name", "title"))
    return [(titles.get(name, name), count) for name, count in result.visible.items()]


@require_POST
def source_switch(request: HttpRequest, name: str) -> HttpResponse:
    """Pause a source, or read it again."""
    require(person(request), Right.MANAGE_SOURCES)
    found = get_object_or_404(Source, name=name)
    found.enabled = not found.enabled
    found.save(update_fields=["enabled"])
    messages.success(request, f"{found.title} is {'read again' if found.enabled else 'paused'}.")
    return redirect("sources")


@require_POST
def ownership(request: HttpRequest) -> HttpResponse:
    """Say which source is the system of record of each kind, and of single fields."""
    require(person(request), Right.MANAGE_SOURCES)
    form = OwnershipForm(request.POST)
    if form.is_valid() and are_required():
        return _proposed(request, form)
    if form.is_valid():
        changed = form.save(by=person(request).username)
        rows = f"{number(changed)} record{'s' if changed != 1 else ''} changed."
        messages.success(request, f"The systems of record are saved. {rows}")
    else:
        said = form.non_field_errors() or ["Choose a source that offers the kind."]
        messages.error(request, str(said[0]))
    return redirect("sources")


def _proposed(request: HttpRequest, form: OwnershipForm) -> HttpResponse:
    if propose_ownership(form.wanted(), by=person(request)) is None:
        messages.info(request, "Nothing would change.")
        return redirect("sources")
    messages.success(request, "Proposed. Another person has to approve it.")
    return redirect("approvals")


def plant(request: HttpRequest, pk: int) -> HttpResponse:
    """What a plant assumes: its zone, currency, micro-stop limit and calendar."""
    require(person(request), Right.MANAGE_SOURCES)
    found = get_object_or_404(Plant, pk=pk)
    form = PlantForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"{found.name} is saved. Its numbers are computed again now.")
        return redirect("sources")
    changes = changes_of(Plant.objects.filter(pk=pk))
    return _edit(request, f"Settings of {found.name}", form, reverse("sources"), changes=changes)


def _edit(
    request: HttpRequest,
    title: str,
    form: Any,
    back: str,
    found: Source | None = None,
    changes: Sequence[Change] | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "title": title,
        "crumbs": [Crumb("Sources", back), Crumb(title)],
        "form": form,
        "back": back,
        "source": found,
        "changes": changes,
        "note": "What people decided, the latest first",
    }
    return page(request, "sources/edit", context, status=422 if form.errors else 200)
