"""Work orders, downtimes, labour, part use → facts."""

from datetime import timedelta

from sync.connectors.atlas import values
from sync.connectors.base import Payload
from sync.errors import BadRow
from sync.records import (
    CostCategory,
    CostRecord,
    DowntimeRecord,
    Kind,
    LabourRecord,
    PartUseRecord,
    Record,
    Ref,
    WorkOrderRecord,
    WorkStatus,
    WorkType,
)

STATUS = {
    "OPEN": WorkStatus.OPEN,
    "IN_PROGRESS": WorkStatus.IN_PROGRESS,
    "ON_HOLD": WorkStatus.ON_HOLD,
    "COMPLETE": WorkStatus.COMPLETED,
}
PRIORITY = {"NONE": "", "LOW": "low", "MEDIUM": "medium", "HIGH": "high"}
LABOUR_STATUS = {"STOPPED": True, "RUNNING": False}
NO_REASON = Ref(kind=Kind.REASON, codes=("unspecified-failure",), label="Unspecified failure")


def work_order(row: Payload) -> list[Record]:
    status = values.choice(row, "status", STATUS)
    done = status is WorkStatus.COMPLETED
    if row.get("archived") is True and not done:
        status = WorkStatus.CANCELLED
    return [
        WorkOrderRecord(
            external_key=f"work-order/{row['id']}",
            number=values.text(row, "customId") or str(row["id"]),
            title=values.text(row, "title"),
            equipment=values.ref(row, "asset", Kind.EQUIPMENT, "asset"),
            work_type=_work_type(row),
            status=status,
            priority="" if row.get("priority") is None else values.choice(row, "priority", PRIORITY),
            created_at=values.moment(row, "createdAt"),
            due_at=values.moment(row, "dueDate"),
            completed_at=values.moment(row, "completedOn") if done else None,
            assigned_to=values.ref(row, "primaryUser", Kind.TECHNICIAN, "user"),
        )
    ]


def _work_type(row: Payload) -> WorkType:
    """Atlas's own definition of reactive work: no preventive plan behind it."""
    planned = row.get("parentPreventiveMaintenance") is not None
    return WorkType.PREVENTIVE if planned else WorkType.CORRECTIVE


def downtime(row: Payload) -> list[Record]:
    """Duration 0 means that the stop goes on."""
    start, seconds = values.needed_moment(row, "startsOn"), values.number(row, "duration")
    return [
        DowntimeRecord(
            external_key=f"asset-downtime/{row['parent']['id']}.{row['id']}",
            equipment=Ref(kind=Kind.EQUIPMENT, key=f"asset/{row['parent']['id']}"),
            reason=NO_REASON,
            start=start,
            end=start + _span(seconds, "duration") if seconds else None,
            inherited=row["inherited"],
        )
    ]


def _span(seconds: float, field: str) -> timedelta:
    try:
        return timedelta(seconds=seconds)
    except OverflowError:
        raise BadRow(f"{field} is too long: {seconds} s", field=field) from None


def labour(row: Payload) -> list[Record]:
    values.choice(row, "status", LABOUR_STATUS)
    return [
        LabourRecord(
            external_key=f"labor/{row['parent']['id']}.{row['id']}",
            work_order=_order(row),
            technician=values.ref(row, "assignedTo", Kind.TECHNICIAN, "user"),
            start=values.moment(row, "startedAt"),
            seconds=values.number(row, "duration"),
            hourly_rate=values.number_or_none(row, "hourlyRate") or None,  # 0 means "not set"
        )
    ]


def part_use(row: Payload) -> list[Record]:
    part = values.ref(row, "part", Kind.PART, "part")
    if part is None:
        raise BadRow("part is empty; a part is needed", field="part")
    return [
        PartUseRecord(
            external_key=f"part-quantity/{row['parent']['id']}.{row['id']}",
            work_order=_order(row),
            part=part,
            quantity=values.number(row, "quantity"),
            unit_cost=values.number_or_none(row["part"], "cost"),
            used_at=values.moment(row, "createdAt"),
        )
    ]


def additional_cost(row: Payload) -> list[Record]:
    """What Atlas itself leaves out of its total is no cost of the work order."""
    if row.get("includeToTotalCost") is False:
        return []
    return [
        CostRecord(
            external_key=f"additional-cost/{row['parent']['id']}.{row['id']}",
            category=CostCategory(row["spent_on"]),
            amount=values.number(row, "cost"),
            at=values.moment(row, "date") or values.moment(row, "createdAt"),
            work_order=_order(row),
            label=values.text(row, "description"),
        )
    ]


def _order(row: Payload) -> Ref:
    return Ref(kind=Kind.WORK_ORDER, key=f"work-order/{row['parent']['id']}")
