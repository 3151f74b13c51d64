"""A plant: its lines and machines."""

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from kpis.models import Equipment, Line
from mfgportal.accounts.access import person, plants_of
from mfgportal.scope import Selection, plant_place, selection
from mfgportal.web.behind import behind
from mfgportal.web.dashboard import (
    OEE_TILES,
    Part,
    dashboard,
    explains_bad_scope,
    ordered,
    place_url,
    side_by_side,
)
from mfgportal.web.floor import floor
from mfgportal.web.machines import machines
from mfgportal.web.page import Crumb, page
from mfgportal.web.upkeep import upkeep


@explains_bad_scope
def plant(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(plants_of(person(request)), pk=pk)
    chosen = selection(request, plant_place(found))
    context = dashboard(request, chosen, bys=["line", "equipment"])
    equipment = Equipment.objects.filter(plant=found)
    context |= {
        "title": found.name,
        "crumbs": [Crumb("Enterprise", place_url("overview", None, chosen)), Crumb(found.name)],
        "names": OEE_TILES,
        "lines": ordered(side_by_side(context["survey"], "line", _lines(pk, chosen)), "name"),
        "behind": behind(request, chosen),
        "upkeep": upkeep(chosen, person(request)),
        **machines(request, chosen, context["survey"], equipment),
        **floor(request, chosen, context, equipment),
    }
    return page(request, "plant", context)


def _lines(plant: int, selection: Selection) -> list[Part]:
    producing = Equipment.objects.filter(line=OuterRef("pk"), work_unit=True, gone_at=None)
    rows = Line.objects.filter(plant=plant, gone_at=None).annotate(produces=Exists(producing))
    return [
        Part(
            key=line.pk,
            name=line.name,
            url=place_url("line", line.pk, selection),
            produces=line.produces,
        )
        for line in rows
    ]
