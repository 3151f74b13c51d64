"""Words and figures of comparisons."""

from django import template

from mfgportal.locales import symbols
from mfgportal.web.format import NONE

register = template.Library()

UNITS = {"min": "Minutes", "pcs": "Pieces", "%": "Percent"}


@register.filter
def figure(value: float | None) -> str:
    """A quantity of any unit: whole where it is whole, else two digits; a dash for none."""
    return NONE if value is None else symbols(f"{value:,.2f}".removesuffix(".00").replace("-", "−"))


@register.filter
def words(unit: str) -> str:
    """A unit or a source's field for people."""
    return UNITS.get(unit, unit.replace("_", " ") if unit.isupper() else unit.replace("_", " ").capitalize())
