"""Changes that wait for a second person, with their impact; and those decided on."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from mfgportal.accounts.access import Right, person, require
from mfgportal.approvals.models import Proposal
from mfgportal.approvals.proposing import NotAllowedYet, approve, are_required, reject
from mfgportal.web.page import Crumb, page

MOST = 50


def approvals(request: HttpRequest) -> HttpResponse:
    require(person(request), Right.MANAGE_SOURCES)
    pending = Proposal.Status.PENDING
    context: dict[str, Any] = {
        "title": "Approvals",
        "crumbs": [Crumb("Sources", reverse("sources")), Crumb("Approvals")],
        "required": are_required(),
        "waiting": Proposal.objects.filter(status=pending),
        "decided": Proposal.objects.exclude(status=pending)[:MOST],
        "me": person(request).username,
    }
    return page(request, "approvals", context)


@require_POST
def proposal_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a change in force that somebody else has proposed."""
    return _decided(request, pk, lambda: approve(pk, by=person(request)), "Approved: it is in force.")


@require_POST
def proposal_reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave all as it is, for a ``reason``."""
    reason = request.POST.get("reason", "")
    return _decided(request, pk, lambda: reject(pk, by=person(request), reason=reason), "Rejected.")


def _decided(request: HttpRequest, pk: int, action: Callable[[], object], said: str) -> HttpResponse:
    require(person(request), Right.MANAGE_SOURCES)
    get_object_or_404(Proposal, pk=pk)
    try:
        action()
    except NotAllowedYet as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("approvals")
