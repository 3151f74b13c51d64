"""What people decided for later syncs, too: corrections, rules and merges; each can be taken back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError

from mfgportal.accounts.access import Right, may, person, require
from mfgportal.overrides import corrections_of, may_rule, meanings, merges_of, rules_of, take_back
from mfgportal.streams import BROKER_DOWN
from mfgportal.web.page import Crumb, page
from sync.exceptions import AlreadyResolved, NotAllowed, revoke_rule, undo_merge

PER_PAGE = 50
MOST = 200


def overrides(request: HttpRequest) -> HttpResponse:
    user, past = person(request), request.GET.get("past") == "1"
    corrections = corrections_of(user)
    if not past:
        corrections = corrections.filter(revoked_at=None)
    rules, merges = rules_of(user), merges_of(user)
    context: dict[str, Any] = {
        "title": "Overrides and rules",
        "crumbs": [Crumb("Exceptions", reverse("exceptions")), Crumb("Overrides and rules")],
        "past": past,
        "rows": Paginator(corrections, PER_PAGE).get_page(request.GET.get("page")),
        "rules": meanings((rules if past else rules.filter(revoked_at=None))[:MOST]),
        "merges": (merges if past else merges.filter(undone_at=None))[:MOST],
        "may_resolve": may(user, Right.RESOLVE_EXCEPTIONS),
        "may_rule": may_rule(user),
    }
    return page(request, "exceptions/overrides", context)


@require_POST
def override_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a correction back; the source's value counts again."""
    mine = _mine(request, corrections_of(person(request)), pk)
    by = person(request).username
    return _done(request, lambda: take_back(mine, by), "Revoked. The source’s value counts again.")


@require_POST
def rule_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a rule back."""
    mine = _mine(request, rules_of(person(request)), pk, ruling=True)
    by = person(request).username
    return _done(
        request, lambda: revoke_rule(mine.pk, by=by), "Revoked. What it settled is asked again, as it comes."
    )


@require_POST
def merge_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Part what was merged."""
    mine = _mine(request, merges_of(person(request)), pk)
    by = person(request).username
    return _done(request, lambda: undo_merge(mine.pk, by=by), "Undone. They are two rows again.")


def _mine(request: HttpRequest, rows: QuerySet[Any], pk: int, *, ruling: bool = False) -> Any:
    require(person(request), Right.RESOLVE_EXCEPTIONS)
    if ruling and not may_rule(person(request)):
        require(person(request), Right.MANAGE_SOURCES)
    return get_object_or_404(rows, pk=pk)


def _done(request: HttpRequest, action: Callable[[], object], said: str) -> HttpResponse:
    try:
        action()
    except (AlreadyResolved, NotAllowed) as refused:
        messages.warning(request, str(refused))
    except OperationalError:
        messages.error(request, BROKER_DOWN)
    else:
        messages.success(request, said)
    return redirect("overrides")
