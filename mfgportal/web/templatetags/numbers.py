"""Every number opens: addresses of what is behind the values on a page, and how the opened one is told."""

from typing import Any

from django import template
from django.template.context import RequestContext

from kpis.engine import Value
from mfgportal.locales import number
from mfgportal.web.number import number_url as address_of

register = template.Library()


@register.simple_tag(takes_context=True)
def number_url(context: RequestContext, value: Value, by: str = "") -> str:
    """Where a value of the page's selection opens; ``by``: it is one of a part, which its key names."""
    return address_of(context["selection"], value, by)


# What a record says, in the order it is told; the first that it has is its name.
NAMES = ("reason", "title", "product", "part", "label", "order_number")
TIMES = ("start", "created_at", "day", "created_on")


@register.filter
def record_name(row: dict[str, Any]) -> str:
    """What a source record is called: its reason, title, product or part."""
    said = row["fields"]
    named = next((str(said[name]) for name in NAMES if said.get(name)), "")
    if "reduced_speed" in said:
        named = "Run at reduced speed" if said["reduced_speed"] else "Run"
    return named or row["kind"].replace("_", " ").capitalize()


@register.filter
def record_time(row: dict[str, Any]) -> Any:
    """When it began, or the day alone; None where nobody says."""
    said = row["fields"]
    return next((said[name] for name in TIMES if said.get(name)), None)


@register.filter
def hms(seconds: int) -> str:
    """A duration to the second: ``1,854:07:05``."""
    size = abs(seconds)
    return f"{number(size // 3600)}:{size % 3600 // 60:02}:{size % 60:02}"


@register.filter
def points(share: float) -> str:
    """A share of loading time as points of OEE."""
    return number(share * 100, 1).replace("-", "−")
