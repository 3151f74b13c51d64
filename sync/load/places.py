"""What plants and machines take over from each other, where no source says it of them."""

from collections.abc import Collection

from kpis.models import Equipment, Plant
from kpis.rollup import mark_plants
from kpis.work import marks
from sync.models import Source
from sync.records import Kind, Ref

UNSET_ZONE = "UTC"
NOWHERE = Ref(kind=Kind.PLANT, label="machines without a place")
"""The plant of machines of which a source names neither plant nor line nor machine above."""


def only_plant(source: Source, owns: Collection[str]) -> int | None:
    """Where a machine without a place can only be: the one plant there is; None where there are several.

    A system of record of plants that names none gets one, by its own name.
    """
    plants = list(Plant.objects.filter(gone_at=None).values_list("pk", flat=True)[:2])
    if not plants and Kind.PLANT in owns:
        return Plant.objects.create(source=source.name, name=source.title).pk
    return plants[0] if len(plants) == 1 else None


def settle_plants() -> None:
    """A plant without a calendar takes that of its first work center; one without a zone, its calendar's."""
    moved = [plant.pk for plant in Plant.objects.select_related("calendar").order_by("id") if _settle(plant)]
    if moved:
        mark_plants(moved)
        marks.mark_plants(moved)


def _settle(plant: Plant) -> bool:
    before = (plant.calendar_id, plant.timezone)
    if plant.calendar is None:
        machines = Equipment.objects.filter(plant=plant, work_unit=True).exclude(calendar=None)
        first = machines.select_related("calendar").order_by("id").first()
        plant.calendar = first.calendar if first else None
    if plant.timezone == UNSET_ZONE and plant.calendar is not None:
        plant.timezone = plant.calendar.timezone
    if before == (plant.calendar_id, plant.timezone):
        return False
    plant.save(update_fields=["calendar", "timezone"])
    return True
