"""A question about KPIs in a person's words: names or slugs, whatever their case; places by name or code."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, get_args

from django.db.models import Model, Q, QuerySet

from kpis.definitions import CATALOGUE
from kpis.definitions.names import NoSuchKpi, kpi_named, slug
from kpis.models import Equipment, Line, Plant
from kpis.scope import By, Grain
from mfgportal.accounts.access import plants_of
from mfgportal.accounts.masks import NO_COSTS, may_see_kpi
from mfgportal.accounts.models import User
from mfgportal.period import Period
from mfgportal.scope import (
    MAX_DAYS,
    Level,
    Place,
    Selection,
    equipment_place,
    line_place,
    parse,
    plant_place,
)

DAYS = {"d": 1, "w": 7, "m": 30, "q": 91, "y": 365}
SHOWN = 15


class NotFound(ValueError):
    """What is named is not there; the message lists what is."""


def kpi_names(given: Sequence[str], user: User | None = None) -> list[str]:
    """Names of KPIs a person may see, given as name or title in any case, also joined by commas."""
    asked = [part.strip() for text in given for part in text.split(",") if part.strip()]
    try:
        names = list(dict.fromkeys(map(kpi_named, asked)))
    except NoSuchKpi as unknown:
        raise NotFound(str(unknown)) from unknown
    if hidden := [name for name in names if user and not may_see_kpi(user, CATALOGUE[name])]:
        raise NotFound(f"{', '.join(hidden)}: {NO_COSTS}.")
    return names


def user_named(name: str) -> User | None:
    """The person of that user name; None where none is named."""
    if not name:
        return None
    found: User | None = User.objects.filter(username__iexact=name, is_active=True).first()
    if found is None:
        raise NotFound(f"There is no active person “{name}”.")
    return found


def place_named(plant: str = "", line: str = "", equipment: str = "", user: User | None = None) -> Place:
    """The narrowest place named, within the wider ones; all plants where none is. Of the person's, if any."""
    plants = plants_of(user) if user else Plant.objects.all()
    lines = Line.objects.select_related("plant").filter(plant__in=plants)
    machines = Equipment.objects.filter(plant__in=plants)
    if plant:
        found = _one(plants, plant, "plant")
        lines, machines = lines.filter(plant=found), machines.filter(plant=found)
        if not (line or equipment):
            return plant_place(found)
    if line:
        on = _one(lines, line, "line")
        machines = machines.filter(line=on)
        if not equipment:
            return line_place(on)
    if equipment:
        return equipment_place(_one(machines.select_related("plant"), equipment, "machine"))
    return Place(Level.ENTERPRISE, None, "Enterprise", tuple(plants.select_related("calendar")))


def select(place: Place, *, last: str, first_day: str, last_day: str, compare: bool) -> Selection:
    """The period: the last so many days, weeks … up to today, or from one day to another.

    Raises BadScope; NotFound for a length that is none.
    """
    query = {"compare": "previous" if compare else "none"}
    if first_day or last_day:
        return parse({**query, "from": first_day, "to": last_day or str(date.max)}, place)
    chosen = parse(query, place)
    first = chosen.today - timedelta(days=days_of(last) - 1)
    return replace(chosen, period=Period(first, chosen.today))


def days_of(last: str) -> int:
    """Days of a length as ``30d``, ``4w``, ``3m`` (30 days each), ``1q``, ``1y``."""
    found = re.fullmatch(r"(\d{1,4})\s*([dwmqy]?)", last.strip().lower())
    count = int(found[1]) * DAYS[found[2] or "d"] if found else 0
    if not 0 < count <= MAX_DAYS:
        raise NotFound(f"“{last}” is no length of time up to {MAX_DAYS} days. Write 30d, 4w, 3m, 1q or 1y.")
    return count


def breakdown(given: str) -> By | None:
    found: By | None = _choice(given, get_args(By), "breakdown")
    return found


def grain(given: str) -> Grain | None:
    found: Grain | None = _choice(given, get_args(Grain), "grain")
    return found


def _choice(given: str, known: Sequence[Any], what: str) -> Any:
    name = slug(given)
    if name and name not in known:
        raise NotFound(f"“{given}” is no {what}. There are: {', '.join(known)}.")
    return name or None


def _one(rows: QuerySet[Any], given: str, what: str) -> Any:
    """By name, code or id; then by a part of the name that only one has."""
    exact = Q(name__iexact=given) | Q(code__iexact=given) | (Q(pk=given) if given.isdecimal() else Q(pk=None))
    for found in (rows.filter(exact), rows.filter(name__icontains=given)):
        matches: list[Model] = list(found.order_by("name")[: SHOWN + 1])
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise NotFound(f"More than one {what} is meant by “{given}”: {_listed(matches)}.")
    raise NotFound(f"There is no {what} “{given}”. There are: {_listed(rows.order_by('name')[: SHOWN + 1])}.")


def _listed(rows: Any) -> str:
    names = [str(row) for row in rows]
    return ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "") if names else "none yet"
