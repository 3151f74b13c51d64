"""The enterprise: plants side by side."""

from django.http import HttpRequest, HttpResponse

from kpis.models import Plant
from mfgportal.accounts.access import Right, may, person
from mfgportal.scope import enterprise_of, selection
from mfgportal.web.behind import behind
from mfgportal.web.dashboard import (
    OEE_TILES,
    dashboard,
    explains_bad_scope,
    ordered,
    place_url,
    side_by_side,
    sort_choices,
)
from mfgportal.web.page import Crumb, page
from sync.models import Source


@explains_bad_scope
def overview(request: HttpRequest) -> HttpResponse:
    place = enterprise_of(request)
    if not place.plants:
        return _nothing_yet(request)
    chosen = selection(request, place)
    sort = request.GET.get("sort") or "name"
    context = dashboard(request, chosen)
    places = [
        (plant.pk, plant.name, place_url("plant", plant.pk, chosen), plant.timezone) for plant in place.plants
    ]
    rows = side_by_side(chosen, context["trust"], by="plant", places=places)
    context |= {
        "title": "Overview",
        "crumbs": [Crumb("Enterprise")],
        "names": OEE_TILES,
        "rows": ordered(rows, sort),
    }
    context |= {"sorts": sort_choices(request, sort), "behind": behind(request, chosen)}
    return page(request, "overview", context)


def _nothing_yet(request: HttpRequest) -> HttpResponse:
    """What to do next: connect a source, wait for its first sync, or ask for a plant."""
    user = person(request)
    context = {
        "title": "Overview",
        "plants_exist": Plant.objects.exists(),
        "sources_exist": Source.objects.exists(),
        "may_connect": may(user, Right.MANAGE_SOURCES),
    }
    return page(request, "welcome", context)
