"""What the flows' and the monitor's templates need: short spans, as exact as they are meant."""

from django import template

from mfgportal.locales import number
from mfgportal.web.flow_forms import written
from mfgportal.web.format import NONE, lasting

register = template.Library()

ONE = {"1 d": "day", "1 h": "hour", "1 min": "minute", "1 s": "second"}

register.filter("exact", written)


@register.filter
def every(seconds: int) -> str:
    """How often: ``every 30 s``, ``every hour``."""
    span = written(seconds)
    return f"every {ONE.get(span, span)}"


@register.filter
def seconds(value: float | None) -> str:
    """A measured span: with a decimal where it is short."""
    if value is None:
        return NONE
    return f"{number(value, 1)} s" if value < 10 else lasting(value)
