"""What templates need beyond Django's own tags."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.template.context import RequestContext
from django.utils import timezone

from kpis.definitions import CATALOGUE
from kpis.engine import Value
from kpis.models import Downtime
from mfgportal.figures import Figure, Trust
from mfgportal.locales import moment
from mfgportal.web import format as words_of
from mfgportal.web import navigation as sections
from mfgportal.web.shortcuts import Sheet, sheets
from mfgportal.web.stops import StopRow
from mfgportal.web.strip import Block
from sync.freshness import freshness

register = template.Library()

register.filter("change", words_of.change)
register.filter("sample", words_of.sample)
register.filter("percent", words_of.percent)
register.filter("parts", words_of.parts)
register.filter("bounds", words_of.bounds)


@register.simple_tag(takes_context=True)
def shell(context: RequestContext) -> sections.Navigation | None:
    """What the frame of a page shows; None for a person who is not logged in."""
    request = context.request
    return sections.navigation(request) if request.user.is_authenticated else None


@register.simple_tag(takes_context=True)
def shortcut_sheets(context: RequestContext) -> list[Sheet]:
    """The keyboard shortcuts of the person."""
    return sheets(context["shell"])


@register.simple_tag(takes_context=True)
def data_age(context: RequestContext) -> str:
    """The age of the page's figures, in their zone; else of all facts, in UTC."""
    trusted = context.get("trust")
    zone = trusted.zone if isinstance(trusted, Trust) else ""
    as_of = trusted.data_as_of if isinstance(trusted, Trust) else freshness().data_as_of
    if as_of is None:
        return "Not every source has been read yet"
    return f"Data as of {in_zone(as_of, zone)} {zone or 'UTC'}"


@register.filter
def amount(value: Value | None) -> words_of.Amount:
    """A KPI value as number and unit."""
    if value is None:
        return words_of.Amount(words_of.NONE)
    return words_of.amount(value.value, value.unit, value.currency)


@register.filter
def duration(seconds: float | None) -> str:
    return words_of.NONE if seconds is None else str(words_of.duration(seconds))


@register.filter
def tone(figure: Figure) -> str:
    """Colour of a change: only for what is notably worse."""
    return "bad" if figure.direction == "worse" and figure.notable else ""


@register.filter
def arrow(figure: Figure) -> str:
    """Name of the icon that shows which way a figure moved."""
    return "same" if not figure.delta else ("up" if figure.delta > 0 else "down")


@register.filter
def width(share: float | None) -> str:
    """A share as length of a bar 100 units wide."""
    return f"{max(0.0, min(1.0, share or 0.0)) * 100:.1f}"


@register.filter
def in_zone(at: datetime | None, zone: str) -> str:
    """Date and time in an IANA zone; the zone itself is named once on the page."""
    if at is None:
        return words_of.NONE
    local = at.astimezone(ZoneInfo(zone or "UTC"))
    return moment(local)


@register.filter
def clock(at: datetime | None, zone: str) -> str:
    """Time of day in an IANA zone, with seconds where there are any."""
    if at is None:
        return words_of.NONE
    local = at.astimezone(ZoneInfo(zone or "UTC"))
    return local.strftime("%H:%M:%S" if local.second else "%H:%M")


@register.filter
def words(code: str) -> str:
    """A code of ours as a word: ``work_order`` is Work order."""
    return code.replace("_", " ").replace("-", " ").capitalize()


@register.filter
def lasted(event: Downtime | StopRow | Block) -> str:
    """How long a stop or a span of the strip lasts; to now while it is open."""
    span = event.span if isinstance(event, Block) else event
    return words_of.lasting(((span.end or timezone.now()) - span.start).total_seconds())


# Headings of tables have less room than tiles.
SHORT = {"downtime": "Down time", "mtbf": "MTBF", "operating_time": "Operating"}


@register.filter
def short_title(name: str) -> str:
    """A KPI's name for a narrow heading."""
    return SHORT.get(name, CATALOGUE[name].title)


@register.filter
def item(mapping: dict[Any, Any] | None, key: Any) -> Any:
    """An entry of a mapping; None where there is none."""
    return mapping.get(key) if mapping else None
