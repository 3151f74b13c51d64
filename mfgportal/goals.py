"""Targets as people set them: who may see and change which, and what holds when one takes another's place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from kpis.models import Target
from mfgportal.accounts.access import Right, may, plants_of, require
from mfgportal.accounts.models import User


def targets_of(user: User) -> QuerySet[Target]:
    """Targets of the person's plants, and those of the enterprise, which hold there, too."""
    rows = Target.objects.select_related("plant", "line", "equipment")
    if user.sees_all_plants:
        return rows
    return rows.filter(Q(plant__in=plants_of(user)) | Q(plant=None))


@dataclass(frozen=True, slots=True)
class Standing:
    """A target and the days it judges. ``last``: the last one, None: no end is known. ``state``: in words."""

    target: Target
    last: date | None
    state: str


def standings(rows: Iterable[Target], today: date) -> list[Standing]:
    """How each stands, in order of KPI and place, the newest first; of one place all must be there."""
    found: list[Standing] = []
    later: dict[tuple[Any, ...], date] = {}
    for row in rows:
        spot = (row.kpi, row.plant_id, row.line_id, row.equipment_id)
        ends = [day for day in (row.ended_on, later.get(spot)) if day is not None]
        over = min(ends, default=None)
        later[spot] = row.valid_from
        last = over - timedelta(days=1) if over else None
        found.append(Standing(row, last, _state(row, over, today)))
    return found


def _state(row: Target, over: date | None, today: date) -> str:
    if over is not None and over <= today:
        return "ended" if over == row.ended_on else "replaced"
    return "holds" if row.valid_from <= today else "to come"


def may_set(user: User, plant_id: int | None) -> bool:
    """Whether the person may set targets there; for the enterprise only one who sees all plants."""
    if not may(user, Right.MANAGE_TARGETS):
        return False
    if user.sees_all_plants:
        return True
    return plant_id is not None and plants_of(user).filter(pk=plant_id).exists()


def require_set(user: User, plant_id: int | None) -> None:
    """Raise ``PermissionDenied`` (403) unless ``may_set``."""
    require(user, Right.MANAGE_TARGETS)
    if not may_set(user, plant_id):
        raise PermissionDenied("Targets of the enterprise are set by those who see all plants.")


def set_target(user: User, columns: dict[str, Any]) -> Target:
    """A target from a day on; it takes the place of the one before from then. Raises PermissionDenied."""
    require_set(user, columns["plant_id"])
    return Target.objects.create(**columns, set_by=user.username)


def correct_target(user: User, target: Target, *, value: float, band: float) -> Target:
    """Another value for the days the target holds for. The audit trail keeps what it was."""
    require_set(user, target.plant_id)
    target.value, target.band, target.set_by = value, band, user.username
    target.save(update_fields=["value", "band", "set_by"])
    return target


def end_target(user: User, target: Target, day: date) -> Target:
    """Let it hold no longer, from a day on: never before its first. Earlier days keep it."""
    require_set(user, target.plant_id)
    target.ended_on = max(day, target.valid_from)
    target.save(update_fields=["ended_on"])
    return target
