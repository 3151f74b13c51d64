"""Production days: from a plant's day start, local time, to the next; 23 or 25 h where the clock moves."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from kpis.intervals import Span

DAY_S = 86400
EPOCH = date(1970, 1, 1)


def to_epoch(local: datetime, zone: ZoneInfo) -> float:
    """Epoch seconds of a naive local time.

    A time that comes twice is its first; one that is skipped is the moment the clock jumps, so that later
    local times are never earlier instants.
    """
    first = local.replace(tzinfo=zone, fold=0)
    back = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    if back == local:
        return first.timestamp()
    return _jump(local.replace(tzinfo=zone, fold=1).timestamp(), first.timestamp(), zone)


def _jump(before: float, after: float, zone: ZoneInfo) -> float:
    """The second between two instants at which the zone's offset changes, by bisection."""
    offset = datetime.fromtimestamp(before, zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


@dataclass(frozen=True, slots=True)
class DayClock:
    """Which production day an instant belongs to. ``start``: local time at which days begin."""

    zone: ZoneInfo
    start: timedelta = timedelta(0)

    def window(self, day: date) -> Span:
        """The production day's [start, end) as epoch seconds."""
        return Span(_day_start(self, day), _day_start(self, day + timedelta(days=1)))

    def day_of(self, instant: float) -> date:
        """The production day an epoch second lies in."""
        starts, days = _days_about(self, int(instant // DAY_S))
        return days[bisect_right(starts, instant) - 1]


# Where the clock moves over the day's start, local time alone would tell a wrong day. A day that a zone skips
# starts with the next one, and holds nothing.
@lru_cache(maxsize=65536)
def _days_about(clock: DayClock, utc_day: int) -> tuple[list[float], list[date]]:
    """Every production day that an instant of a UTC day may lie in, counted from 1970, and their starts."""
    days = [EPOCH + timedelta(days=utc_day + n) for n in range(-2, 3)]
    return [_day_start(clock, day) for day in days], days


@lru_cache(maxsize=65536)
def _day_start(clock: DayClock, day: date) -> float:
    return to_epoch(datetime.combine(day, time()) + clock.start, clock.zone)
