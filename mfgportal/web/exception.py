"""One exception: what happened, what it holds back, both sides of it, and what resolves it."""

from typing import Any

from django.db.models import Count, Max, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from mfgportal.accounts.access import Right, exceptions_of, may, person
from mfgportal.accounts.models import User
from mfgportal.mapping_targets import find_targets, mapped_kind, suggested
from mfgportal.overrides import may_rule
from mfgportal.web.care import triage_of
from mfgportal.web.correction import Correctable, correctable
from mfgportal.web.effects import doubles, impact
from mfgportal.web.outcome import left_to_load, outcome
from mfgportal.web.page import Crumb, page
from mfgportal.web.sides import key_facts, owns, sides, takes, zone_of
from sync.exceptions import KINDS, REASON_CLASSES, Resolution, drafts, split_groups
from sync.models import RawHistory, RawRecord, SyncException
from sync.records import Kind

OPEN = SyncException.Status.OPEN
MOST_CAUSED = 20
HELD_SHOWN = 10
EARLIER_SHOWN = 20


def exception(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, found(request, pk))


def found(request: HttpRequest, pk: int) -> SyncException:
    """The exception, if the person may see it. Raises Http404."""
    rows = exceptions_of(person(request)).select_related(
        "source", "stream", "plant", "equipment__plant", "caused_by", "split_from"
    )
    return get_object_or_404(rows, pk=pk)


def show(
    request: HttpRequest,
    which: SyncException,
    *,
    corrections: list[Correctable] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of an exception; ``corrections``: forms that came back with errors."""
    user = person(request)
    context: dict[str, Any] = {
        "title": which.title,
        "crumbs": [Crumb("Exceptions", reverse("exceptions")), Crumb(f"No. {which.pk}")],
        "exception": which,
        "kind": KINDS.get(which.kind),
        "zone": zone_of(which) or "UTC",
        "facts": key_facts(user, which),
        "sides": sides(user, which),
        "held": held(which),
        "records": raw_records(which),
        "history": which.events.all(),
        "outcome": outcome(user, which),
        "left": left_to_load(which),
        "impact": impact(user, which),
        **triage_of(user, which),
        "consequences": exceptions_of(user).filter(caused_by=which, status=OPEN)[:MOST_CAUSED],
        "split_parts": exceptions_of(user).filter(split_from=which),
        **_resolutions(request, which, corrections),
    }
    return page(request, "exceptions/detail", context, status=status)


def held(which: SyncException) -> dict[str, Any]:
    """How many records wait, of which time."""
    return which.held_records.aggregate(rows=Count("id"), first=Min("start"), last=Max("start"))


def raw_records(which: SyncException) -> list[RawRecord]:
    """The first landed rows an exception is about: those it names, and those it holds."""
    about = _named(which)
    held_rows = RawRecord.objects.filter(held__exception=which).exclude(pk__in=about).order_by("id")
    ids = [*about, *held_rows.values_list("pk", flat=True)[:HELD_SHOWN]][:HELD_SHOWN]
    return list(RawRecord.objects.filter(pk__in=ids).select_related("stream__source").order_by("id"))


def _named(which: SyncException) -> set[int]:
    """Rows it names by key, or by the trace of a content, replaced or not.

    Asked one by one: with OR the database would read the whole landing.
    """
    rows = RawRecord.objects.filter(stream__source=which.source).values_list("pk", flat=True)
    ids: set[int] = set()
    if which.external_key:
        ids |= set(rows.filter(external_key=which.external_key))
    if which.trace_id:
        ids |= set(rows.filter(trace_id=which.trace_id))
        ids |= set(RawHistory.objects.filter(trace_id=which.trace_id).values_list("raw", flat=True))
    return ids


def _resolutions(
    request: HttpRequest, which: SyncException, corrections: list[Correctable] | None
) -> dict[str, Any]:
    """What the person may do about it; nothing when it is closed, or for a role that only looks."""
    user, kind = person(request), KINDS.get(which.kind)
    allowed = may(user, Right.RESOLVE_EXCEPTIONS)
    if kind is None or not allowed or which.status != SyncException.Status.OPEN:
        return {"ways": (), "may_resolve": allowed}
    text = request.GET.get("target", "").strip()
    mapping = Resolution.MAP in kind.resolutions
    return {
        "ways": kind.resolutions,
        "may_resolve": True,
        "suggestions": suggested(user, which) if mapping else [],
        "text": text,
        "loss_classes": [(each.value, each.label) for each in REASON_CLASSES]
        if mapped_kind(which) == Kind.REASON
        else (),
        "takes": takes(user, which) if Resolution.TAKE in kind.resolutions else (),
        "owns": owns(which) if Resolution.OWN in kind.resolutions and may(user, Right.MANAGE_SOURCES) else (),
        "targets": find_targets(user, mapped_kind(which), text) if mapping and text else [],
        "corrections": _corrections(user, which, corrections)
        if Resolution.CORRECT in kind.resolutions
        else [],
        "groups": split_groups(which) if Resolution.SPLIT in kind.resolutions else (),
        "doubles": doubles(user, which) if Resolution.MERGE in kind.resolutions else (),
        "rules": drafts(which) if Resolution.RULE in kind.resolutions and may_rule(user) else (),
    }


def _corrections(user: User, which: SyncException, given: list[Correctable] | None) -> list[Correctable]:
    return correctable(user, which) if given is None else given


def raw_record(request: HttpRequest, pk: int, raw: int) -> HttpResponse:
    """A landed row as the source gave it, with the contents it had before."""
    which = found(request, pk)
    record = get_object_or_404(RawRecord.objects.select_related("stream__source"), pk=raw)
    if record.pk not in _named(which) and not which.held_records.filter(raw=record).exists():
        raise Http404("The exception is not about this record.")
    crumbs = [
        Crumb("Exceptions", reverse("exceptions")),
        Crumb(f"No. {which.pk}", reverse("exception", args=[which.pk])),
        Crumb(record.external_key),
    ]
    title = f"{record.external_key} as {record.stream.source.title} gave it"
    earlier = record.history.all()[:EARLIER_SHOWN]
    context = {
        "title": title,
        "crumbs": crumbs,
        "record": record,
        "earlier": earlier,
        "zone": zone_of(which) or "UTC",
    }
    return page(request, "exceptions/raw", context)
