"""What a change of work orders, labour, parts and costs touches: plans written down, months marked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone
from psycopg import sql

from kpis.models import CostEntry, Labour, PartUse, WorkOrder
from kpis.models.base import Fact
from kpis.work.marks import mark_costs, mark_orders
from sync.staging import qualified, stage_of

MODELS: tuple[type[Fact], ...] = (WorkOrder, Labour, PartUse, CostEntry)
# Each key is looked up by index: the planner knows nothing of a table that has just been filled.
STAGED = sql.SQL(
    """
    SELECT t.id, {order} FROM {stage} s CROSS JOIN LATERAL (
        SELECT * FROM {table} f WHERE f.source = s.source AND f.external_key = s.external_key OFFSET 0
    ) t WHERE {condition}
    """
)
PLANS = """
    INSERT INTO kpis_workorderschedule (work_order_id, scheduled_at, known_at)
    SELECT o.id, o.scheduled_at, COALESCE(o.source_updated_at, %(now)s)
    FROM kpis_workorder o LEFT JOIN LATERAL (
        SELECT id, scheduled_at FROM kpis_workorderschedule w WHERE w.work_order_id = o.id
        ORDER BY id DESC LIMIT 1
    ) last ON true
    WHERE o.id = ANY(%(ids)s) AND last.scheduled_at IS DISTINCT FROM o.scheduled_at
    ORDER BY o.id
"""


@dataclass(frozen=True, slots=True)
class Work:
    """Work orders that change, or whose labour, parts or costs do; and costs that do."""

    orders: Collection[int] = ()
    costs: Collection[int] = ()

    def mark(self) -> None:
        """Before a change, for where the work was; after it, for where it is."""
        mark_orders(self.orders)
        mark_costs(self.costs)


def about_to_change(model: type[Fact], columns: Collection[str]) -> Work:
    """Those of the staged rows that are known and differ."""
    if model not in MODELS:
        return Work()
    compared = ("deleted_at", *columns)
    differs = sql.SQL("({}) IS DISTINCT FROM ({})").format(qualified("t", compared), qualified("s", compared))
    return _of_staged(model, differs)


def just_changed(model: type[Fact]) -> Work:
    """Those of the staged rows that are new or were changed: what stayed has its old ``loaded_at``."""
    if model not in MODELS:
        return Work()
    return _of_staged(model, sql.SQL("t.loaded_at = s.loaded_at"))


def of_keys(source: str, model: type[Fact], keys: Collection[str]) -> Work:
    """Those of a source's live facts."""
    if model not in MODELS:
        return Work()
    rows = model._default_manager.filter(source=source, external_key__in=keys, deleted_at=None)
    return _work(model, rows.values_list("pk", "pk" if model is WorkOrder else "work_order_id"))


def keep_plans(order_ids: Collection[int]) -> None:
    """Write down when work orders are to be done, where that has changed: a source overwrites it."""
    if order_ids:
        _execute(PLANS, {"ids": list(order_ids), "now": timezone.now()})


def _of_staged(model: type[Fact], condition: sql.Composable) -> Work:
    table = model._meta.db_table
    statement = STAGED.format(
        order=sql.SQL("t.id" if model is WorkOrder else "t.work_order_id"),
        stage=sql.Identifier(stage_of(table)),
        table=sql.Identifier(table),
        condition=condition,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return _work(model, cursor.fetchall())


def _work(model: type[Fact], rows: Any) -> Work:
    found = list(rows)
    costs = {pk for pk, _ in found} if model is CostEntry else set()
    return Work({order for _, order in found if order is not None}, costs)


def _execute(statement: str, values: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
