"""Maintenance cost per plant, month and category: the ERP's, the CMMS's, and what the reports count.

What was booked on a work order belongs to the month, in the plant's zone, in which that was finished (or
begun, while it is not): the systems book it on different days. What each booked on it explains a difference.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import chain

from django.db import connection

from kpis.models import Plant, WorkOrder
from sync.models import Stream
from sync.reconcile.base import (
    ROWS_KEPT,
    Explanation,
    Measure,
    NotReady,
    Row,
    Rule,
    Subject,
    Tolerance,
    Window,
    counted,
    label,
)
from sync.reconcile.readiness import maintenance_systems, need_ready, production_systems, streams_of
from sync.records import Kind

KINDS = (Kind.LABOUR, Kind.PART_USE, Kind.COST)
CENT = 0.01
BOOKED = """
WITH spent AS (
    SELECT s.source, s.counts, o.equipment_id, NULL::bigint AS plant_id, s.work_order_id,
        'labour' AS category, '' AS currency, COALESCE(o.completed_at, o.created_at, s.start) AS at,
        NULL::date AS day, s.seconds / 3600 * s.hourly_rate::float8 AS amount
    FROM kpis_labour s JOIN kpis_workorder o ON o.id = s.work_order_id
    WHERE s.deleted_at IS NULL AND s.hourly_rate IS NOT NULL
    UNION ALL
    SELECT s.source, s.counts, o.equipment_id, NULL, s.work_order_id, 'parts', '',
        COALESCE(o.completed_at, o.created_at, s.used_at), NULL, s.quantity * s.unit_cost::float8
    FROM kpis_partuse s JOIN kpis_workorder o ON o.id = s.work_order_id
    WHERE s.deleted_at IS NULL AND s.unit_cost IS NOT NULL
    UNION ALL
    SELECT s.source, s.counts, COALESCE(s.equipment_id, o.equipment_id), s.plant_id, s.work_order_id,
        s.category, s.currency, COALESCE(o.completed_at, o.created_at, s.at),
        CASE WHEN o.id IS NULL THEN s.day END, s.amount::float8
    FROM kpis_costentry s LEFT JOIN kpis_workorder o ON o.id = s.work_order_id
    WHERE s.deleted_at IS NULL
)
SELECT spent.source, spent.counts, p.id, spent.category, COALESCE(NULLIF(spent.currency, ''), p.currency),
    to_char(COALESCE(spent.day::timestamp, spent.at AT TIME ZONE p.timezone), 'YYYY-MM') AS month,
    spent.work_order_id, sum(spent.amount)
FROM spent LEFT JOIN kpis_equipment e ON e.id = spent.equipment_id
JOIN kpis_plant p ON p.id = COALESCE(e.plant_id, spent.plant_id)
WHERE COALESCE(spent.day::timestamp, spent.at AT TIME ZONE p.timezone) >= %s
GROUP BY 1, 2, 3, 4, 5, 6, 7
"""
SIDES = ("production", "maintenance", "reporting")
Group = tuple[int, str, str, str]


Booked = dict[int | None, dict[str, float]]


def measure(window: Window) -> Iterator[Measure]:
    sides = {"production": production_systems(), "maintenance": maintenance_systems(Kind.WORK_ORDER)}
    streams = streams_of(list(chain(*sides.values())), *KINDS)
    if not streams:
        raise NotReady("No system that tells costs is connected.")
    need_ready(streams, window.now)
    side_of = {source.name: side for side, found in sides.items() for source in found}
    booked = _booked(min(window.months), side_of)
    # A system that never books a category says nothing about it, rather than zero.
    speaks = {(side, group[2]) for group, orders in booked.items() for side in _sides_in(orders)}
    plants = Plant.objects.in_bulk({group[0] for group in booked})
    months = {label(month) for month in window.months}
    for group, orders in sorted(booked.items(), key=lambda item: item[0]):
        if group[1] in months:
            yield _measure(plants[group[0]], group, orders, speaks, streams[0])


def _booked(first: date, side_of: Mapping[str, str]) -> dict[Group, Booked]:
    """Amounts by plant, month, category and currency, then by work order and side."""
    with connection.cursor() as cursor:
        cursor.execute(BOOKED, [first])
        rows = cursor.fetchall()
    found: dict[Group, Booked] = defaultdict(lambda: defaultdict(lambda: defaultdict(float)))
    for source, counts, plant, category, currency, month, order, amount in rows:
        amounts = found[plant, month, category, currency][order]
        if side := side_of.get(source):
            amounts[side] += amount
        if counts:
            amounts["reporting"] += amount
    return found


def _sides_in(orders: Booked) -> set[str]:
    return {side for amounts in orders.values() for side in amounts}


def _measure(
    plant: Plant, group: Group, orders: Booked, speaks: set[tuple[str, str]], filed: Stream
) -> Measure:
    _, month, category, currency = group
    sides: dict[str, float | None] = {
        side: round(sum(amounts.get(side, 0.0) for amounts in orders.values()), 2)
        if side == "reporting" or (side, category) in speaks
        else None
        for side in SIDES
    }
    spoken = [side for side in SIDES if sides[side] is not None]
    return Measure(
        subject=Subject(
            key=f"{plant.pk}:{category}:{currency}",
            title=f"{plant.name}: {category}",
            stream=filed,
            plant_id=plant.pk,
        ),
        period=month,
        unit=currency,
        sides=sides,
        explain=partial(_explain, orders, spoken),
    )


def _explain(orders: Booked, spoken: Sequence[str]) -> Explanation:
    numbers = WorkOrder.objects.in_bulk([pk for pk in orders if pk])
    rows = [_row(numbers.get(pk or 0), amounts, spoken) for pk, amounts in orders.items()]
    rows = [row for row in rows if abs(row.value or 0) > CENT]
    rows.sort(key=lambda row: -abs(row.value or 0))
    note = f"{counted(len(rows), 'work order')} with another amount in one system than in another."
    return Explanation(note=note, rows=rows[:ROWS_KEPT], total=len(rows))


def _row(order: WorkOrder | None, amounts: Mapping[str, float], spoken: Sequence[str]) -> Row:
    values = {side: amounts.get(side, 0.0) for side in spoken}
    have = [side for side in spoken if abs(values[side]) > CENT]
    said = ", ".join(f"{RULE.sides[side]} {values[side]:,.2f}" for side in spoken)
    name = f"{order.number} {order.title}".strip() if order else "Without a work order"
    return Row(
        where=have[0] if len(have) == 1 else "both",
        text=f"{name}: {said}",
        value=round(max(values.values()) - min(values.values()), 2),
        source=order.source if order else "",
        external_key=order.external_key if order else "",
        event=f"work-order/{order.pk}" if order and order.equipment_id else "",
    )


RULE = Rule(
    key="costs",
    title="Maintenance cost",
    meaning="What the ERP and the CMMS booked for maintenance should be the same where both book it, and the "
    "reports should count it once. A difference names the work orders behind it.",
    subject="plant and category",
    sides={"production": "ERP", "maintenance": "CMMS", "reporting": "In the reports"},
    tolerance=Tolerance(absolute=1, relative=0.005),
    measure=measure,
)
