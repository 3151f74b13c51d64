"""What sources say of a thing another one owns: kept as counterparts, compared, told when they differ."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from kpis.models import WorkOrder
from sync.corrections import to_json
from sync.items import Item
from sync.landing import Landed
from sync.load.facts import Ids
from sync.models import Counterpart, Source, Stream, SyncException
from sync.queue.writer import Problem, close_cause, raise_all
from sync.records import Kind, Record, Ref, WorkOrderRecord, WorkStatus

CLOSED = frozenset({WorkStatus.COMPLETED.value, WorkStatus.CANCELLED.value})
WORK_ORDER = Kind.WORK_ORDER.value


def keep(source: Source, items: Collection[Item], ids: Ids) -> None:
    """Keep work orders that stand for one of another system, to compare; not as second facts."""
    Counterpart.objects.bulk_create(
        [_counterpart(source, item.row, item.record, ids) for item in items if stands_for(item.record)],
        update_conflicts=True,
        unique_fields=["source", "kind", "external_key"],
        update_fields=["canonical_id", "values", "source_updated_at", "seen_at"],
    )


def stands_for(record: Record) -> bool:
    """Whether a record is another system's work order seen from here."""
    return isinstance(record, WorkOrderRecord) and record.counterpart is not None


def _counterpart(source: Source, row: Landed, record: Any, ids: Mapping[Ref, int]) -> Counterpart:
    return Counterpart(
        source=source,
        kind=WORK_ORDER,
        external_key=record.external_key,
        canonical_id=ids[record.counterpart],
        values={
            "status": record.status.value,
            "title": record.title,
            "equipment": record.equipment.key if record.equipment else "",
            "completed_on": to_json(record.completed_on or record.completed_at),
            "trace_id": str(row.trace_id),
        },
        source_updated_at=record.updated_at or row.updated_at,
    )


def forget(source: Source, keys: Collection[str]) -> None:
    """Drop what a source said of work orders that are gone there, or no longer stand for another."""
    rows = Counterpart.objects.filter(source=source, kind=WORK_ORDER, external_key__in=keys)
    orders = set(rows.values_list("canonical_id", flat=True))
    if orders:
        rows.delete()
        close_cause("status_mismatch", source, map(str, orders), "The other record is gone.")


def compare(stream: Stream, keys: Collection[str]) -> None:
    """Compare the work orders that records with these keys are, or stand for; raise and close mismatches."""
    own = WorkOrder.objects.filter(source=stream.source.name, external_key__in=keys)
    rows = Counterpart.objects.filter(kind=WORK_ORDER).select_related("source")
    theirs = rows.filter(source=stream.source, external_key__in=keys)
    ours = rows.filter(canonical_id__in=own.values("id"))
    _settle(stream, theirs | ours)


def recheck() -> None:
    """Compare again where a mismatch is open: both sides may have changed in the same moment."""
    for exception in SyncException.objects.filter(kind="status_mismatch", status="open").select_related(
        "stream"
    ):
        order = exception.context.get("work_order")
        if exception.stream and order:
            rows = Counterpart.objects.filter(kind=WORK_ORDER, canonical_id=order).select_related("source")
            _settle(exception.stream, rows)


def _settle(stream: Stream, counterparts: QuerySet[Counterpart]) -> None:
    orders = WorkOrder.objects.in_bulk({row.canonical_id for row in counterparts})
    known = SyncException.objects.filter(kind="status_mismatch").exclude(status="resolved")
    told = set(known.values_list("fingerprint", "message"))
    for counterpart in counterparts:
        order = orders.get(counterpart.canonical_id)
        cause = str(counterpart.canonical_id)
        if order is None or _agree(order, counterpart):
            close_cause("status_mismatch", counterpart.source, [cause], "Both systems agree.")
        else:
            problem = _problem(order, counterpart, cause)
            if (f"status_mismatch:{counterpart.source.name}:{cause}", problem.message) not in told:
                _raise(stream, counterpart, problem)


def _raise(stream: Stream, counterpart: Counterpart, problem: Problem) -> None:
    # The cause lies between two sources; it is filed under the one that is not the system of record.
    if stream.source_id == counterpart.source_id:
        raise_all(stream, [problem])
        return
    other = counterpart.source.streams.filter(raw_records__external_key=counterpart.external_key).first()
    if other:
        raise_all(other, [problem])


def _agree(order: WorkOrder, counterpart: Counterpart) -> bool:
    if order.deleted_at is not None:
        return True
    return (order.status in CLOSED) == (counterpart.values["status"] in CLOSED)


def _problem(order: WorkOrder, counterpart: Counterpart, cause: str) -> Problem:
    sides = list(_sides(order, counterpart))
    first, second = (f"“{side['value']}” in {side['source_title']}" for side in sides)
    return Problem(
        kind="status_mismatch",
        cause=cause,
        title=f"Work order {order.number or order.external_key}: status differs",
        message=f"{first}, {second}.",
        external_key=counterpart.external_key,
        context={"work_order": order.pk, "field": "status", "sides": sides},
        plant_id=order.equipment.plant_id if order.equipment else None,
        equipment_id=order.equipment_id,
    )


def _sides(order: WorkOrder, counterpart: Counterpart) -> Iterator[dict[str, Any]]:
    yield _side(
        order.source,
        _title(order.source),
        order.external_key,
        order.status,
        order.source_updated_at,
        order.title,
    )
    values = counterpart.values
    source = counterpart.source
    yield _side(
        source.name,
        source.title,
        counterpart.external_key,
        values["status"],
        counterpart.source_updated_at,
        values["title"],
    )


def _title(source: str) -> str:
    return Source.objects.filter(name=source).values_list("title", flat=True).first() or source


def _side(source: str, source_title: str, key: str, value: str, at: Any, title: str) -> dict[str, Any]:
    return {
        "source": source,
        "source_title": source_title,
        "external_key": key,
        "value": value.replace("_", " "),
        "at": to_json(at),
        "title": title,
    }
