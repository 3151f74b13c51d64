"""The timeline of one machine over a shift, or over its whole production day (number 0)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from math import inf
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from kpis.definitions import CATALOGUE
from kpis.engine import timeline
from kpis.models import Equipment
from kpis.plans import Slot, plan_days
from kpis.setups import load_setups
from mfgportal import locales
from mfgportal.accounts.access import equipment_of, person
from mfgportal.figures import Figure, Trust, held_back, trust
from mfgportal.period import Period
from mfgportal.scope import Selection, equipment_place, selection
from mfgportal.web.crumbs import crumbs_above
from mfgportal.web.dashboard import MAINTENANCE_TILES, OEE_TILES, explains_bad_scope, place_url
from mfgportal.web.exports import of_shift
from mfgportal.web.hours import hours
from mfgportal.web.merged import instead_of
from mfgportal.web.page import Crumb, page
from mfgportal.web.picker import Choice
from mfgportal.web.shift_figures import had_work
from mfgportal.web.shifts import shift_values
from mfgportal.web.strip import strip

WHOLE_DAY = 0
ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Window:
    """What the strip shows, also where it has not happened yet."""

    name: str
    start: datetime
    end: datetime


@explains_bad_scope
def shift(request: HttpRequest, pk: int, day: date, number: int) -> HttpResponse:
    found = get_object_or_404(equipment_of(person(request)).select_related("plant", "line"), pk=pk)
    if elsewhere := instead_of(request, found):
        return elsewhere
    above = selection(request, equipment_place(found))
    chosen = replace(above, period=Period(day, day), grain="shift")
    slots = _slots(found, day)
    shown = _window(chosen, number, slots)
    spans = timeline(found, shown.start, shown.end, timezone.now())
    trusted = trust(chosen)
    context = {
        "title": f"{found.name}, {shown.name}, {locales.day(day)}",
        "crumbs": [
            *crumbs_above(found, above),
            Crumb(found.name, place_url("equipment", pk, above)),
            Crumb(shown.name),
        ],
        "selection": chosen,
        "equipment": found,
        "day": day,
        "number": number,
        "window": shown,
        "strip": strip(spans, shown.start, shown.end, found.plant.timezone),
        **_compared(found, chosen, trusted, number, shown),
        "hours": hours(chosen, shown.start, shown.end) if found.work_unit else None,
        "trust": trusted,
        "exports": of_shift(chosen, _tiles(found), "" if number == WHOLE_DAY else shown.name),
        "held": held_back(chosen) if trusted.completeness.held else [],
        **_choices(above, day, number, slots),
    }
    return page(request, "shift", context)


def _slots(equipment: Equipment, day: date) -> Sequence[Slot]:
    """The day's planned shifts, whole, in order."""
    schedule = load_setups([equipment.pk])[equipment.pk].schedule
    (plan,) = plan_days(schedule, day, day, inf)
    return plan.slots[1:]


def _window(selection: Selection, number: int, slots: Sequence[Slot]) -> Window:
    """The shift's window from its row, the day's from the calendar. Raises Http404 for no shift."""
    if number == WHOLE_DAY:
        return Window("Whole day", *selection.window)
    slot = next((slot for slot in slots if slot.number == number), None)
    if slot is None:
        raise Http404
    return Window(slot.name, datetime.fromtimestamp(slot.start, UTC), datetime.fromtimestamp(slot.end, UTC))


def _compared(
    equipment: Equipment, selection: Selection, trusted: Trust, number: int, shown: Window
) -> dict[str, Any]:
    """Figures beside those of the last shift of that name, or the last day, with work in the week before."""
    tiles = _tiles(equipment)
    day, whole = selection.period.first, number == WHOLE_DAY
    values = shift_values(equipment, day - ONE_WEEK, day, tiles, "day" if whole else "shift")
    same = {at: found for (at, shift), found in values.items() if whole or shift == shown.name}
    compared = max((at for at, found in same.items() if at < day and had_work(found)), default=None)
    before = same[compared] if compared else {}
    running = shown.end > timezone.now()
    figures = [
        Figure(kpi=CATALOGUE[kpi], now=now, before=before.get(kpi), trust=trusted, running=running)
        for kpi, now in same.get(day, {}).items()
    ]
    return {"figures": figures, "compared": compared}


def _tiles(equipment: Equipment) -> tuple[str, ...]:
    return OEE_TILES if equipment.work_unit else MAINTENANCE_TILES


def _choices(selection: Selection, day: date, number: int, slots: Sequence[Slot]) -> dict[str, Any]:
    """The day's shifts as tabs, and the days before and after."""
    key = selection.place.id
    assert key is not None  # noqa: S101 - a machine's page

    def url(to: date, shift: int) -> str:
        return reverse("shift", args=[key, to, shift]) + selection.query

    tabs = [Choice("Whole day", url(day, WHOLE_DAY), number == WHOLE_DAY)]
    tabs += [Choice(slot.name, url(day, slot.number), number == slot.number) for slot in slots]
    later = url(day + ONE_DAY, WHOLE_DAY) if day < selection.today else ""
    return {"tabs": tabs, "earlier": url(day - ONE_DAY, WHOLE_DAY), "later": later}
