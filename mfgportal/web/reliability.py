"""Reliability: which machines fail more than their like, and what one machine's failures say."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from kpis.health import CONFIDENCE
from mfgportal.accounts.access import equipment_of, lines_of, person, plants_of
from mfgportal.figures import held_back, trust
from mfgportal.reliability import Single, single, survey
from mfgportal.scope import BadScope, Level, Place, Selection, equipment_place, find_place, parse
from mfgportal.web import reliability_words as words
from mfgportal.web.charts.figure import Chart
from mfgportal.web.charts.reliability import failures_chart
from mfgportal.web.crumbs import crumbs_above
from mfgportal.web.dashboard import explains_bad_scope, place_url
from mfgportal.web.file_rows import MACHINES, machine_file_rows
from mfgportal.web.files import as_file, own_file, wants_file
from mfgportal.web.merged import instead_of
from mfgportal.web.page import Crumb, page
from mfgportal.web.picker import Choice, address, picker
from mfgportal.web.reliability_classes import class_cards

DEFAULT_PERIOD = "last_90_days"
"""Failures are rare: a week says next to nothing of them."""


@explains_bad_scope
def reliability(request: HttpRequest) -> HttpResponseBase:
    chosen = period_or_90_days(request, _place(request))
    found = survey(chosen)
    if wants_file(request):
        rows = machine_file_rows(found, request.GET.get("class"))
        return as_file(request, "reliability", MACHINES, rows, len(rows))
    context = _frame(request, chosen) | {
        "title": "Reliability",
        "places": places(request, chosen.place),
        "survey": found,
        "idle_text": words.idle(len(found.idle)),
        "cards": class_cards(request, chosen, found),
        "confidence": CONFIDENCE,
        "per": words.PER,
        "exports": [own_file(request, "Machines")],
    }
    return page(request, "reliability", context)


@explains_bad_scope
def machine(request: HttpRequest, pk: int) -> HttpResponse:
    rows = equipment_of(person(request)).select_related("plant", "line")
    equipment = get_object_or_404(rows, pk=pk)
    if elsewhere := instead_of(request, equipment):
        return elsewhere
    chosen = period_or_90_days(request, equipment_place(equipment))
    found = single(chosen)
    above = Crumb(equipment.name, place_url("equipment", pk, chosen))
    context = _frame(request, chosen) | {
        "title": f"Reliability of {equipment.name}",
        "crumbs": [*crumbs_above(equipment, chosen), above, Crumb("Reliability")],
        "equipment": equipment,
        "found": found,
        "newest": found.history.failures[::-1] if found.history else (),
        "chart": _chart(found),
        "class_url": _class_url(equipment.plant_id, equipment.equipment_class, chosen),
        **_statements(found),
    }
    return page(request, "reliability/machine", context)


def period_or_90_days(request: HttpRequest, place: Place) -> Selection:
    """Of the address; 90 days where it names no period."""
    given = request.GET.dict()
    if not {"period", "from", "to"} & {name for name, value in given.items() if value}:
        given["period"] = DEFAULT_PERIOD
    return parse(given, place)


def _place(request: HttpRequest) -> Place:
    """The plant or line of the address, else all the person's plants. Raises BadScope, Http404."""
    return find_place(person(request), plant=_id(request, "plant"), line=_id(request, "line"))


def _id(request: HttpRequest, name: str) -> int | None:
    value = request.GET.get(name) or ""
    if value and not value.isdecimal():
        raise BadScope(name, f"“{value}” is not the number of a {name}.")
    return int(value) if value else None


def _frame(request: HttpRequest, selection: Selection) -> dict[str, Any]:
    """What every page of a place has around its content."""
    trusted = trust(selection)
    return {
        "selection": selection,
        "picker": replace(picker(request, selection), grains=[]),
        "trust": trusted,
        "held": held_back(selection) if trusted.completeness.held else [],
    }


def places(request: HttpRequest, place: Place) -> list[Choice]:
    """Where one can look: all plants, each plant, and the lines of the plant at hand."""
    user, here = person(request), request.GET

    def choice(title: str, level: Level, pk: int | None) -> Choice:
        ids = {level.value: str(pk)} if pk else {}
        url = address(here, **{"plant": "", "line": "", "class": ""} | ids)
        return Choice(title, url, (place.level, place.id) == (level, pk))

    found = [choice("All plants", Level.ENTERPRISE, None)]
    for plant in plants_of(user):
        found.append(choice(plant.name, Level.PLANT, plant.pk))
        if place.level != Level.ENTERPRISE and plant in place.plants:
            lines = lines_of(user).filter(plant=plant, gone_at=None)
            found += [choice(f"{plant.name}, {line.name}", Level.LINE, line.pk) for line in lines]
    return found


def _statements(found: Single) -> dict[str, Any]:
    """The machine's figures in words; nothing where it did not operate."""
    if found.health is None:
        return {}
    return {
        "statements": [words.mtbf(found.health), words.forecast(found.health), words.repairs(found.repairs)],
        "verdict": words.verdict(found.health),
        "growth": words.growth(found.health),
    }


def _chart(found: Single) -> Chart | None:
    if found.history is None or found.health is None or not found.history.failures:
        return None
    law = None if found.health.one_rate else found.health.growth
    return failures_chart(found.history.hours, found.health.hours, law)


def _class_url(plant_id: int, name: str, selection: Selection) -> str:
    url = reverse("reliability") + selection.query
    return f"{url}{'&' if selection.query else '?'}plant={plant_id}#{words.anchor(name)}"
