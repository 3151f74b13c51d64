"""Staged facts into their table by one statement, which also says what the change touches."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.db import connection
from psycopg import sql

from sync.load.touched import JOINED, Span
from sync.staging import names, qualified, stage_of

ALWAYS = "loaded_at"
"""Written with a change, but no change by itself."""


@dataclass(frozen=True, slots=True)
class Target:
    """A table of facts.

    Args:
        columns: those staged.
        touching: columns of which a change moves components; none: the facts have no span.
        orders: facts of order steps, whose counts are spread over all runs of the order.
        computed: columns with expressions over ``s``, the staged row, and ``t``, the row as it is.
    """

    table: str
    columns: tuple[str, ...]
    touching: tuple[str, ...] = ()
    orders: bool = False
    computed: tuple[tuple[str, str], ...] = ()


def write(target: Target, source: str) -> list[Span]:
    """Add staged rows that are new, change those that differ; return the old and new spans of what changed.

    The spans are joined by machine and day, with those of all steps of the orders concerned.
    """
    with connection.cursor() as cursor:
        cursor.execute(_statement(target), {"source": source})
        return cursor.fetchall() if target.touching else []


@cache
def _statement(target: Target) -> sql.Composed:
    columns = (*target.columns, *(name for name, _ in target.computed))
    compared = [name for name in columns if name != ALWAYS]
    parts = {
        "table": sql.Identifier(target.table),
        "stage": sql.Identifier(stage_of(target.table)),
        "columns": names(columns),
        "values": sql.SQL(", ").join(
            sql.SQL("{} AS {}").format(_value(target, name), sql.Identifier(name)) for name in columns
        ),
        "old": qualified("t", compared),
        "new": sql.SQL(", ").join(_value(target, name) for name in compared),
        "was": _was(target),
        "assigned": sql.SQL(", ").join(
            sql.SQL("{0} = d.{0}").format(sql.Identifier(name)) for name in columns
        ),
        "told": _told(target),
    }
    return STATEMENT.format(**parts)


# The lateral join with OFFSET looks each key up by index: the planner knows nothing of a staging table that
# has just been filled, and would now and then read the whole big one instead.
STATEMENT = sql.SQL(
    """
    WITH diff AS MATERIALIZED (
        SELECT {values}, t.id AS known {was}
        FROM {stage} s LEFT JOIN LATERAL (
            SELECT * FROM {table} f WHERE f.source = s.source AND f.external_key = s.external_key OFFSET 0
        ) t ON true
        WHERE t.id IS NULL OR ({old}) IS DISTINCT FROM ({new})
    ), added AS (
        INSERT INTO {table} ({columns}) SELECT {columns} FROM diff WHERE known IS NULL
    ), changed AS (
        UPDATE {table} t SET {assigned} FROM diff d WHERE t.id = d.known
    )
    {told}
    """
)
NOTHING = sql.SQL("SELECT WHERE false")
SPANS = sql.SQL(
    """
    , side AS MATERIALIZED (
        SELECT equipment_id, start, "end", {order} AS order_key FROM diff WHERE touches
        UNION ALL
        SELECT was_equipment, was_start, was_end, was_order FROM diff WHERE touches AND known IS NOT NULL
    ), fact AS (
        SELECT equipment_id, start, "end" FROM side {of_orders}
    )
    {joined}
    """
)
OF_ORDERS = sql.SQL(
    """
    UNION ALL
    SELECT step.* FROM (SELECT DISTINCT order_key FROM side WHERE order_key <> '') o
    CROSS JOIN LATERAL (
        SELECT equipment_id, start, "end" FROM kpis_run
        WHERE source = %(source)s AND order_key = o.order_key
        UNION ALL
        SELECT equipment_id, start, "end" FROM kpis_production
        WHERE source = %(source)s AND order_key = o.order_key
        OFFSET 0
    ) step
    """
)


def _value(target: Target, name: str) -> sql.Composable:
    expression: Mapping[str, str] = dict(target.computed)
    return sql.SQL(expression[name]) if name in expression else sql.Identifier("s", name)


def _was(target: Target) -> sql.Composable:
    if not target.touching:
        return sql.SQL("")
    return sql.SQL(
        ', t.equipment_id AS was_equipment, t.start AS was_start, t."end" AS was_end, {order} AS was_order,'
        " t.id IS NULL OR ({old}) IS DISTINCT FROM ({new}) AS touches"
    ).format(
        order=sql.SQL("t.order_key" if target.orders else "''"),
        old=qualified("t", target.touching),
        new=sql.SQL(", ").join(_value(target, name) for name in target.touching),
    )


def _told(target: Target) -> sql.Composable:
    if not target.touching:
        return NOTHING
    return SPANS.format(
        order=sql.SQL("order_key" if target.orders else "''"),
        of_orders=OF_ORDERS if target.orders else sql.SQL(""),
        joined=JOINED.format(fact=sql.SQL("fact")),
    )
