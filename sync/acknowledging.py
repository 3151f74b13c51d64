"""Within what time a repair is to be taken up: one answer for the queue and for the maintenance page."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q


def allowed(priority: str) -> timedelta:
    """Of a priority, where the installation has set one of its own; else of all."""
    hours: float = settings.ACKNOWLEDGE_WITHIN_HOURS_BY_PRIORITY.get(
        priority, settings.ACKNOWLEDGE_WITHIN_HOURS
    )
    return timedelta(hours=hours)


def least_allowed() -> timedelta:
    """Of whatever priority."""
    own = settings.ACKNOWLEDGE_WITHIN_HOURS_BY_PRIORITY.values()
    return timedelta(hours=min([settings.ACKNOWLEDGE_WITHIN_HOURS, *own]))


def asked_too_long_ago(now: datetime, asked: str = "asked_at") -> Q:
    """The condition on work orders; ``asked``: the column with when each was asked for."""
    own = list(settings.ACKNOWLEDGE_WITHIN_HOURS_BY_PRIORITY)
    late = Q((f"{asked}__lt", now - allowed(""))) & ~Q(priority__in=own)
    for priority in own:
        late |= Q((f"{asked}__lt", now - allowed(priority)), priority=priority)
    return late


def in_words() -> str:
    """As people say it: ``4 h, high 1 h``."""
    own = settings.ACKNOWLEDGE_WITHIN_HOURS_BY_PRIORITY.items()
    return ", ".join(
        [f"{settings.ACKNOWLEDGE_WITHIN_HOURS} h", *(f"{name} {hours:g} h" for name, hours in own)]
    )
