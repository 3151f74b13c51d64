"""What each number means, from the definitions themselves."""

from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest, HttpResponse

from kpis.definitions import FAMILIES, TITLES, Kpi
from kpis.definitions.left_out import LEFT_OUT
from kpis.families import breakdowns
from kpis.models import LossClass
from mfgportal.web.dashboard import MAINTENANCE_TILES, OEE_TILES
from mfgportal.web.page import Crumb, page
from mfgportal.web.upkeep import SHOWN

# What a moment of a state means for the numbers.
STATES = {
    LossClass.NOT_SCHEDULED: "Outside planned time: off shift, a break, a holiday. Counts for nothing.",
    LossClass.PLANNED_STOP: "Planned in a shift: maintenance, cleaning, no orders. Taken off planned time.",
    LossClass.BREAKDOWN: "The machine failed. Availability loss, and a failure.",
    LossClass.SETUP: "Change-over or adjustment. Availability loss.",
    LossClass.EXTERNAL: "Starved, blocked, no operator. Availability loss, no failure of the machine.",
    LossClass.QUALITY: "Stopped for quality. Availability loss.",
    LossClass.SPEED: "Running slower than its ideal cycle. Performance loss.",
    LossClass.MICRO_STOP: "Shorter than the plant's limit. Performance loss, run time for availability.",
    LossClass.RUNNING: "Producing.",
    LossClass.UNKNOWN: "Planned time without any record. Left out of the numbers, and its share is said.",
}
USED = {
    "tiles of plants, lines and machines": OEE_TILES,
    "tiles of equipment that does not produce": MAINTENANCE_TILES,
    "maintenance and cost of plants, lines and machines": SHOWN,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A KPI, by what it can be split, and the pages that show it; all are in the API, targets and exports."""

    kpi: Kpi
    split_by: str
    used: str

    def matches(self, words: list[str]) -> bool:
        kpi = self.kpi
        text = f"{kpi.name} {kpi.title} {kpi.formula} {kpi.standard} {kpi.note} {kpi.needs}".lower()
        return all(word in text for word in words)


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    title: str
    entries: list[Entry]


def glossary(request: HttpRequest) -> HttpResponse:
    """All of them, or those that hold every word of ``q``."""
    asked = request.GET.get("q", "").strip()
    words = asked.lower().split()
    found = [
        Group(
            name, TITLES[name], [entry for entry in entries() if entry.kpi in kpis and entry.matches(words)]
        )
        for name, kpis in _families().items()
    ]
    states = [(state.value, state.label, meaning) for state, meaning in STATES.items()]
    context = {
        "title": "Glossary",
        "crumbs": [Crumb("Glossary")],
        "asked": asked,
        "families": [group for group in found if group.entries],
        "states": states,
        "left_out": LEFT_OUT,
    }
    return page(request, "glossary", context)


@cache
def entries() -> list[Entry]:
    """One per KPI of the catalogue."""
    return [
        Entry(kpi, ", ".join(by.replace("_", " ") for by in breakdowns(kpi)), _used(kpi.name))
        for kpis in _families().values()
        for kpi in kpis
    ]


def _families() -> dict[str, list[Kpi]]:
    return {
        name: [kpi for kpi in vars(module).values() if isinstance(kpi, Kpi)]
        for name, module in FAMILIES.items()
    }


def _used(name: str) -> str:
    return "; ".join(where for where, names in USED.items() if name in names)
