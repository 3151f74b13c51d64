"""Moments as people write them on a command line."""

import re
from argparse import ArgumentTypeError
from datetime import UTC, datetime, timedelta

from django.utils import timezone

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
AGO = re.compile(r"(\d{1,6})([mhdw])")


def moment(text: str) -> datetime:
    """``7d`` or ``36h`` ago, or an ISO date or time, UTC where it names no zone.

    Raises:
        ArgumentTypeError: it is none of these; says what is.
    """
    if found := AGO.fullmatch(text):
        return timezone.now() - timedelta(**{UNITS[found[2]]: int(found[1])})
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(
            f"“{text}” is no moment: write 7d or 36h for a time ago, or a time such as 2026-01-31T08:00."
        ) from None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
