"""Moments as titles and messages of the queue say them: on the plant's clock."""

from datetime import datetime
from zoneinfo import ZoneInfo


def local(at: datetime, zone: str) -> str:
    """``2 Mar 2026, 09:00``, in the IANA zone; "" is UTC, which is said."""
    there = at.astimezone(ZoneInfo(zone or "UTC"))
    return f"{local_day(at, zone)}, {there:%H:%M}{'' if zone else ' UTC'}"


def local_day(at: datetime, zone: str = "UTC") -> str:
    """``2 Mar 2026``, in the IANA zone."""
    there = at.astimezone(ZoneInfo(zone or "UTC"))
    return f"{there.day} {there:%b %Y}"
