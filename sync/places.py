"""Where and when records that wait belong: hints for the share of missing data, and for whom to ask."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from kpis.models import Equipment, WorkOrder
from sync.clocks import local
from sync.identities import ref_to
from sync.items import Item
from sync.models import Source
from sync.queue.writer import Held
from sync.records import EquipmentRecord, Record, Ref
from sync.whereabouts import plants_of

TIMES = ("start", "used_at", "at", "created_at")


class Places:
    """Where records that wait belong, as far as their machine, its own record or their work order tells."""

    def __init__(self, source: Source, items: Sequence[Item], ids: Mapping[Ref, int]) -> None:
        self.ids = ids
        machines = {found for item in items if (found := self._id(item, "equipment"))}
        orders = {found for item in items if (found := self._id(item, "work_order"))}
        self.machines = _machines(machines)
        self.sites = _sites(orders)
        lost = {ref for item in items if (ref := _ref(item, "equipment")) and ref not in ids}
        own = {ref_to(item.record) for item in items if isinstance(item.record, EquipmentRecord)}
        self.told = plants_of(source, lost | own)

    def _id(self, item: Item, field: str) -> int | None:
        ref = _ref(item, field)
        return self.ids.get(ref) if ref else None

    def machine(self, item: Item) -> int | None:
        return self._id(item, "equipment")

    def plant(self, item: Item) -> int | None:
        if isinstance(item.record, EquipmentRecord):
            return self.told.get(ref_to(item.record))
        machine = _ref(item, "equipment")
        return (
            self._id(item, "plant")
            or (self.machines[at].plant_id if (at := self.machine(item)) in self.machines else None)
            or (self.told.get(machine) if machine else None)
            or self.sites.get(self._id(item, "work_order") or 0)
        )

    def name(self, item: Item) -> str:
        """What a person knows a record by, its machine and local time; where these are not known, its key."""
        machine, at = self.machines.get(self.machine(item)), _time(item.record)
        if machine is None or at is None:
            return item.key
        return f"of {machine.name}, {local(at, machine.plant.timezone)}"

    def held(self, item: Item) -> Held:
        start = _time(item.record) or item.row.updated_at
        return Held(
            row=item.row,
            kind=item.kind,
            start=start,
            end=getattr(item.record, "end", start),
            plant_id=self.plant(item),
            equipment_id=self.machine(item),
        )


def _ref(item: Item, field: str) -> Ref | None:
    found: Ref | None = getattr(item.record, field, None)
    return found


def _machines(ids: Collection[int]) -> dict[int | None, Equipment]:
    rows = Equipment.objects.select_related("plant").filter(id__in=ids) if ids else ()
    return {row.pk: row for row in rows}


def _sites(orders: Collection[int]) -> dict[int, int | None]:
    rows = WorkOrder.objects.filter(id__in=orders)
    return dict(rows.values_list("id", "equipment__plant_id")) if orders else {}


def _time(record: Record) -> datetime | None:
    found = (getattr(record, name, None) for name in TIMES)
    return next((moment for moment in found if moment is not None), None)
