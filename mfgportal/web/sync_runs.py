"""The syncs: how each stream does, what its last run did, and a run by hand."""

from collections.abc import Callable
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError

from mfgportal.accounts.access import Right, may, person, require
from mfgportal.streams import BROKER_DOWN, runs_matching, streams_now
from mfgportal.web.page import Crumb, page
from sync import tasks
from sync.flows import State
from sync.models import Source, Stream, SyncRun
from sync.progress import eta_of, rate_of

PER_PAGE = 20


def sync_runs(request: HttpRequest) -> HttpResponse:
    found = streams_now(person(request), Stream.objects.all(), timezone.now())
    by_source = groupby(found, key=lambda status: status.stream.source)
    context: dict[str, Any] = {
        "title": "Syncs",
        "crumbs": [Crumb("Syncs")],
        "sources": [(source, list(streams)) for source, streams in by_source],
        "running": any(status.running for status in found),
        "troubled": sum(status.state in {State.FAILED, State.LATE} for status in found),
        "may_run": may(person(request), Right.RUN_SYNC),
        "may_manage": may(person(request), Right.MANAGE_SOURCES),
        **_runs(request),
    }
    return page(request, "sync", context)


def _runs(request: HttpRequest) -> dict[str, Any]:
    given = {name: request.GET.get(name, "") for name in ("source", "stream", "status")}
    return {
        "given": given,
        "statuses": SyncRun.Status.choices,
        "rows": Paginator(runs_matching(**given), PER_PAGE).get_page(request.GET.get("page")),
    }


def sync_run(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(SyncRun.objects.select_related("stream__source"), pk=pk)
    context: dict[str, Any] = {
        "title": f"Run {run.pk} of {run.stream.title}",
        "crumbs": [Crumb("Syncs", reverse("sync_runs")), Crumb(f"Run {run.pk}")],
        "run": run,
        "took": (run.ended_at or timezone.now()) - run.started_at,
        "counts": _counts(run),
        "rate_per_s": rate_of(run),
        "eta": eta_of(run),
        "trouble": streams_now(person(request), Stream.objects.filter(pk=run.stream_id), timezone.now())[
            0
        ].trouble,
        "may_run": may(person(request), Right.RUN_SYNC),
    }
    return page(request, "sync/run", context)


def _counts(run: SyncRun) -> list[tuple[str, int, str]]:
    return [
        ("Read", run.read, "rows the source gave"),
        ("Unchanged", run.unchanged, "rows we already had, with the same content"),
        ("Loaded", run.loaded, "rows now in the numbers"),
        ("Held", run.held, "rows kept in the exception queue"),
        ("Gone", run.gone, "rows the source no longer has"),
    ]


@require_POST
def run_stream(request: HttpRequest, pk: int) -> HttpResponse:
    by = _starter(request)
    stream = get_object_or_404(Stream.objects.select_related("source"), pk=pk)
    what = f"{stream.source.title}: {stream.title}"
    return _started(request, what, lambda: tasks.run_stream.delay(stream.pk, trigger="manual", by=by))


@require_POST
def run_source(request: HttpRequest, name: str) -> HttpResponse:
    by = _starter(request)
    source = get_object_or_404(Source, name=name)
    return _started(request, source.title, lambda: tasks.sync_source.delay(source.pk, by=by))


def _starter(request: HttpRequest) -> str:
    require(person(request), Right.RUN_SYNC)
    return person(request).username


def _started(request: HttpRequest, what: str, start: Callable[[], object]) -> HttpResponse:
    """Wake a worker, and go back to the page that shows what it does."""
    try:
        start()
    except OperationalError:
        messages.error(request, BROKER_DOWN)
    else:
        messages.success(request, f"A worker was told to read {what} now.")
    return redirect("sync_runs")
