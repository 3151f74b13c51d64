"""One act on many exceptions: choose, look at what it would do, start it, watch it, undo it."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from mfgportal.accounts.access import exceptions_of, person
from mfgportal.accounts.models import User
from mfgportal.triage import selected
from mfgportal.web.exceptions import Filters
from mfgportal.web.page import Crumb, page
from mfgportal.web.triage import may_triage, snooze_end
from mfgportal.workbench import bulk
from mfgportal.workbench.bulk_acts import ACTS
from mfgportal.workbench.models import Batch
from sync.exceptions import NotAllowed
from sync.models import SyncException

LATEST = 20
SHOWN = 50


@require_POST
def bulk_prepare(request: HttpRequest) -> HttpResponse:
    """Preview an ``act``. ``which``: the ticked ``id``s, those of the page, or all that match ``filter``."""
    user, given = may_triage(request), request.POST
    until = snooze_end(request, None)
    arguments = {
        "to": given.get("to", ""),
        "until": until.isoformat() if until else "",
        "reason": given.get("reason", ""),
    }
    try:
        batch = bulk.prepare(user, given.get("act", ""), arguments, _wanted(user, given))
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return redirect(f"{reverse('exceptions')}?{given.get('filter', '')}")
    return redirect("exception_batch", pk=batch.pk)


def _wanted(user: User, given: QueryDict) -> QuerySet[SyncException]:
    if given.get("which") == "all":
        return selected(user, Filters(QueryDict(given.get("filter", "")), user).choice)
    ids = given.get("on_page", "").split(",") if given.get("which") == "page" else given.getlist("id")
    numbers = {int(each) for each in ids if each.isdecimal() and len(each) < 19}
    return exceptions_of(user).filter(pk__in=numbers)


def batches(request: HttpRequest) -> HttpResponse:
    """What the person did to many at once, latest first."""
    rows = bulk.batches_of(person(request)).exclude(state=Batch.State.PREVIEW)[:LATEST]
    context: dict[str, Any] = {
        "title": "Bulk actions",
        "crumbs": [Crumb("Exceptions", reverse("exceptions")), Crumb("Bulk actions")],
        "rows": [(row, ACTS[row.act].title, bulk.preview(row)) for row in rows],
    }
    return page(request, "exceptions/batches", context)


def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One of the person's own: its preview, its progress, or what became of it."""
    row = _own(request, pk)
    crumbs = [
        Crumb("Exceptions", reverse("exceptions")),
        Crumb("Bulk actions", reverse("exception_batches")),
        Crumb(f"No. {row.pk}"),
    ]
    act = ACTS[row.act](row.user, row.given, ())
    context: dict[str, Any] = {
        "title": act.said,
        "crumbs": crumbs,
        "batch": row,
        "act": act,
        "found": bulk.preview(row),
        "items": row.items.select_related("exception").order_by("pk")[:SHOWN],
        "may_undo": bool(row.undo_until and row.undo_until > timezone.now()),
        "working": row.state in {Batch.State.QUEUED, Batch.State.UNDOING},
    }
    return page(request, "exceptions/batch", context)


@require_POST
def batch_start(request: HttpRequest, pk: int) -> HttpResponse:
    may_triage(request)
    if not bulk.start(_own(request, pk)):
        messages.info(request, "It was started already.")
    return redirect("exception_batch", pk=pk)


@require_POST
def batch_undo(request: HttpRequest, pk: int) -> HttpResponse:
    may_triage(request)
    if not bulk.undo(_own(request, pk)):
        messages.warning(request, "It cannot be undone any more.")
    return redirect("exception_batch", pk=pk)


def _own(request: HttpRequest, pk: int) -> Batch:
    return get_object_or_404(bulk.batches_of(person(request)).select_related("user"), pk=pk)
