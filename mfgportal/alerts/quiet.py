"""Quiet hours in plant time: they delay, and never drop. Pure."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kpis.days import to_epoch


def is_quiet(moment: datetime, zone: ZoneInfo, start: time, end: time) -> bool:
    """Whether the plant's clock shows a time in [start, end); the hours may go over midnight."""
    local = moment.astimezone(zone).time()
    return start <= local < end if start <= end else local >= start or local < end


def after_quiet(moment: datetime, zone: ZoneInfo, start: time | None, end: time | None) -> datetime:
    """The moment itself, or the end of the quiet hours it lies in, UTC.

    Where the clock skips the end, they end with the jump; where it shows the end twice, with the first of
    the two that is still to come.
    """
    if start is None or end is None or not is_quiet(moment, zone, start, end):
        return moment
    local = moment.astimezone(zone)
    day = local.date() + timedelta(days=1 if local.time() >= end else 0)
    wall = datetime.combine(day, end)
    first = datetime.fromtimestamp(to_epoch(wall, zone), UTC)
    return first if first > moment else wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
