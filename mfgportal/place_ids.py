"""A selection's place as the sync's counts of records take it."""

from typing import TypedDict

from mfgportal.scope import Selection


class Places(TypedDict, total=False):
    """Arguments of ``sync.completeness``."""

    plant_ids: tuple[int, ...]
    line_ids: tuple[int, ...]
    equipment_ids: tuple[int, ...]


def places(selection: Selection) -> Places:
    """The place as ``sync.completeness`` takes it: the narrowest alone."""
    scope = selection.scope
    if scope.equipment_ids is not None:
        return Places(equipment_ids=scope.equipment_ids)
    if scope.line_ids is not None:
        return Places(line_ids=scope.line_ids)
    return Places(plant_ids=scope.plant_ids or ())
