"""The steps down to a machine."""

from kpis.models import Equipment
from mfgportal.scope import Selection
from mfgportal.web.dashboard import place_url
from mfgportal.web.page import Crumb


def crumbs_above(equipment: Equipment, selection: Selection) -> list[Crumb]:
    """Enterprise, plant, line."""
    line = equipment.line
    return [
        Crumb("Enterprise", place_url("overview", None, selection)),
        Crumb(equipment.plant.name, place_url("plant", equipment.plant_id, selection)),
        *([Crumb(line.name, place_url("line", line.pk, selection))] if line else []),
    ]
