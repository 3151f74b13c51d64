"""Values of alerts, in their unit."""

from django import template

from mfgportal.alerts.models import Alert
from mfgportal.locales import symbols
from mfgportal.web.format import NONE, amount

register = template.Library()

TONES = {"critical": "bad", "warning": "warn", "info": "info"}


def _shown(alert: Alert, value: float | None) -> str:
    if value is None:
        return NONE
    return f"p = {symbols(format(value, '.2g'))}" if alert.unit == "p" else str(amount(value, alert.unit))


@register.filter
def opened_value(alert: Alert) -> str:
    return _shown(alert, alert.value_opened)


@register.filter
def worst_value(alert: Alert) -> str:
    return _shown(alert, alert.value_worst)


@register.filter
def closed_value(alert: Alert) -> str:
    return _shown(alert, alert.value_closed)


@register.filter
def limit_value(alert: Alert) -> str:
    return _shown(alert, alert.limit)


@register.filter
def alert_tone(severity: str) -> str:
    """Colour of a severity; the word stands beside it."""
    return TONES.get(severity, "")
