"""Work orders, downtimes, labour, part use → facts."""

from datetime import datetime, timedelta

from sync.connectors.atlas import values
from sync.connectors.atlas.plans import interval_days, of_a_plan
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
HOUR = 3600
LABOUR_STATUS = {"STOPPED": True, "RUNNING": False}
NO_REASON = Ref(kind=Kind.REASON, codes=("unspecified-failure",), label="Unspecified failure")


def work_order(row: Payload) -> list[Record]:
    status = _status(row)
    done = status is WorkStatus.COMPLETED
    asset = values.ref(row, "asset", Kind.EQUIPMENT, "asset")
    return [
        WorkOrderRecord(
            external_key=f"work-order/{row['id']}",
            number=values.text(row, "customId") or str(row["id"]),
            title=values.text(row, "title"),
            equipment=asset,
            work_type=_work_type(row),
            status=status,
            priority="" if row.get("priority") is None else values.choice(row, "priority", PRIORITY),
            created_at=values.moment(row, "createdAt"),
            due_at=values.moment(row, "dueDate"),
            completed_at=values.moment(row, "completedOn") if done else None,
            assigned_to=values.ref(row, "primaryUser", Kind.TECHNICIAN, "user"),
            plant=None if asset else _plant(row),
            team=values.name_of(row["team"]) if isinstance(row.get("team"), dict) else "",
            estimated_s=(values.number_or_none(row, "estimatedDuration") or 0) * HOUR or None,  # 0: not set
            requested_at=_requested(row),
            scheduled_at=values.moment(row, "estimatedStartDate"),
            plan_key=_plan_key(row),
            plan_interval_days=interval_days(row),
        )
    ]


def _status(row: Payload) -> WorkStatus:
    """Atlas has no status for cancelled work: it is archived."""
    status = values.choice(row, "status", STATUS)
    given_up = row.get("archived") is True and status is not WorkStatus.COMPLETED
    return WorkStatus.CANCELLED if given_up else status


def _plant(row: Payload) -> Ref | None:
    return Ref(kind=Kind.PLANT, key=f"location/{row['plant']}") if row.get("plant") else None


def _requested(row: Payload) -> datetime | None:
    """When the request behind it was made, where Atlas tells it with the order."""
    request = row.get("parentRequest")
    return values.moment(request, "createdAt") if isinstance(request, dict) else None


def _plan_key(row: Payload) -> str:
    plan = values.linked(row, "parentPreventiveMaintenance")
    return f"preventive-maintenance/{plan}" if of_a_plan(row) else ""


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
