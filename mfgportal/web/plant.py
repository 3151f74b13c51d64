"""A plant: its lines and machines."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from kpis.models import Equipment, Line
from mfgportal.accounts.access import person, plants_of
from mfgportal.scope import plant_place, selection
from mfgportal.web.behind import behind
from mfgportal.web.dashboard import OEE_TILES, dashboard, explains_bad_scope, place_url, side_by_side
from mfgportal.web.machines import machines
from mfgportal.web.page import Crumb, page


@explains_bad_scope
def plant(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(plants_of(person(request)), pk=pk)
    chosen = selection(request, plant_place(found))
    context = dashboard(request, chosen)
    lines = [
        (line.pk, line.name, place_url("line", line.pk, chosen), "")
        for line in Line.objects.filter(plant=found, gone_at=None)
    ]
    context |= {
        "title": found.name,
        "crumbs": [Crumb("Enterprise", place_url("overview", None, chosen)), Crumb(found.name)],
        "names": OEE_TILES,
        "lines": side_by_side(chosen, context["trust"], by="line", places=lines),
        "behind": behind(request, chosen),
        **machines(request, chosen, context["trust"], Equipment.objects.filter(plant=found)),
    }
    return page(request, "plant", context)
