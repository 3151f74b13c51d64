"""Levels: what stands at the end of a bucket, read from the facts when asked. They do not add up over time.

Rows are as those of ``kpis.reading``; a level of the whole period is that of its last day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection

from kpis.buckets import Bucket, buckets
from kpis.definitions import Component, unread
from kpis.definitions.base import UNREAD
from kpis.scope import By, Grain, Scope, UnsupportedGrain

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelTable:
    """What is read, and by what it can be split.

    Args:
        source: FROM and WHERE of a statement over ``d`` (bucket, first and last day), with ``p`` its plant.
        sums: component → expression.
        parts: breakdown → expressions of its id and its name.
        money: whether its amounts are in the plants' currencies.
    """

    source: str
    sums: Mapping[str, str]
    parts: Mapping[By, tuple[str, str]]
    money: bool = False


PLANT: Mapping[By, tuple[str, str]] = {"plant": ("p.id", "p.name")}
MACHINE: Mapping[By, tuple[str, str]] = {
    **PLANT,
    "line": ("e.line_id", "l.name"),
    "equipment": ("e.id", "e.name"),
    "equipment_class": ("e.equipment_class", "e.equipment_class"),
}
ENDED = "((d.day + 1)::timestamp AT TIME ZONE p.timezone)"
CLOSED = """
    CASE o.status
        WHEN 'completed' THEN COALESCE(o.completed_at, o.completed_on::timestamp AT TIME ZONE p.timezone)
        WHEN 'cancelled' THEN COALESCE(
            (SELECT max(COALESCE(c.at, c.seen_at)) FROM kpis_statuschange c
                WHERE c.work_order_id = o.id AND c.status_to = 'cancelled'), o.source_updated_at, o.loaded_at)
    END
"""
BACKLOG = LevelTable(
    source=f"""
        FROM kpis_workorder o
        LEFT JOIN kpis_equipment e ON e.id = o.equipment_id
        LEFT JOIN kpis_line l ON l.id = e.line_id
        LEFT JOIN kpis_technician t ON t.id = o.assigned_to_id
        JOIN kpis_plant p ON p.id = COALESCE(e.plant_id, o.plant_id)
        CROSS JOIN LATERAL (
            SELECT (o.created_at AT TIME ZONE p.timezone)::date AS made,
                ({CLOSED} AT TIME ZONE p.timezone)::date AS closed
            OFFSET 0  -- else the planner works it out anew for each day
        ) k
        JOIN days d ON (k.made IS NULL OR k.made <= d.day) AND (k.closed IS NULL OR k.closed > d.day)
        WHERE o.deleted_at IS NULL
            AND (o.created_at IS NULL OR o.created_at < %(latest)s::date + interval '3 days')
            AND (  -- each has an index
                o.status NOT IN ('completed', 'cancelled')
                OR o.completed_at >= %(earliest)s::date - interval '2 days'
                OR o.completed_at IS NULL AND o.status IN ('completed', 'cancelled')
                    AND COALESCE(o.completed_on, o.source_updated_at, o.loaded_at)
                        >= %(earliest)s::date - interval '2 days'
            )
    """,
    sums={
        "backlog_orders": "count(*)",
        "backlog_s": "COALESCE(sum(o.estimated_s), 0)",
        "backlog_orders_without_estimate": "count(*) FILTER (WHERE o.estimated_s IS NULL)",
    },
    parts={
        **MACHINE,
        "work_type": ("o.work_type", "o.work_type"),
        "priority": ("o.priority", "o.priority"),
        "team": ("o.team", "o.team"),
        "technician": ("t.id", "t.name"),
    },
)
TODAY = "(now() AT TIME ZONE p.timezone)::date"
CAPACITY = LevelTable(
    source="FROM days d CROSS JOIN kpis_plant p WHERE p.capacity_s_per_week > 0 AND p.gone_at IS NULL",
    sums={
        "capacity_s_per_week": "sum(p.capacity_s_per_week)",
        "crew_s": f"sum(p.capacity_s_per_week * GREATEST(0, LEAST(d.day, {TODAY}) - d.first + 1) / 7)",
    },
    parts=PLANT,
)
RATE = """
    LEFT JOIN LATERAL (
        SELECT CASE WHEN p.currency = %(enterprise)s THEN 1 ELSE (
            SELECT r.per_enterprise_unit::float8 FROM kpis_currencyrate r
            WHERE r.currency = p.currency AND r.valid_from <= d.day ORDER BY r.valid_from DESC LIMIT 1
        ) END AS units
    ) rate ON true
"""


def _worth(name: str, amount: str) -> dict[str, str]:
    """An amount in the plants' currency and in the enterprise's, and how many could not be converted."""
    return {
        name: f"COALESCE(sum({amount}), 0)",
        f"{name}_base": f"COALESCE(sum({amount} / rate.units), 0)",
        "without_rate": "0",
        "without_base_rate": f"count(*) FILTER (WHERE {amount} <> 0 AND rate.units IS NULL)",
    }


ASSETS = LevelTable(
    source=f"""
        FROM days d CROSS JOIN kpis_equipment e
        JOIN kpis_plant p ON p.id = e.plant_id LEFT JOIN kpis_line l ON l.id = e.line_id {RATE}
        WHERE (e.gone_at IS NULL OR e.gone_at >= {ENDED}) AND (e.active OR e.gone_at IS NOT NULL)
            AND (e.in_service_on IS NULL OR e.in_service_on <= d.day)
    """,
    sums={
        **_worth("replacement_value", "e.replacement_value::float8"),
        "machines_valued": "count(e.replacement_value)",
        "machines_without_value": "count(*) FILTER (WHERE e.replacement_value IS NULL)",
    },
    parts=MACHINE,
    money=True,
)
# What lies in stock is known as it is now.
STOCK = LevelTable(
    source=f"""
        FROM days d CROSS JOIN kpis_stocklevel s JOIN kpis_plant p ON p.id = s.plant_id {RATE}
        WHERE s.deleted_at IS NULL AND now() < {ENDED}
            AND EXISTS (SELECT FROM kpis_part k WHERE k.product_id = s.product_id)
    """,
    sums={
        **_worth("stock_value", "s.quantity * s.unit_value::float8"),
        "stocks_valued": "count(s.unit_value)",
        "stocks_without_value": "count(*) FILTER (WHERE s.unit_value IS NULL)",
    },
    parts=PLANT,
    money=True,
)
ASKED = """
    SELECT COALESCE(e.plant_id, o.plant_id) AS plant_id, k.id AS part_id, sum(u.quantity) AS quantity
    FROM kpis_workorder o
    JOIN kpis_partuse u ON u.work_order_id = o.id AND u.deleted_at IS NULL AND u.counts
    JOIN kpis_part k ON k.id = u.part_id AND k.gone_at IS NULL
    LEFT JOIN kpis_equipment e ON e.id = o.equipment_id
    WHERE o.deleted_at IS NULL AND o.status NOT IN ('completed', 'cancelled')
    GROUP BY 1, 2
"""
STOCKED = """
    SELECT COALESCE(k.quantity_on_hand, (
        SELECT sum(s.quantity) FROM kpis_stocklevel s
        WHERE s.product_id = k.product_id AND s.plant_id = a.plant_id AND s.deleted_at IS NULL
    )) AS quantity
    FROM kpis_part k WHERE k.id = a.part_id
"""
# What open orders ask for is known as it is now; of what nobody counts, nothing is.
DEMAND = LevelTable(
    source=f"""
        FROM days d CROSS JOIN ({ASKED}) a CROSS JOIN LATERAL ({STOCKED}) s
        JOIN kpis_plant p ON p.id = a.plant_id
        WHERE s.quantity IS NOT NULL AND now() < {ENDED}
    """,
    sums={"parts_asked": "count(*)", "parts_short": "count(*) FILTER (WHERE a.quantity > s.quantity)"},
    parts=PLANT,
)
NOTHING = LevelTable(
    source="FROM days d CROSS JOIN kpis_plant p WHERE false",
    sums={found.name: "0" for found in unread.COMPONENTS},
    parts=PLANT,
)
"""Of what no source keeps."""
TABLES: Mapping[str, LevelTable] = {
    "backlog": BACKLOG,
    "capacity": CAPACITY,
    "assets": ASSETS,
    "stock": STOCK,
    "demand": DEMAND,
    UNREAD: NOTHING,
}
DAYS = """
    WITH days AS (
        SELECT * FROM unnest(%(buckets)s::date[], %(firsts)s::date[], %(days)s::date[])
            AS d (bucket, first, day)
    )
"""


def read_levels(
    name: str, components: Iterable[Component], scope: Scope, grain: Grain | None, bys: Sequence[By]
) -> list[Row]:
    """Components of a table, by the end of each bucket and by all the parts together.

    Raises UnsupportedGrain for what is shorter than a day.
    """
    table = TABLES[name]
    if grain in ("hour", "shift"):
        raise UnsupportedGrain("What stands at the end of a period is known by day; ask for days or longer.")
    whole = [Bucket(scope.last_day, scope.first_day, scope.last_day)]
    ends = list(buckets(scope, grain)) if grain else whole
    limits, values = _limits(scope, table)
    groups = [f"{table.parts[by][0]} AS part_{by}, {table.parts[by][1]} AS label_{by}" for by in bys]
    names = [found.name for found in components if found.name in table.sums]
    wanted = [f"({table.sums[one]})::float8 AS sum_{one}" for one in names]
    money = ["min(p.currency) AS currency_from", "max(p.currency) AS currency_to"] if table.money else []
    columns = ", ".join(["d.bucket AS bucket", *groups, "count(*) AS rows", *wanted, *money])
    by = ", ".join(["d.bucket", *(part for by in bys for part in table.parts[by])])
    statement = f"{DAYS} SELECT {columns} {table.source} {limits} GROUP BY {by}"
    more = {
        "enterprise": settings.ENTERPRISE_CURRENCY,
        "earliest": ends[0].last_day,
        "latest": ends[-1].last_day,
    }
    return _rows(statement, {**values, **_days(ends), **more})


def _days(ends: Sequence[Bucket]) -> dict[str, list[date]]:
    return dict(zip(("buckets", "firsts", "days"), map(list, zip(*ends, strict=True)), strict=True))


def _limits(scope: Scope, table: LevelTable) -> tuple[str, dict[str, Any]]:
    """Places of the scope; a table that does not know lines or machines has nothing in them."""
    found = ""
    values: dict[str, Any] = {}
    wanted: Iterable[tuple[By, tuple[int, ...] | None]] = (
        ("plant", scope.plant_ids),
        ("line", scope.line_ids),
        ("equipment", scope.equipment_ids),
    )
    for by, ids in wanted:
        if ids is not None:
            found += f" AND {table.parts[by][0]} = ANY(%({by})s)" if by in table.parts else " AND false"
            values[by] = list(ids)
    if scope.work_units_only:
        found += " AND e.work_unit" if "equipment" in table.parts else " AND false"
    return found, values


def _rows(statement: str, values: Mapping[str, Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
