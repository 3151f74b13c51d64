"""Periods cut into days, weeks, months, quarters and years. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from kpis.scope import Grain, Scope

MONTHS: dict[Grain, int] = {"month": 1, "quarter": 3, "year": 12}
"""Lengths of what is made of whole months."""


class Bucket(NamedTuple):
    """``start``: what names the bucket: the first day of the whole of it, the last of a rolling window.

    The other two are what of it lies in the scope; a rolling window may begin before.
    """

    start: date
    first_day: date
    last_day: date


def buckets(scope: Scope, grain: Grain) -> Iterator[Bucket]:
    """All buckets that touch the scope, in order, those without data too. Weeks start on Monday."""
    if grain == "rolling":
        yield from (Bucket(day, day - timedelta(days=scope.rolling_days - 1), day) for day in scope.days)
        return
    start = bucket_start(scope.first_day, grain)
    while start <= scope.last_day:
        after = later_start(start, grain)
        yield Bucket(start, max(start, scope.first_day), min(after - timedelta(days=1), scope.last_day))
        start = after


def bucket_start(day: date, grain: Grain) -> date:
    """First day of the bucket a day is in; of grain "shift" the day itself."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    if grain in MONTHS:
        return day.replace(month=day.month - (day.month - 1) % MONTHS[grain], day=1)
    return day


def later_start(start: date, grain: Grain, by: int = 1) -> date:
    """First day of the bucket so many later; below 0 earlier."""
    if grain in MONTHS:
        months = start.year * 12 + start.month - 1 + by * MONTHS[grain]
        return date(months // 12, months % 12 + 1, 1)
    return start + timedelta(days=by * (7 if grain == "week" else 1))
