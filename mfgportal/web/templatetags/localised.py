"""Django's filters of dates and numbers, in the reader's locale; in every template without being loaded."""

from datetime import date, datetime
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma as english_intcomma
from django.template import defaultfilters

from mfgportal import locales

register = template.Library()

PARTS = {
    "j M Y": "yMMMd",
    "D j M": "MMMEd",
    "D": "E",
    "F Y": "yMMMM",
    "M y": "yMMM",
    "M Y": "yMMM",
    "j M": "MMMd",
    "l j F Y": "full",
}
"""Formats of templates, as parts of a day. Others, as of inputs, are the same in every locale."""
CLOCKS = {", H:i": "%H:%M", ", H:i:s": "%H:%M:%S"}
ISO = {"Y-m-d H:i": "j M Y, H:i", "Y-m-d H:i:s": "j M Y, H:i:s"}
"""Moments of lists of records, which read as all others do."""


@register.filter("date", expects_localtime=True, is_safe=False)
def localised_date(value: Any, form: str = "") -> str:
    """Django's ``date`` filter; formats of ``PARTS``, with a clock of ``CLOCKS`` or without, by locale."""
    form = ISO.get(form, form)
    if locales.locale() == locales.ENGLISH or not isinstance(value, date):
        return str(defaultfilters.date(value, form or None))
    day, clock = next(((form.removesuffix(end), end) for end in CLOCKS if form.endswith(end)), (form, ""))
    if day not in PARTS:
        return str(defaultfilters.date(value, form or None))
    said = locales.day(value, PARTS[day])
    return f"{said}, {value.strftime(CLOCKS[clock])}" if clock and isinstance(value, datetime) else said


@register.filter(is_safe=True)
def floatformat(value: Any, digits: Any = -1) -> str:
    return locales.symbols(str(defaultfilters.floatformat(value, digits)))


@register.filter(is_safe=True)
def intcomma(value: Any) -> str:
    return locales.symbols(str(english_intcomma(value, use_l10n=False)))
