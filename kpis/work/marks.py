"""Marks months of work to be computed again, in the transaction that changes what they rest on.

Call these before a change and after it: an order may have been another machine's, or another month's.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection

# All that an order dates, and all that was booked on it. A repair tells of others whether they were a repeat,
# as far away as the window reaches.
MONTHS = """
    SELECT p.id AS plant_id, o.equipment_id, date_trunc('month', at AT TIME ZONE p.timezone)::date AS month
    FROM kpis_workorder o
    LEFT JOIN kpis_equipment e ON e.id = o.equipment_id
    JOIN kpis_plant p ON p.id = COALESCE(e.plant_id, o.plant_id)
    CROSS JOIN LATERAL (
        SELECT at FROM (VALUES (o.created_at), (o.requested_at), (o.due_at), (o.completed_at),
            (o.scheduled_at), (o.started_at), (o.created_on::timestamp AT TIME ZONE p.timezone),
            (o.completed_on::timestamp AT TIME ZONE p.timezone),
            (CASE WHEN o.status = 'cancelled' THEN COALESCE(o.source_updated_at, o.loaded_at) END)
        ) AS own (at)
        UNION ALL SELECT COALESCE(c.at, c.seen_at) FROM kpis_statuschange c WHERE c.work_order_id = o.id
        UNION ALL SELECT w.scheduled_at FROM kpis_workorderschedule w WHERE w.work_order_id = o.id
        UNION ALL SELECT l.start FROM kpis_labour l WHERE l.work_order_id = o.id
        UNION ALL SELECT u.used_at FROM kpis_partuse u WHERE u.work_order_id = o.id
        UNION ALL SELECT COALESCE(k.day::timestamp AT TIME ZONE p.timezone, k.at) FROM kpis_costentry k
            WHERE k.work_order_id = o.id AND k.equipment_id IS NULL AND k.plant_id IS NULL
        UNION ALL SELECT generate_series(
            LEAST(o.created_at, o.created_on) - make_interval(days => p.repeat_window_days + 1),
            GREATEST(o.completed_at, o.completed_on, o.created_at)
                + make_interval(days => p.repeat_window_days + 1), interval '25 days')
            WHERE o.work_type = 'corrective'
        UNION ALL SELECT GREATEST(o.completed_at, o.completed_on, o.created_at)
                + make_interval(days => p.repeat_window_days + 1)
            WHERE o.work_type = 'corrective'
    ) dated
    WHERE at IS NOT NULL
"""
COSTS = """
    SELECT p.id AS plant_id, k.equipment_id,
        date_trunc('month', COALESCE(k.day::timestamp, dated.at AT TIME ZONE p.timezone))::date AS month
    FROM kpis_costentry k
    LEFT JOIN kpis_workorder o ON o.id = k.work_order_id
    LEFT JOIN kpis_equipment e ON e.id = k.equipment_id
    JOIN kpis_plant p ON p.id = COALESCE(e.plant_id, k.plant_id)
    CROSS JOIN LATERAL (
        VALUES (COALESCE(k.at, o.completed_at, o.completed_on, o.created_at)), (COALESCE(k.at, o.created_at))
    ) AS dated (at)
    WHERE COALESCE(k.day, dated.at) IS NOT NULL
"""
ROWS = "SELECT plant_id, equipment_id, month FROM kpis_workmonths"
HAS_RATE = "EXISTS (SELECT FROM kpis_plantrate r WHERE r.plant_id = e.plant_id)"
STOPS = """
    SELECT e.plant_id, e.id AS equipment_id, date_trunc('month', k.day)::date AS month
    FROM kpis_equipment e JOIN kpis_shiftcomponents k ON k.equipment_id = e.id
"""
OF_DAYS = """
    SELECT e.plant_id, e.id AS equipment_id, date_trunc('month', day)::date AS month
    FROM unnest(%(ids)s::bigint[], %(days)s::date[]) AS w (id, day) JOIN kpis_equipment e ON e.id = w.id
"""
INSERT = "INSERT INTO kpis_stalework (plant_id, equipment_id, month) SELECT DISTINCT * FROM ({found}) found"


def mark_orders(order_ids: Collection[int]) -> None:
    """All months of work orders, with what was booked on them, and with costs of theirs elsewhere."""
    if order_ids:
        _mark(f"{MONTHS} AND o.id = ANY(%(ids)s)", ids=list(order_ids))
        _mark(f"{COSTS} AND k.work_order_id = ANY(%(ids)s)", ids=list(order_ids))


def mark_costs(cost_ids: Collection[int]) -> None:
    """Months of costs with a machine or a plant of their own; the others go with their order."""
    if cost_ids:
        _mark(f"{COSTS} AND k.id = ANY(%(ids)s)", ids=list(cost_ids))


def mark_machines(equipment_ids: Collection[int]) -> None:
    """After a machine has moved to another plant."""
    if equipment_ids:
        _mark_where("o.equipment_id = ANY(%(ids)s)", "k.equipment_id = ANY(%(ids)s)", equipment_ids)
        _mark(f"{ROWS} WHERE equipment_id = ANY(%(ids)s)", ids=list(equipment_ids))


def mark_plants(plant_ids: Collection[int]) -> None:
    """After a change of a plant's zone, currency, labour rate or repeat window."""
    if plant_ids:
        _mark_where("p.id = ANY(%(ids)s)", "p.id = ANY(%(ids)s)", plant_ids)
        _mark(f"{ROWS} WHERE plant_id = ANY(%(ids)s)", ids=list(plant_ids))
        # Their rows may be being written just now, by what held before.
        _mark(f"{STOPS} WHERE e.plant_id = ANY(%(ids)s) AND {HAS_RATE}", ids=list(plant_ids))


def mark_technicians(technician_ids: Collection[int]) -> None:
    """After a change of their rate, which hours without one of their own take."""
    if technician_ids:
        own = "SELECT FROM kpis_labour l WHERE l.work_order_id = o.id AND l.technician_id = ANY(%(ids)s)"
        _mark(f"{MONTHS} AND EXISTS ({own} AND l.hourly_rate IS NULL)", ids=list(technician_ids))


def mark_currencies(currencies: Collection[str]) -> None:
    """After a change of a rate: plants of that currency, and those that have spent in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id FROM kpis_plant WHERE currency = ANY(%(codes)s)
            UNION
            SELECT COALESCE(e.plant_id, k.plant_id, oe.plant_id, o.plant_id) FROM kpis_costentry k
            LEFT JOIN kpis_equipment e ON e.id = k.equipment_id
            LEFT JOIN kpis_workorder o ON o.id = k.work_order_id
            LEFT JOIN kpis_equipment oe ON oe.id = o.equipment_id
            WHERE k.currency = ANY(%(codes)s)
            """,
            {"codes": list(currencies)},
        )
        mark_plants([pk for (pk,) in cursor.fetchall() if pk is not None])


def mark_stops(equipment_ids: Collection[int], days: Collection[date]) -> None:
    """After machines' stops of days were computed anew: they cost money where the plant has a rate."""
    _mark(f"{OF_DAYS} WHERE {HAS_RATE}", ids=list(equipment_ids), days=list(days))


def mark_stops_of(equipment_ids: Collection[int]) -> None:
    """After all stops of machines were computed anew."""
    _mark(f"{STOPS} WHERE e.id = ANY(%(ids)s) AND {HAS_RATE}", ids=list(equipment_ids))


def mark_stop_rates(plant_ids: Collection[int]) -> None:
    """After a change of what a stop costs there; its last rate may be gone."""
    _mark(f"{STOPS} WHERE e.plant_id = ANY(%(ids)s)", ids=list(plant_ids))


def mark_all() -> None:
    """After a change of whose spending counts."""
    _mark(MONTHS)
    _mark(COSTS)
    _mark(ROWS)


def _mark_where(orders: str, costs: str, ids: Collection[int]) -> None:
    _mark(f"{MONTHS} AND {orders}", ids=list(ids))
    _mark(f"{COSTS} AND {costs}", ids=list(ids))


def _mark(found: str, **values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format(found=found), values)
