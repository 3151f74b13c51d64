"""What a screen is read by from afar: signs beside words, times of day, spans without seconds."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template

from kpis.targets import State
from mfgportal.web.format import roughly

register = template.Library()

SIGNS = {"down": "■", "unknown": "?", "running": "▶", "planned": "‖"}
MARKS = {State.ON: "✓", State.WARNING: "!", State.OFF: "▼"}


@register.filter
def sign(group: str) -> str:
    return SIGNS.get(group, "")


@register.filter
def mark(state: State | None) -> str:
    return MARKS.get(state, "") if state else ""


@register.filter
def clock_of(at: datetime | None, zone: str) -> str:
    """Time of day in an IANA zone."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}" if at else ""


@register.filter
def lasting_to(start: datetime, end: datetime) -> str:
    """How long from one to the other: ``3 h 12 min`` below a day; nothing moves by the second."""
    seconds = max((end - start).total_seconds(), 0.0)
    hours, minutes = int(seconds // 3600), int(seconds % 3600 // 60)
    if seconds < 60:
        return "now"
    if 1 <= hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return roughly(seconds)


@register.filter
def about_to(start: datetime, end: datetime) -> str:
    """How long from one to the other, in its largest unit."""
    return roughly((end - start).total_seconds())
