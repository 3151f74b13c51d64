"""Canonical rows that take values of what several sources say: set, written, and what they touch marked."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from kpis.cycles import follow
from kpis.models import Equipment, Operation, Plant, ShiftCalendar, Technician, WorkOrder
from kpis.models.base import FromSource, Master
from kpis.rollup import mark_calendars, mark_equipment, mark_plants
from kpis.work import marks
from kpis.work.marks import mark_orders
from sync import counterparts
from sync.identities import CANONICAL
from sync.load.choice import Said, columns
from sync.load.work import keep_plans
from sync.ownership import Owners
from sync.records import Kind

COMPUTED_FROM = frozenset({"plant_id", "calendar_id", "work_unit", "timezone"})
Followed = tuple[str, str]
"""Source and external key of the record a row follows."""


@dataclass(slots=True)
class Changes:
    """Columns that changed, by model and row."""

    columns: dict[type[FromSource], dict[int, set[str]]] = field(default_factory=lambda: defaultdict(dict))

    def put(self, row: FromSource, values: Mapping[str, Any]) -> None:
        """Set those columns of a row that differ."""
        changed = {name for name, value in values.items() if getattr(row, name) != value}
        for name in changed:
            setattr(row, name, values[name])
        if changed:
            self.columns[type(row)].setdefault(row.pk, set()).update(changed)

    def of(self, model: type[FromSource], names: Collection[str]) -> list[int]:
        """Rows of a model of which one of the columns changed."""
        return [row for row, changed in self.columns[model].items() if changed & set(names)]


def choose(
    row: FromSource, kind: Kind, said: Sequence[Said], followed: Followed, owners: Owners
) -> dict[str, Any]:
    """Column values a row is to have, of all that sources say of it."""
    base = next((one for one in said if (one.source, one.external_key) == followed), None)
    return columns(kind, type(row), said, base, owners)


def save(model: type[FromSource], rows: Collection[FromSource], changes: Changes) -> int:
    """Write the columns that changed; return of how many rows."""
    changed = {row.pk: row for row in rows if row.pk in changes.columns[model]}
    columns = sorted({name for names in changes.columns[model].values() for name in names})
    orders = list(changed) if model is WorkOrder else []
    mark_orders(orders)
    if changed:
        for row in changed.values():
            row.loaded_at = timezone.now()
        names = [*columns, "trace_id", "source_updated_at", "loaded_at"]
        model._default_manager.bulk_update(changed.values(), names, batch_size=500)
    keep_plans(orders)
    mark_orders(orders)
    return len(changed)


def mark(changes: Changes, since: datetime | None = None) -> None:
    """Have the days computed again that changed columns touch.

    Args:
        since: when dated values changed; else their source says when.
    """
    marks.mark_machines(changes.of(Equipment, ["plant_id", "work_unit"]))
    marks.mark_plants(changes.of(Plant, ["timezone", "currency"]))
    marks.mark_technicians(changes.of(Technician, ["hourly_rate"]))
    machines = changes.of(Equipment, COMPUTED_FROM)
    if machines:
        mark_equipment(machines)
    plants = changes.of(Plant, COMPUTED_FROM)
    if plants:
        mark_plants(plants)
    zones = changes.of(ShiftCalendar, ["timezone"])
    if zones:
        mark_calendars(zones)
    follow(Operation.objects.filter(id__in=changes.of(Operation, ["ideal_cycle_s"])), since)


def rechoose(kind: Kind, ids: Collection[int], owners: Owners) -> int:
    """Have rows take their values anew, as the systems of record are now.

    Facts that another transaction is writing are left to it, and to the next look at what changed lately.

    Returns:
        How many rows changed.
    """
    model = CANONICAL[kind]
    said = counterparts.all_said(kind, ids)
    wait = issubclass(model, Master)
    rows = (
        model._default_manager.select_for_update(of=("self",), skip_locked=not wait)
        .order_by("id")
        .in_bulk(said)
    )
    changes = Changes()
    for pk, row in rows.items():
        followed = _followed(row, said[pk], owners.kinds.get(kind))
        values = choose(row, kind, said[pk], followed, owners)
        changes.put(row, {**values, "source": followed[0], "external_key": followed[1]})
    count = save(model, list(rows.values()), changes)
    mark(changes, timezone.now())
    return count


def _followed(row: FromSource, said: Sequence[Said], owner: int | None) -> Followed:
    """A master follows a record of its kind's system of record, where there is one; a fact its own record."""
    mine = [one for one in said if one.source_id == owner]
    if not isinstance(row, Master) or not mine or any(one.source == row.source for one in mine):
        return row.source, row.external_key
    return mine[0].source, mine[0].external_key
