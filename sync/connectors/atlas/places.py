"""Where a location is: its root is the plant, the root's child is the line."""

from collections.abc import Mapping

from sync.connectors.atlas import values
from sync.connectors.base import Payload


def add_places(rows: list[Payload], parents: Mapping[int, int]) -> None:
    """Embed ``plant`` and ``line`` (location ids, or None) in locations, assets and work orders.

    Args:
        parents: location → its parent location, 0 at a root.
    """
    for row in rows:
        path = path_of(_location_of(row), parents)
        row["plant"] = path[0] if path else None
        row["line"] = path[1] if len(path) > 1 else None


def needs_place(row: Payload) -> bool:
    """All but work orders of an asset, which are where that is."""
    return not values.linked(row, "asset")


def _location_of(row: Payload) -> int:
    if "parentLocation" in row:
        return int(row["id"])
    inherited = row.get("parentAsset")
    above = inherited.get("locationId") if isinstance(inherited, dict) else None
    return values.linked(row, "location") or (above if type(above) is int else 0)


def path_of(location: int, parents: Mapping[int, int]) -> list[int]:
    """From the root down to the location; a ring in the data ends where it closes."""
    path: list[int] = []
    while location and location not in path:
        path.append(location)
        location = parents.get(location, 0)
    return path[::-1]
