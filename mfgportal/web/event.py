"""An event with its source record: what we read from it, what the source sent, what it touches."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from kpis.models import Downtime, Equipment, Production, Run, WorkOrder
from mfgportal.accounts.access import equipment_of, exceptions_of, person
from mfgportal.accounts.masks import may_see_costs, without_people
from mfgportal.accounts.models import User
from mfgportal.scope import Selection, equipment_place, selection
from mfgportal.web.crumbs import crumbs_above
from mfgportal.web.dashboard import explains_bad_scope, place_url
from mfgportal.web.down import cost_of
from mfgportal.web.drawer import drawer
from mfgportal.web.event_fields import fields_of
from mfgportal.web.page import Crumb
from mfgportal.web.related import related, spent
from mfgportal.web.repair import repairs_of
from mfgportal.web.shift import WHOLE_DAY
from mfgportal.web.status_history import status_history
from sync.models import RawHistory, RawRecord, Source, SyncException
from sync.sources import record_url

Event = Downtime | Run | Production | WorkOrder


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event: its table, its relations to fetch, its words."""

    title: str
    rows: Callable[[], QuerySet[Any]]


KINDS = {
    "downtime": Kind("Stop", lambda: Downtime.objects.select_related("reason")),
    "run": Kind("Run", Run.objects.all),
    "production": Kind("Production", lambda: Production.objects.select_related("product", "operation")),
    "work-order": Kind("Work order", lambda: WorkOrder.objects.select_related("assigned_to")),
}


@explains_bad_scope
def event(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    user = person(request)
    found, machine = _find(user, kind, pk)
    above = selection(request, equipment_place(machine))
    raw = _raw(found)
    context = {
        "title": _title(found, kind),
        "timeline": _timeline(found, above),
        "crumbs": [
            *crumbs_above(machine, above),
            Crumb(machine.name, place_url("equipment", machine.pk, above)),
            Crumb(KINDS[kind].title),
        ],
        "event": found,
        "equipment": machine,
        "fields": fields_of(found, machine.plant, user),
        "zone": machine.plant.timezone,
        "repairs": repairs_of(found, user) if isinstance(found, Downtime) else [],
        "cost": cost_of(user, found) if isinstance(found, Downtime) else None,
        "sees_costs": may_see_costs(user),
        "gone": found.deleted_at,
        "raw": raw,
        "replaced": isinstance(raw, RawHistory),
        "payload": json.dumps(without_people(user, raw.payload), indent=2, ensure_ascii=False) if raw else "",
        "source": Source.objects.filter(name=found.source).first(),
        "source_url": record_url(found.source, found.external_key),
        "related": related(found),
        "spent": spent(found),
        "changes": status_history(found),
        "exceptions": _exceptions(user, found),
    }
    return drawer(request, "event", context)


def _find(user: User, kind: str, pk: int) -> tuple[Event, Equipment]:
    """The event and its machine. Raises Http404 for an unknown kind, and for events of other plants."""
    if kind not in KINDS:
        raise Http404
    machines = equipment_of(user)
    found = get_object_or_404(KINDS[kind].rows().filter(equipment__in=machines), pk=pk)
    return found, machines.select_related("plant", "line").get(pk=found.equipment_id)


def _timeline(event: Event, selection: Selection) -> str:
    """The machine's timeline of the production day it starts in; "" for a work order, which is no state."""
    if isinstance(event, WorkOrder):
        return ""
    (clock,) = selection.clocks.values()
    return reverse("shift", args=[selection.place.id, clock.day_of(event.start.timestamp()), WHOLE_DAY])


def _title(event: Event, kind: str) -> str:
    if isinstance(event, Downtime):
        return f"Stop: {event.reason.name}"
    if isinstance(event, WorkOrder):
        return f"{event.number} {event.title}".strip()
    if isinstance(event, Production):
        return f"Production {event.order_number}".strip()
    return "Run at reduced speed" if event.reduced_speed else "Run"


def _raw(event: Event) -> RawRecord | RawHistory | None:
    """The content it was loaded from, which newer content may have replaced since; else the latest."""
    rows = RawRecord.objects.filter(stream__source__name=event.source).select_related("stream")
    return _traced(event, rows) or rows.filter(external_key=event.external_key).first()


def _traced(event: Event, rows: QuerySet[RawRecord]) -> RawRecord | RawHistory | None:
    if event.trace_id is None:
        return None
    earlier = RawHistory.objects.filter(trace_id=event.trace_id).select_related("stream")
    return rows.filter(trace_id=event.trace_id).first() or earlier.first()


def _exceptions(user: User, event: Event) -> list[SyncException]:
    """Exceptions about the record, or holding a version of it back; open ones first."""
    about = Q(external_key=event.external_key) | Q(held_records__raw__external_key=event.external_key)
    rows = exceptions_of(user).filter(about, source__name=event.source).distinct()
    return sorted(rows[:20], key=lambda row: row.status != SyncException.Status.OPEN)
