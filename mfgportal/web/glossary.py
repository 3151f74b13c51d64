"""What each number means, from the definitions themselves."""

from django.http import HttpRequest, HttpResponse

from kpis.definitions import FAMILIES, Kpi
from kpis.models import LossClass
from mfgportal.web.page import Crumb, page

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


def glossary(request: HttpRequest) -> HttpResponse:
    families = [
        (name.capitalize(), [kpi for kpi in vars(family).values() if isinstance(kpi, Kpi)])
        for name, family in FAMILIES.items()
    ]
    states = [(state.value, state.label, meaning) for state, meaning in STATES.items()]
    context = {"title": "Glossary", "crumbs": [Crumb("Glossary")], "families": families, "states": states}
    return page(request, "glossary", context)
