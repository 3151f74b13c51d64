"""One maintenance work order through its life, in the CMMS and (for production machines) in Odoo."""

from __future__ import annotations

from dataclasses import dataclass, field

from sync.sandbox.atlas_masters import ACTIVE, BREAKDOWN
from sync.sandbox.atlas_store import Atlas
from sync.sandbox.machine import Machine
from sync.sandbox.odoo_books import known_code
from sync.sandbox.odoo_requests import RequestDesk
from sync.sandbox.spec import Plant


@dataclass(slots=True)
class Ticket:
    """Each method is called at its time by the agenda; `at` is that time in epoch seconds."""

    atlas: Atlas
    desk: RequestDesk
    asset_id: int
    title: str
    technicians: list[int]
    category: int
    machine: Machine | None
    plant: Plant
    priority: str = "LOW"
    due: int = 0
    plan_id: int | None = None
    asked_first: bool = False
    extra_cost: float = 0.0
    parts: list[tuple[int, float]] = field(default_factory=list)
    workorder_id: int = 0
    request_id: int = 0
    begun: int = 0
    downtimes: list[tuple[int, int]] = field(default_factory=list)  # (downtime id, asset id)

    @property
    def number(self) -> str:
        return f"WO{self.workorder_id:06}"

    def down(self, at: int) -> None:
        """The asset and every parent that is up go DOWN, each with its own row (open: duration 0)."""
        asset_id: int | None = self.asset_id
        while asset_id:
            asset = self.atlas["assets"][asset_id]
            if asset["status"] != "DOWN":
                row = self.atlas.add("asset-downtimes", at, asset=asset_id, startsOn=at, duration=0)
                self.downtimes.append((row, asset_id))
                self.atlas.set("assets", asset_id, at, status="DOWN")
            asset_id = asset["parentAsset"]

    def up(self, at: int) -> None:
        for row, asset_id in self.downtimes:
            starts = self.atlas["asset-downtimes"][row]["startsOn"]
            self.atlas.set("asset-downtimes", row, at, duration=at - starts)
            self.atlas.set("assets", asset_id, at, status="OPERATIONAL")

    def create(self, at: int) -> None:
        asset = self.atlas["assets"][self.asset_id]
        base = {
            "title": self.title, "description": "", "priority": self.priority, "asset": self.asset_id,
            "location": asset["location"], "category": self.category, "dueDate": self.due,
            "primaryUser": self.technicians[0], "team": self._team(),
            "estimatedStartDate": at if self.plan_id else None,
            "estimatedDuration": 1.0 if self.category == BREAKDOWN else 1.5,
        }  # fmt: skip
        parent = self._ask(at, base) if self.asked_first else None
        self.workorder_id = self.atlas.add(
            "work-orders", at, status="OPEN", assignedTo=self.technicians, completedOn=None, completedBy=None,
            parentRequest=parent, parentPreventiveMaintenance=self.plan_id,
            **base, **ACTIVE,
        )  # fmt: skip
        self.atlas["work-orders"][self.workorder_id]["customId"] = self.number
        if parent:
            self.atlas.set("requests", parent, at, workOrder=self.workorder_id)
        if self.category != BREAKDOWN:
            self._add_tasks(at)
        if self.machine and self.desk.mirrors(self.machine, self.plan_id is not None):
            kind = "preventive" if self.plan_id else "corrective"
            self.request_id = self.desk.open(at, self.machine, f"[{self.number}] {self.title}", kind)

    def _team(self) -> int:
        name = f"{self.plant.name} maintenance"
        return next(key for key, team in self.atlas["teams"].items() if team["name"] == name)

    def _ask(self, at: int, base: dict[str, object]) -> int:
        number = len(self.atlas["requests"]) + 1
        return self.atlas.add("requests", at - 20, customId=f"R{number:06}", cancelled=False, workOrder=None,
                              **base, **ACTIVE)  # fmt: skip

    def _add_tasks(self, at: int) -> None:
        for label in ("Check guards and interlocks", "Lubricate", "Clean and inspect"):
            base = {"id": 0, "label": label, "taskType": "SUBTASK"}
            self.atlas.add("tasks", at, workOrder=self.workorder_id, taskBase=base, value="OPEN", notes="")

    def begin(self, at: int) -> None:
        self.begun = at
        self.atlas.set("work-orders", self.workorder_id, at, status="IN_PROGRESS")
        if self.request_id:
            self.desk.begin(at, self.request_id)

    def complete(self, at: int) -> None:
        """Labour, parts and costs are booked with the report; they do not touch the work order."""
        for technician in self.technicians:
            self._work(at, technician)
        for part, quantity in self.parts:
            self._use(at, part, quantity)
        if self.extra_cost:
            self._call_service(at)
        for task in self.atlas.of("tasks", self.workorder_id):
            self.atlas.set("tasks", task["id"], at, value="COMPLETE")
        self.atlas.set("work-orders", self.workorder_id, at, status="COMPLETE", completedOn=at,
                       completedBy=self.technicians[0])  # fmt: skip
        if self.request_id:
            self.desk.close(at, self.request_id)

    def _work(self, at: int, technician: int) -> None:
        user = self.atlas["users"][technician]
        lasted, rate = max(300, at - self.begun), user["rate"]
        self.atlas.add(
            "labors", at, workOrder=self.workorder_id, assignedTo=technician, startedAt=self.begun,
            duration=lasted, hourlyRate=rate, status="STOPPED", includeToTotalTime=True, logged=False,
            timeCategory=1 if self.category == BREAKDOWN else 2,
        )  # fmt: skip
        name, hours = f"{user['firstName']} {user['lastName']}", lasted / 3600
        self.desk.books.labour(at, self.number, name, rate * hours, hours, self.plant)
        self.desk.ledger.spend(self.number, "labour", rate * hours)

    def _call_service(self, at: int) -> None:
        self.atlas.add(
            "additional-costs", at, workOrder=self.workorder_id, cost=self.extra_cost, category=1,
            description="Service call", assignedTo=self.technicians[0], includeToTotalCost=True, date=at,
        )  # fmt: skip
        self.desk.books.service(at, self.number, "Service call", self.extra_cost, self.plant)
        self.desk.ledger.spend(self.number, "contractor", self.extra_cost)

    def _use(self, at: int, part: int, quantity: float) -> None:
        self.atlas.add("part-quantities", at, workOrder=self.workorder_id, part=part, quantity=quantity)
        row = self.atlas["parts"][part]
        known = known_code(row["barcode"], part)
        self.desk.books.take(at, self.number, part, quantity, self.plant, known=known)
        self.desk.ledger.spend(self.number, "parts", row["cost"] * quantity)
        self.desk.ledger.move(part, -quantity)
        left = self.atlas["parts"][part]["quantity"] - quantity
        if left < self.atlas["parts"][part]["minQuantity"]:
            left += 20
            number = len(self.atlas["purchase-orders"]) + 1
            order = self.atlas.add("purchase-orders", at, name=f"Restock {number}", status="APPROVED",
                                   vendor=1,
                                   category=None, **ACTIVE)  # fmt: skip
            self.atlas.add("part-quantities", at, purchaseOrder=order, part=part, quantity=20.0)
            self.desk.books.restock(at, part, 20.0, self.plant)
            self.desk.ledger.move(part, 20.0)
        self.atlas.set("parts", part, at, quantity=left)
