"""Periods cut into days, weeks and months. Pure."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from kpis.scope import Grain, Scope


class Bucket(NamedTuple):
    """``start``: the first day of the whole bucket; the other two are what of it lies in the scope."""

    start: date
    first_day: date
    last_day: date


def buckets(scope: Scope, grain: Grain) -> Iterator[Bucket]:
    """All buckets that touch the scope, in order, those without data too. Weeks start on Monday."""
    start = bucket_start(scope.first_day, grain)
    while start <= scope.last_day:
        after = start + timedelta(days=_length(start, grain))
        yield Bucket(start, max(start, scope.first_day), min(after - timedelta(days=1), scope.last_day))
        start = after


def bucket_start(day: date, grain: Grain) -> date:
    """First day of the bucket a day is in; of grain "shift" the day itself."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == "month" else day


def _length(start: date, grain: Grain) -> int:
    if grain == "week":
        return 7
    return monthrange(start.year, start.month)[1] if grain == "month" else 1
