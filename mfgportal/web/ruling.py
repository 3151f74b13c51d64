"""Make a rule of a decision: first what it would do, and what it would have done; then save it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from mfgportal.accounts.access import Right, person, require
from mfgportal.mapping_targets import Target, find_targets, mapped_kind, suggested, targets_of
from mfgportal.overrides import may_rule
from mfgportal.web.exception import found
from mfgportal.web.page import Crumb, page
from mfgportal.web.resolve import done
from sync.exceptions import NotAllowed, Wanted, drafts, make_rule, preview
from sync.models import Rule, SyncException

ALL_PLANTS = "A rule is about a whole source: it takes a person who sees all plants."


def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a rule, filled from the address, and below what the rule would do."""
    which = _which(request, pk)
    ahead = drafts(which)
    given = _wanted(request.GET) if request.GET.get("what") else ahead[0]
    ways = {each.what for each in ahead}
    context: dict[str, Any] = {
        "title": "From now on",
        "crumbs": [
            Crumb("Exceptions", reverse("exceptions")),
            Crumb(f"No. {which.pk}", reverse("exception", args=[which.pk])),
            Crumb("Rule"),
        ],
        "exception": which,
        "wanted": given,
        "ways": [(way.value, way.label) for way in Rule.What if way in ways],
        "targets": _targets(request, which) if given.what == Rule.What.KEY else (),
        **_preview(which, given),
    }
    return page(request, "exceptions/rule", context)


@require_POST
def rule_save(request: HttpRequest, pk: int) -> HttpResponse:
    which, by = _which(request, pk), person(request).username
    wanted, reason = _wanted(request.POST), request.POST.get("reason", "")
    if wanted.what == Rule.What.KEY and not _may_mean(request, which, wanted):
        messages.error(request, "Choose what the pattern means.")
        return redirect("exception_rule", pk=pk)
    return done(request, which, "rule", lambda: _made(which, wanted, reason, by), reason=reason)


def _made(which: SyncException, wanted: Wanted, reason: str, by: str) -> int:
    waiting = which.held_records.count()
    make_rule(which, wanted, reason=reason, by=by)
    return max(waiting - which.held_records.count(), 0)


def _which(request: HttpRequest, pk: int) -> SyncException:
    """The exception, if the person may make a rule of it. Raises Http404, PermissionDenied."""
    which = found(request, pk)
    require(person(request), Right.RESOLVE_EXCEPTIONS)
    if not may_rule(person(request)):
        raise PermissionDenied(ALL_PLANTS)
    return which


def _wanted(given: QueryDict) -> Wanted:
    target = given.get("canonical_id", "")
    return Wanted(
        what=given.get("what", ""),
        pattern=given.get("pattern", "").strip(),
        field=given.get("field", ""),
        canonical_id=int(target) if target.isdecimal() else None,
        value=_value(given.get("value", "").strip()),
    )


def _value(text: str) -> str | None:
    """A time without offset is one in UTC."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    return f"{text}+00:00" if moment and moment.tzinfo is None else text or None


def _may_mean(request: HttpRequest, which: SyncException, wanted: Wanted) -> bool:
    rows = targets_of(person(request), mapped_kind(which))
    return wanted.canonical_id is not None and rows.filter(pk=wanted.canonical_id).exists()


def _targets(request: HttpRequest, which: SyncException) -> list[Target]:
    """What the pattern may mean: what suggests itself, and what is searched for."""
    user, text = person(request), request.GET.get("target", "").strip()
    ahead = [Target(each.canonical_id, each.name, each.code) for each in suggested(user, which)]
    searched = find_targets(user, mapped_kind(which), text) if text else []
    chosen = request.GET.get("canonical_id", "")
    rows = targets_of(user, mapped_kind(which)).filter(pk=int(chosen) if chosen.isdecimal() else 0)
    mine = [Target(row.pk, str(row), "") for row in rows]
    return list({each.id: each for each in (*mine, *searched, *ahead)}.values())


def _preview(which: SyncException, wanted: Wanted) -> dict[str, Any]:
    if wanted.what == Rule.What.KEY and wanted.canonical_id is None:
        return {}
    if wanted.what == Rule.What.VALUE and wanted.value is None:
        return {}
    try:
        return {"preview": preview(which, wanted)}
    except NotAllowed as refused:
        return {"refused": str(refused)}
