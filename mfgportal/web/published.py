"""What was published of a value, where late data have changed it visibly."""

from kpis.scope import Value
from mfgportal import locales
from mfgportal.web.format import amount


def restated(value: Value) -> str:
    """“Published 61.2 % on 3 Jun 2026, restated since”; "" where it reads as it was published, or is open."""
    if value.published_at is None:
        return ""
    was = str(amount(value.published, value.unit, value.currency))
    if was == str(amount(value.value, value.unit, value.currency)):
        return ""
    day = value.published_at
    return f"Published {was} on {locales.day(day)}, restated since"
