"""The cards of equipment classes: bad actors first, the mean course of failures, times to first failure."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from kpis.health import CONFIDENCE
from kpis.reliability.growth import Verdict
from kpis.reliability.life import Survival
from mfgportal.locales import number
from mfgportal.reliability import Machine, MachineClass, Survey
from mfgportal.scope import BadScope, Place, Selection
from mfgportal.web import reliability_words as words
from mfgportal.web.charts.figure import Chart, Row, Table
from mfgportal.web.charts.reliability import mean_cumulative_chart
from mfgportal.web.dashboard import place_url
from mfgportal.web.format import NONE, duration, percent
from mfgportal.web.picker import address

MOST_MACHINES = 10
MOST_STEPS = 15
CERTAIN = 0.95
"""Probability to be worse than its class from which a machine is called a bad actor."""


@dataclass(frozen=True, slots=True)
class ActorRow:
    """A machine of the table of bad actors, in words. ``plant``: "" where there is one only."""

    name: str
    plant: str
    url: str
    machine_url: str
    failures: str
    hours: str
    rate: str
    bounds: str
    shrunk: str
    credible: str
    worse: str
    stands_out: bool
    down: str
    trend: str
    rises: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A class. ``more``: how many machines are not shown, at ``all_url``. ``course`` None: no failure."""

    name: str
    anchor: str
    count: int
    failures: int
    hours: str
    rows: list[ActorRow]
    more: int
    all_url: str
    course: Chart | None
    life: str
    why_no_life: str
    survival: Table | None


def class_cards(request: HttpRequest, selection: Selection, found: Survey) -> list[Card]:
    """One per class; of the class the address names alone, with all its machines."""
    wanted = request.GET.get("class")
    names = [each.name for each in found.classes]
    if wanted is not None and wanted not in names:
        raise BadScope("class", f"No machine of class “{wanted}” operated here in this period.")
    return [
        _card(request, selection, each, whole=wanted is not None)
        for each in found.classes
        if wanted in {None, each.name}
    ]


def _card(request: HttpRequest, selection: Selection, found: MachineClass, *, whole: bool) -> Card:
    shown = found.machines if whole else found.machines[:MOST_MACHINES]
    law, title = found.first.weibull(CONFIDENCE), words.class_name(found.name)
    course, anchor = found.group.course, words.anchor(found.name)
    return Card(
        name=title,
        anchor=anchor,
        count=len(found.machines),
        failures=sum(each.health.failures for each in found.machines),
        hours=words.hours(sum(each.health.hours for each in found.machines)),
        rows=[_row(each, selection, compared=found.compared) for each in shown],
        more=len(found.machines) - len(shown),
        all_url=address(request.GET, **{"class": found.name}),
        course=mean_cumulative_chart(f"course-{anchor}", course, CONFIDENCE) if course else None,
        life=words.life(law) if law else "",
        why_no_life=found.first.why_not,
        survival=_survival(title, found.first.survival(CONFIDENCE)),
    )


def _row(found: Machine, selection: Selection, *, compared: bool) -> ActorRow:
    """``compared``: its class has others, and failures; else it says nothing of the machine."""
    standing, health = found.standing, found.health
    key = health.machine.equipment_id
    return ActorRow(
        name=health.machine.name,
        plant=plant_name(found, selection.place),
        url=place_url("reliability_machine", key, selection),
        machine_url=place_url("equipment", key, selection),
        failures=number(health.failures),
        hours=f"{words.hours(health.hours)} h",
        rate=words.rate(standing.rate),
        bounds=words.rates(standing.bounds),
        shrunk=words.rate(standing.shrunk) if compared else NONE,
        credible=words.rates(standing.shrunk_bounds) if compared else "",
        worse=percent(standing.worse) if compared else NONE,
        stands_out=compared and standing.worse >= CERTAIN,
        down=str(duration(found.observation.down_s)),
        trend=words.TITLES[health.trend.verdict] if health.trend else "too few",
        rises=health.trend is not None and health.trend.verdict == Verdict.RISING,
    )


def plant_name(found: Machine, place: Place) -> str:
    """The plant of a machine, since machines of several may have one name; "" in a place of one plant."""
    names = {plant.pk: plant.name for plant in place.plants}
    return names[found.observation.plant_id] if len(names) > 1 else ""


def _survival(name: str, steps: Sequence[Survival]) -> Table | None:
    """Kaplan-Meier as a table; None where there are too few."""
    rows = [
        Row(
            (
                f"{number(s.time, 1)} d",
                number(s.at_risk),
                percent(s.share),
                f"{percent(s.lower)} – {percent(s.upper)}",
            )
        )
        for s in steps[:MOST_STEPS]
    ]
    columns = ("Days in service", "At risk", "Without a failure", "Bounds")
    return Table(f"Time to first failure, {name}", columns, rows) if rows else None
