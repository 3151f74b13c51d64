"""A line: its machines."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from kpis.models import Equipment
from mfgportal.accounts.access import lines_of, person
from mfgportal.scope import line_place, selection
from mfgportal.web.behind import behind
from mfgportal.web.dashboard import OEE_TILES, dashboard, explains_bad_scope, place_url
from mfgportal.web.floor import floor
from mfgportal.web.machines import machines
from mfgportal.web.page import Crumb, page
from mfgportal.web.upkeep import upkeep


@explains_bad_scope
def line(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(lines_of(person(request)).select_related("plant"), pk=pk)
    chosen = selection(request, line_place(found))
    context = dashboard(request, chosen, bys=["equipment"])
    equipment = Equipment.objects.filter(line=found)
    context |= {
        "title": found.name,
        "crumbs": [
            Crumb("Enterprise", place_url("overview", None, chosen)),
            Crumb(found.plant.name, place_url("plant", found.plant_id, chosen)),
            Crumb(found.name),
        ],
        "names": OEE_TILES,
        "behind": behind(request, chosen),
        "upkeep": upkeep(chosen, person(request)),
        **machines(request, chosen, context["survey"], equipment),
        **floor(request, chosen, context, equipment),
    }
    return page(request, "line", context)
