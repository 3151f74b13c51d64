"""What plants take over from their machines, where no source says it of the plant itself."""

from kpis.models import Equipment, Plant
from kpis.rollup import mark_plants

UNSET_ZONE = "UTC"


def settle_plants() -> None:
    """A plant without a calendar takes that of its first work center; one without a zone, its calendar's."""
    moved = [plant.pk for plant in Plant.objects.select_related("calendar").order_by("id") if _settle(plant)]
    if moved:
        mark_plants(moved)


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
