"""The flow registry: what is read, how often, how old it may be, and who decided that."""

from dataclasses import replace
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from mfgportal.accounts.access import Right, may, person, require
from mfgportal.accounts.audit import Change, changes_of
from mfgportal.streams import streams_now
from mfgportal.web.dashboard import explains_bad_scope
from mfgportal.web.files import as_file, own_file, wants_file
from mfgportal.web.flow_forms import FlowForm
from mfgportal.web.list_files import FLOWS, flow_file_rows
from mfgportal.web.page import Crumb, page
from sync.flows import Flow, change, flows
from sync.models import Ownership, Source, Stream
from sync.reconcile.rules import OF_STREAMS
from sync.sources import switch_stream


@explains_bad_scope
def registry(request: HttpRequest) -> HttpResponseBase:
    found, rules = flows(), {key: rule.title for key, rule in OF_STREAMS.items()}
    if wants_file(request):
        return as_file(request, "flows", FLOWS, flow_file_rows(found, rules), len(found))
    by_source = groupby(found, key=lambda flow: flow.stream.source)
    context: dict[str, Any] = {
        "title": "Flows",
        "crumbs": [Crumb("Syncs", reverse("sync_runs")), Crumb("Flows")],
        "sources": [(source, list(of)) for source, of in by_source],
        "rules": rules,
        "exports": [own_file(request, "Streams")] if found else [],
    }
    return page(request, "flows", context)


def flow(request: HttpRequest, pk: int) -> HttpResponse:
    """One stream: its policy, which an administrator may change, and who changed it before."""
    stream = get_object_or_404(Stream.objects.select_related("source"), pk=pk)
    form = FlowForm(stream, request.POST or None)
    if request.method == "POST":
        require(person(request), Right.MANAGE_SOURCES)
        if form.is_valid():
            change(stream, form.policy)
            messages.success(request, f"{stream.title} is saved. It holds from now on.")
            return redirect("flow", pk=pk)
    return page(request, "flows/flow", _context(request, stream, form), status=422 if form.errors else 200)


def _context(request: HttpRequest, stream: Stream, form: FlowForm) -> dict[str, Any]:
    user = person(request)
    (found,) = flows(Stream.objects.filter(pk=stream.pk))
    (status,) = streams_now(user, Stream.objects.filter(pk=stream.pk), timezone.now())
    return {
        "title": stream.title,
        "crumbs": [
            Crumb("Syncs", reverse("sync_runs")),
            Crumb("Flows", reverse("flows")),
            Crumb(stream.title),
        ],
        "flow": found,
        "status": status,
        "rule": OF_STREAMS.get(stream.reconciliation),
        "form": form,
        "may_run": may(user, Right.RUN_SYNC),
        "may_manage": may(user, Right.MANAGE_SOURCES),
        "changes": _history(found),
    }


def _history(found: Flow) -> list[Change]:
    """Who changed the stream, its source, and who is right about what it delivers."""
    stream = found.stream
    things: tuple[QuerySet[Any], ...] = (
        Stream.objects.filter(pk=stream.pk),
        Source.objects.filter(pk=stream.source_id),
        Ownership.objects.filter(kind__in=[record.kind for record in found.records]),
    )
    changes = [_told(one, thing.model) for thing in things for one in changes_of(thing)]
    return sorted(changes, key=lambda one: one.at, reverse=True)[:50]


def _told(one: Change, model: type[Model]) -> Change:
    return replace(one, thing=f"System of record of {one.thing}") if model is Ownership else one


@require_POST
def flow_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause a stream, or read it again."""
    require(person(request), Right.MANAGE_SOURCES)
    stream = get_object_or_404(Stream.objects.select_related("source"), pk=pk)
    switch_stream(stream, enabled=not stream.enabled)
    messages.success(request, f"{stream.title} is {'read again' if stream.enabled else 'paused'}.")
    return redirect("flow", pk=pk)
