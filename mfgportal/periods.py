"""Closed months as people see and decide them: scoped by plant, by right, with completeness as it was."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from kpis import periods
from kpis.models import ClosedPeriod, Plant
from mfgportal.accounts.access import Right, plants_of, require
from mfgportal.accounts.models import User
from sync.completeness import completeness


def periods_of(user: User) -> QuerySet[ClosedPeriod]:
    """Months of the person's plants that are or were closed, the newest first."""
    return ClosedPeriod.objects.filter(plant__in=plants_of(user)).select_related("plant")


def close_month(plant: Plant, month: date, *, by: str, note: str = "") -> ClosedPeriod:
    """Publish a plant's month as it is now. Raises ``kpis.periods.NotClosable``."""
    start, end = periods.window(plant, month)
    share = completeness(start=start, end=end, plant_ids=[plant.pk]).share
    return periods.close(plant, month, by=by, completeness=share, note=note)


def require_close(user: User, plant: Plant) -> None:
    """Raise ``PermissionDenied`` (403) unless the person may close and reopen months of the plant."""
    require(user, Right.CLOSE_PERIODS)
    if not plants_of(user).filter(pk=plant.pk).exists():
        raise PermissionDenied("Only months of your own plants.")
