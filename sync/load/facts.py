"""Facts: upsert by natural key, tombstones, and the spans whose components they touch."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from kpis.cycles import valid_at
from kpis.models import CostEntry, Downtime, Labour, PartUse, Production, Run, StockLevel, WorkOrder
from kpis.models.base import Fact
from sync.landing import Landed
from sync.load import adding, spending, transitions, work
from sync.load.spending import money, optional_id
from sync.load.ties import hold
from sync.load.touched import Touched
from sync.load.writing import Target, write
from sync.records import (
    CostRecord,
    DowntimeRecord,
    LabourRecord,
    PartUseRecord,
    ProductionRecord,
    Record,
    Ref,
    RunRecord,
    StockRecord,
    WorkOrderRecord,
)
from sync.staging import Line, stage

COMMON = {
    "source": "varchar",
    "external_key": "varchar",
    "trace_id": "uuid",
    "source_updated_at": "timestamptz",
    "loaded_at": "timestamptz",
    "deleted_at": "timestamptz",
}
KEY = list(COMMON).index("external_key")
SPANNING = (Downtime, Run, Production)
Ids = Mapping[Ref, int]


@dataclass(frozen=True, slots=True, eq=False)
class FactSpec:
    """How a record becomes a row: the model, its columns with PostgreSQL types, and their values.

    ``ties``: columns that refer to a table without a constraint in the database.
    """

    model: type[Fact]
    columns: Mapping[str, str]
    values: Callable[[Any, Ids], tuple[Any, ...]]
    refs: tuple[str, ...]
    ties: Mapping[str, str] = field(default_factory=dict)

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def has_span(self) -> bool:
        return self.model in SPANNING


def refs_of(record: Record, names: Collection[str]) -> list[Ref]:
    """The references a record makes in the fields named."""
    return [ref for ref in (getattr(record, name) for name in names) if ref is not None]


def _downtime(record: DowntimeRecord, ids: Ids) -> tuple[Any, ...]:
    note = record.note[:400]
    return ids[record.equipment], ids[record.reason], record.start, record.end, record.inherited, note


def _run(record: RunRecord, ids: Ids) -> tuple[Any, ...]:
    return ids[record.equipment], record.start, record.end, record.reduced_speed, record.order_key


def _production(record: ProductionRecord, ids: Ids) -> tuple[Any, ...]:
    where = ids[record.equipment], optional_id(ids, record.product), optional_id(ids, record.operation)
    order = record.order_number[:120], record.order_key
    return *where, *order, record.start, record.end, float(record.quantity), float(record.scrap)


def _work_order(record: WorkOrderRecord, ids: Ids) -> tuple[Any, ...]:
    what = record.number[:80], record.title[:400], optional_id(ids, record.equipment)
    state = record.work_type.value, record.status.value, record.priority[:20]
    stage = record.stage[:120], record.stage_key
    times = record.created_at, record.due_at, record.completed_at, record.completed_on
    more = record.created_on, record.requested_at, record.scheduled_at, record.started_at
    plan = record.plan_key, record.plan_interval_days, record.estimated_s, record.team[:120]
    who = optional_id(ids, record.assigned_to), optional_id(ids, record.plant)
    return *what, *state, *stage, *times, *more, *plan, *who


def _labour(record: LabourRecord, ids: Ids) -> tuple[Any, ...]:
    who = ids[record.work_order], optional_id(ids, record.technician)
    return *who, record.start, float(record.seconds), money(record.hourly_rate, 2)


def _part_use(record: PartUseRecord, ids: Ids) -> tuple[Any, ...]:
    what = ids[record.work_order], ids[record.part]
    quantity = -record.quantity if record.returned else record.quantity
    return *what, float(quantity), money(record.unit_cost, 4), record.used_at


SPAN = {"start": "timestamptz", "end": "timestamptz"}
SPECS: dict[type[Record], FactSpec] = {
    DowntimeRecord: FactSpec(
        Downtime,
        {"equipment_id": "int8", "reason_id": "int8", **SPAN, "inherited": "bool", "note": "varchar"},
        _downtime,
        ("equipment", "reason"),
        ties={"equipment_id": "kpis_equipment", "reason_id": "kpis_reason"},
    ),
    RunRecord: FactSpec(
        Run,
        {"equipment_id": "int8", **SPAN, "reduced_speed": "bool", "order_key": "varchar"},
        _run,
        ("equipment",),
        ties={"equipment_id": "kpis_equipment"},
    ),
    ProductionRecord: FactSpec(
        Production,
        {
            **dict.fromkeys(("equipment_id", "product_id", "operation_id"), "int8"),
            **dict.fromkeys(("order_number", "order_key"), "varchar"),
            **SPAN,
            **dict.fromkeys(("quantity", "scrap"), "float8"),
        },
        _production,
        ("equipment", "product", "operation"),
        ties={
            "equipment_id": "kpis_equipment",
            "product_id": "kpis_product",
            "operation_id": "kpis_operation",
        },
    ),
    WorkOrderRecord: FactSpec(
        WorkOrder,
        {
            "number": "varchar",
            "title": "varchar",
            "equipment_id": "int8",
            **dict.fromkeys(("work_type", "status", "priority", "stage", "stage_key"), "varchar"),
            **dict.fromkeys(("created_at", "due_at", "completed_at"), "timestamptz"),
            **dict.fromkeys(("completed_on", "created_on"), "date"),
            **dict.fromkeys(("requested_at", "scheduled_at", "started_at"), "timestamptz"),
            "plan_key": "varchar",
            **dict.fromkeys(("plan_interval_days", "estimated_s"), "float8"),
            "team": "varchar",
            **dict.fromkeys(("assigned_to_id", "plant_id"), "int8"),
        },
        _work_order,
        ("equipment", "assigned_to", "plant"),
    ),
    LabourRecord: FactSpec(
        Labour,
        {
            "work_order_id": "int8",
            "technician_id": "int8",
            "start": "timestamptz",
            "seconds": "float8",
            "hourly_rate": "numeric",
        },
        _labour,
        ("work_order", "technician"),
    ),
    PartUseRecord: FactSpec(
        PartUse,
        {
            "work_order_id": "int8",
            "part_id": "int8",
            "quantity": "float8",
            "unit_cost": "numeric",
            "used_at": "timestamptz",
        },
        _part_use,
        ("work_order", "part"),
    ),
    CostRecord: FactSpec(
        CostEntry, spending.COST_COLUMNS, spending.cost, ("work_order", "equipment", "plant")
    ),
    StockRecord: FactSpec(StockLevel, spending.STOCK_COLUMNS, spending.stock, ("product", "plant")),
}


def upsert(source: str, spec: FactSpec, rows: Sequence[tuple[Landed, Record]], ids: Ids) -> Touched:
    """Write facts of one model. The caller marks what they touch, that of several models at once."""
    counts = spending.counts(source, spec.model)
    columns = {**COMMON, **spec.columns, **({"counts": "bool"} if counts else {})}
    now = timezone.now()
    lines = [(*_line(source, spec, row, record, ids, now), *counts) for row, record in rows]
    for place, name in enumerate(columns):
        if name in spec.ties:
            hold(spec.ties[name], {line[place] for line in lines} - {None})
    staged = columns
    if spec.model is Production:
        staged, lines = _with_cycles(columns, lines)
    if spec.has_span and not adding.any_known(spec.table, source, [line[KEY] for line in lines]):
        return Touched(adding.add(spec.table, source, staged, lines))
    stage(spec.table, staged, lines)
    work.about_to_change(spec.model, columns.keys() - COMMON.keys()).mark()
    touched = Touched(write(_target(spec, tuple(columns)), source))
    changed = work.just_changed(spec.model)
    if spec.model is WorkOrder:
        transitions.of_staged_orders()
        work.keep_plans(changed.orders)
    changed.mark()
    return touched


def _line(source: str, spec: FactSpec, row: Landed, record: Record, ids: Ids, now: datetime) -> Line:
    updated = record.updated_at or row.updated_at
    return source, record.external_key, row.trace_id, updated, now, None, *spec.values(record, ids)


def _with_cycles(columns: Mapping[str, str], lines: Sequence[Line]) -> tuple[dict[str, str], list[Line]]:
    """Production takes its ideal cycle along: looked up for the batch, at a tenth of a join's cost."""
    operation, start = (list(columns).index(name) for name in ("operation_id", "start"))
    at = valid_at({line[operation] for line in lines} - {None})
    return {**columns, "ideal_cycle_s": "float8"}, [
        (*line, at(line[operation], line[start])) for line in lines
    ]


# The cycle valid at its start, be the row ever so late; who changes a dated cycle restates the rows.
KEPT = "t.operation_id = s.operation_id AND t.start = s.start"
IDEAL_CYCLE = f"COALESCE(CASE WHEN {KEPT} THEN t.ideal_cycle_s END, s.ideal_cycle_s)"


@cache
def _target(spec: FactSpec, columns: tuple[str, ...]) -> Target:
    if not spec.has_span:
        return Target(spec.table, columns)
    orders = "order_key" in spec.columns
    if spec.model is not Production:
        return Target(spec.table, columns, ("deleted_at", *spec.columns), orders)
    # The counts of an open order are spread up to the moment they were reported.
    touching = ("deleted_at", "source_updated_at", *spec.columns, "ideal_cycle_s")
    return Target(spec.table, columns, touching, orders, (("ideal_cycle_s", IDEAL_CYCLE),))


def withdraw(source: str, model: type[Fact], keys: Collection[str]) -> int:
    """Put a tombstone on facts whose record is gone or waits in the queue; return how many there were."""
    live = model._default_manager.filter(source=source, external_key__in=keys, deleted_at=None)
    touched = _spans(source, model, live) if model in SPANNING else Touched()
    work.of_keys(source, model, keys).mark()
    now = timezone.now()
    count = live.update(deleted_at=now, loaded_at=now)
    touched.mark(now)
    return count


def _spans(source: str, model: type[Fact], rows: QuerySet[Fact]) -> Touched:
    order = [] if model is Downtime else ["order_key"]
    found = list(rows.values_list("equipment_id", "start", "end", *order))
    return Touched([row[:3] for row in found], {(source, key) for row in found for key in row[3:] if key})
