"""Records of the simulated CMMS: entities by resource, dates as epoch seconds, relations as bare ids."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sync.sandbox.store import inner

Record = dict[str, Any]

# Which property of an entity points at which resource.
RELATIONS: dict[str, dict[str, str]] = {
    "assets": {"location": "locations", "parentAsset": "assets", "category": "asset-categories",
               "primaryUser": "users"},
    "locations": {"parentLocation": "locations"},
    "work-orders": {"asset": "assets", "location": "locations", "primaryUser": "users",
                    "completedBy": "users",
                    "category": "work-order-categories", "team": "teams", "parentRequest": "requests",
                    "parentPreventiveMaintenance": "preventive-maintenances"},
    "requests": {"asset": "assets", "location": "locations", "workOrder": "work-orders",
                 "primaryUser": "users",
                 "category": "work-order-categories", "team": "teams"},
    "preventive-maintenances": {"asset": "assets", "location": "locations", "primaryUser": "users",
                                "team": "teams",
                                "category": "work-order-categories"},
    "parts": {"category": "part-categories", "location": "locations"},
    "meters": {"asset": "assets", "location": "locations", "meterCategory": "meter-categories"},
    "purchase-orders": {"vendor": "vendors"},
    "asset-downtimes": {"asset": "assets"},
    "labors": {"workOrder": "work-orders", "assignedTo": "users", "timeCategory": "time-categories"},
    "part-quantities": {"workOrder": "work-orders", "part": "parts", "purchaseOrder": "purchase-orders"},
    "additional-costs": {"workOrder": "work-orders", "category": "cost-categories", "assignedTo": "users"},
    "tasks": {"workOrder": "work-orders"},
    "readings": {"meter": "meters"},
}  # fmt: skip
PARENT = {"asset-downtimes": "asset", "labors": "workOrder", "part-quantities": "workOrder",
          "readings": "meter",
          "additional-costs": "workOrder", "tasks": "workOrder"}  # fmt: skip
SYSTEM_USER = 1


class Atlas:
    """All entities. Children (labour, downtimes, ...) are also kept by their parent."""

    def __init__(self) -> None:
        self.records: dict[str, dict[int, Record]] = defaultdict(dict)
        self.children: dict[tuple[str, int], list[int]] = defaultdict(list)
        self._last_id: dict[str, int] = defaultdict(int)

    def __getitem__(self, resource: str) -> dict[int, Record]:
        return self.records[resource]

    def add(self, resource: str, at: int, **values: Any) -> int:
        self._last_id[resource] += 1
        row_id = self._last_id[resource]
        audit = {"createdBy": SYSTEM_USER, "updatedBy": SYSTEM_USER, "createdAt": at, "updatedAt": at}
        self.records[resource][row_id] = {"id": row_id, **audit, **values}
        if parent := values.get(PARENT.get(resource, "")):
            self.children[(resource, parent)].append(row_id)
        return row_id

    def set(self, resource: str, row_id: int, at: int, **values: Any) -> None:
        """Changes a record; `at` becomes its updatedAt."""
        self.records[resource][row_id].update(
            {name: inner(value) for name, value in values.items()}, updatedAt=at
        )

    def delete(self, resource: str, row_id: int) -> None:
        """A hard delete: no tombstone, children go too."""
        del self.records[resource][row_id]
        for child, field in PARENT.items():
            if RELATIONS[child][field] == resource:
                for child_id in self.children.pop((child, row_id), []):
                    del self.records[child][child_id]

    def of(self, resource: str, parent: int) -> list[Record]:
        return [self.records[resource][row_id] for row_id in self.children.get((resource, parent), [])
                if row_id in self.records[resource]]  # fmt: skip
