"""The shifts of a machine within a period, newest first, with their OEE."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from kpis.engine import Value, evaluate
from kpis.models import Equipment, ShiftComponents
from kpis.scope import Scope
from mfgportal.scope import MAX_SHIFT_DAYS, Selection

NAMES = ("oee", "availability", "performance", "quality", "downtime", "failures")
MAX_SHIFTS = 42


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """One shift. ``values`` by KPI name."""

    day: date
    number: int
    name: str
    start: datetime
    end: datetime
    values: dict[str, Value]


def shift_rows(equipment: Equipment, selection: Selection) -> list[ShiftRow]:
    """The newest shifts of the selection, at most ``MAX_SHIFTS``."""
    first = max(
        selection.period.first, date.fromordinal(selection.period.last.toordinal() - MAX_SHIFT_DAYS + 1)
    )
    rows = ShiftComponents.objects.filter(
        equipment=equipment, shift__gt=0, day__range=(first, selection.period.last)
    ).order_by("-start")[:MAX_SHIFTS]
    found = list(rows)
    if not found:
        return []
    values = shift_values(equipment, found[-1].day, found[0].day)
    return [
        ShiftRow(
            row.day, row.shift, row.shift_name, row.start, row.end, values.get((row.day, row.shift_name), {})
        )
        for row in found
    ]


def shift_values(
    equipment: Equipment,
    first: date,
    last: date,
    names: tuple[str, ...] = NAMES,
    grain: Literal["shift", "day"] = "shift",
) -> dict[tuple[date, str], dict[str, Value]]:
    """KPI values of each shift, by production day and shift name ("" in grain "day"), then by KPI name."""
    scope = Scope(first_day=first, last_day=last, equipment_ids=(equipment.pk,))
    return by_bucket(evaluate(names, scope, grain=grain))


def by_bucket(values: Iterable[Value]) -> dict[tuple[date, str], dict[str, Value]]:
    """Values by production day and shift name, then by KPI name."""
    found: dict[tuple[date, str], dict[str, Value]] = {}
    for value in values:
        if value.bucket is not None:
            found.setdefault((value.bucket, value.shift), {})[value.kpi] = value
    return found
