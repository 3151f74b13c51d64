"""Targets and how values stand to them, in words and signs."""

from django import template

from kpis.definitions import CATALOGUE
from kpis.models import Target
from kpis.targets import State
from mfgportal.web.format import NONE, amount

register = template.Library()

ICONS = {State.ON: "check", State.WARNING: "alert", State.OFF: "stop"}
TONES = {State.WARNING: "warn", State.OFF: "bad"}
"""Colour for the abnormal only."""


@register.filter
def goal(target: Target) -> str:
    """The value that is meant to be reached."""
    return str(amount(target.value, CATALOGUE[target.kpi].unit))


@register.filter
def band(target: Target) -> str:
    return str(amount(target.band, CATALOGUE[target.kpi].unit)) if target.band else NONE


@register.filter
def kpi_title(name: str) -> str:
    return CATALOGUE[name].title if name in CATALOGUE else name


@register.filter
def state_icon(state: State) -> str:
    return ICONS.get(state, "")


@register.filter
def state_colour(state: State) -> str:
    return TONES.get(state, "")


@register.filter
def bound(target: Target) -> str:
    """≥ or ≤: which side of the target is good."""
    return "≥" if CATALOGUE[target.kpi].better == "up" else "≤"
