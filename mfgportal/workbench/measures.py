"""How well the queue is kept: open by age, time to resolve, what comes back, what is held back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import quantiles

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from mfgportal.accounts.access import exceptions_of, plants_of
from mfgportal.accounts.models import User
from sync.completeness import Completeness, completeness
from sync.models import ExceptionEvent, SyncException

OPEN = SyncException.Status.OPEN
BANDS = (("under 1 day", 1), ("1 to 3 days", 3), ("3 to 7 days", 7), ("7 to 30 days", 30), ("older", None))


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Open exceptions of an age. ``from_days`` to ``to_days``; None: no end."""

    title: str
    count: int
    from_days: int
    to_days: int | None


@dataclass(frozen=True, slots=True)
class Measures:
    """Over ``days`` days. Times in seconds, None where nothing was closed; shares 0 to 1.

    ``closed``: how many people or the portal closed; ``repeat_rate``: share of what was open at some time in
    these days that had come back in them; None: nothing was open.
    """

    days: int
    ages: Sequence[AgeBand]
    closed: int
    median_s: float | None
    p90_s: float | None
    repeat_rate: float | None
    held: Completeness


def measures(user: User, now: datetime, days: int = 30) -> Measures:
    """The measures of all that the person may see."""
    rows, since = exceptions_of(user), now - timedelta(days=days)
    took = sorted(_times_to_resolve(rows, since))
    plants = None if user.sees_all_plants else list(plants_of(user).values_list("pk", flat=True))
    return Measures(
        days=days,
        ages=open_by_age(rows, now),
        closed=len(took),
        median_s=_quantile(took, 50),
        p90_s=_quantile(took, 90),
        repeat_rate=_repeat_rate(rows, since),
        held=completeness(start=since, end=now, plant_ids=plants),
    )


def open_by_age(rows: QuerySet[SyncException], now: datetime) -> list[AgeBand]:
    """Open ones by how long ago each was first seen."""
    found = [
        max((now - seen).days, 0) for seen in rows.filter(status=OPEN).values_list("first_seen", flat=True)
    ]
    bands, start = [], 0
    for title, end in BANDS:
        count = sum(start <= age and (end is None or age < end) for age in found)
        bands.append(AgeBand(title, count, start, end))
        start = end or start
    return bands


def _times_to_resolve(rows: QuerySet[SyncException], since: datetime) -> list[float]:
    """Seconds from when each was raised, or came back, to when it was closed."""
    opened = ExceptionEvent.objects.filter(
        exception=OuterRef("pk"), action__in=["raised", "reopened"], at__lte=OuterRef("resolved_at")
    ).order_by("-at")
    closed = rows.exclude(status=OPEN).filter(resolved_at__gte=since)
    spans = closed.annotate(began=Coalesce(Subquery(opened.values("at")[:1]), F("first_seen")))
    return [
        max((end - began).total_seconds(), 0.0) for began, end in spans.values_list("began", "resolved_at")
    ]


def _quantile(values: Sequence[float], percent: int) -> float | None:
    """By linear interpolation between the values themselves (type 7)."""
    if len(values) < 2:
        return values[0] if values else None
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def _repeat_rate(rows: QuerySet[SyncException], since: datetime) -> float | None:
    seen = rows.filter(Q(status=OPEN) | Q(resolved_at__gte=since))
    back = ExceptionEvent.objects.filter(exception=OuterRef("pk"), action="reopened", at__gte=since, by="")
    total = seen.count()
    return seen.filter(Exists(back)).count() / total if total else None
