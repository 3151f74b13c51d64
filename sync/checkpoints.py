"""How far the checks that look now and then have come, and whether they are to look again."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from sync.models import Checkpoint


def last(name: str) -> datetime | None:
    """How far a check has come; None: it never looked."""
    return Checkpoint.objects.filter(name=name).values_list("at", flat=True).first()


def note(name: str, at: datetime) -> None:
    """A check has come so far."""
    Checkpoint.objects.update_or_create(name=name, defaults={"at": at})


def is_due(name: str, every: timedelta) -> bool:
    """Whether a check has not looked for so long."""
    return not Checkpoint.objects.filter(name=name, at__gt=timezone.now() - every).exists()


def when_due(name: str, every: timedelta, look: Callable[[], object]) -> None:
    """Look, where that is due, and note when it began."""
    now = timezone.now()
    if is_due(name, every):
        look()
        note(name, now)
