"""A machine: its figures, time model, shifts, stops and work orders."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from kpis.models import Equipment, WorkOrder
from mfgportal.accounts.access import equipment_of, person
from mfgportal.reliability import SIGNAL_DAYS, signal
from mfgportal.scope import Selection, equipment_place, selection
from mfgportal.web.behind import behind, stops_within
from mfgportal.web.crumbs import crumbs_above
from mfgportal.web.dashboard import MAINTENANCE_TILES, OEE_TILES, dashboard, explains_bad_scope
from mfgportal.web.floor import floor
from mfgportal.web.merged import instead_of
from mfgportal.web.page import Crumb, page
from mfgportal.web.picker import Choice
from mfgportal.web.reliability_words import verdict
from mfgportal.web.shifts import shift_rows
from mfgportal.web.stops import folded
from mfgportal.web.upkeep import upkeep

RECENT = 15


@explains_bad_scope
def equipment(request: HttpRequest, pk: int) -> HttpResponse:
    rows = equipment_of(person(request)).select_related("plant", "line", "parent")
    found = get_object_or_404(rows, pk=pk)
    if elsewhere := instead_of(request, found):
        return elsewhere
    chosen = selection(request, equipment_place(found))
    tiles = OEE_TILES if found.work_unit else MAINTENANCE_TILES
    context = dashboard(request, chosen, tiles)
    context |= {
        "title": found.name,
        "crumbs": [*crumbs_above(found, chosen), Crumb(found.name)],
        "equipment": found,
        **floor(request, chosen, context, Equipment.objects.filter(pk=pk)),
        "shifts": shift_rows(found, chosen) if found.work_unit else [],
        "behind": behind(request, chosen),
        "upkeep": upkeep(chosen, person(request)),
        "signal": _signal(chosen),
        **_recent(chosen),
    }
    return page(request, "equipment", context)


def _signal(selection: Selection) -> Choice | None:
    """That the machine fails ever more often, told over a year, with the page that says more."""
    found = signal(selection)
    if found is None:
        return None
    first = selection.period.last - timedelta(days=SIGNAL_DAYS - 1)
    url = reverse("reliability_machine", args=[selection.place.id])
    return Choice(verdict(found), f"{url}?from={first}&to={selection.period.last}")


def _recent(selection: Selection) -> dict[str, Any]:
    """The newest stops and work orders that touch the period."""
    start, end = selection.window
    orders = (
        WorkOrder.objects.filter(equipment=selection.place.id, deleted_at=None, created_at__lt=end)
        .filter(
            Q(completed_at__gt=start)
            | Q(completed_at=None, completed_on__gte=start.date())
            | Q(completed_at=None, completed_on=None)
        )
        .select_related("assigned_to")
        .order_by("-created_at", "-pk")
    )
    # Of two systems each may tell of a stop.
    stops = folded(stops_within(selection, start, end)[: 2 * RECENT])[:RECENT]
    return {"stops": stops, "work_orders": orders[:RECENT]}
