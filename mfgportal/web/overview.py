"""The enterprise: plants side by side."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse

from kpis.models import Plant
from mfgportal.accounts.access import Right, may, person
from mfgportal.figures import by_plants
from mfgportal.locales import number
from mfgportal.scope import Selection, enterprise_of, selection
from mfgportal.web.behind import behind
from mfgportal.web.dashboard import (
    OEE_TILES,
    Part,
    dashboard,
    explains_bad_scope,
    ordered,
    place_url,
    side_by_side,
    sort_choices,
)
from mfgportal.web.floor import enterprise_floor
from mfgportal.web.format import percent
from mfgportal.web.page import Crumb, page
from mfgportal.web.welcome import reminder, welcome
from sync.completeness import Completeness
from sync.models import Source


@explains_bad_scope
def overview(request: HttpRequest) -> HttpResponse:
    place = enterprise_of(request)
    if not place.plants:
        return _nothing_yet(request)
    chosen = selection(request, place)
    sort = request.GET.get("sort") or "name"
    known, each = by_plants(chosen)
    context = dashboard(request, chosen, bys=["plant"], known=known)
    rows = side_by_side(context["survey"], "plant", _parts(chosen, known, each))
    context |= {
        "title": "Overview",
        "crumbs": [Crumb("Enterprise")],
        "names": OEE_TILES,
        "rows": ordered(rows, sort),
    }
    context |= {"sorts": sort_choices(request, sort), "behind": behind(request, chosen)}
    context |= {"reminder": reminder(person(request))}
    context |= enterprise_floor(request, chosen, context)
    return page(request, "overview", context)


def _parts(selection: Selection, whole: Completeness, each: Mapping[int, Completeness]) -> list[Part]:
    """The plants, each with its completeness and zone.

    Held rows whose plant is not known count in every plant: each is then *at least* that complete.
    """
    shared = sum(known.held for known in each.values()) > whole.held
    return [
        Part(
            key=plant.pk,
            name=plant.name,
            url=place_url("plant", plant.pk, selection),
            note=_note(plant, each[plant.pk], shared=shared),
        )
        for plant in selection.place.plants
    ]


def _note(plant: Plant, known: Completeness, *, shared: bool) -> str:
    records = "record" if known.loaded == 1 else "records"
    least = "at least " if shared else ""
    return f"{number(known.loaded)} {records}, {least}{percent(known.share)} complete · {plant.timezone}"


def _nothing_yet(request: HttpRequest) -> HttpResponse:
    """What to do next: the set-up, for those who do it; else wait for the first sync, or ask for a plant."""
    if may(person(request), Right.MANAGE_SOURCES):
        return welcome(request)
    context = {
        "title": "Overview",
        "plants_exist": Plant.objects.exists(),
        "sources_exist": Source.objects.exists(),
    }
    return page(request, "welcome", context)
