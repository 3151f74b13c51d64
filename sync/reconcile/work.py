"""Whether computed costs of maintenance add up to what their records say, per plant, month and category."""

from collections.abc import Iterator
from functools import partial

from django.conf import settings
from django.db import connection

from kpis.models import Plant, StaleWork
from kpis.work.rollup import refresh
from sync.models import Stream
from sync.reconcile.base import Explanation, Measure, NotReady, Rule, Subject, Tolerance, Window, label

# Units of a currency for one of the enterprise's on the day of a cost.
UNITS = """
    CASE WHEN {currency} = %(enterprise)s THEN 1 ELSE (
        SELECT r.per_enterprise_unit::float8 FROM kpis_currencyrate r
        WHERE r.currency = {currency}
            AND r.valid_from <= COALESCE(k.day, (COALESCE(k.at, d.at) AT TIME ZONE p.timezone)::date)
        ORDER BY r.valid_from DESC LIMIT 1
    ) END
"""
RECORDS = f"""
    WITH done AS (
        SELECT o.id, o.equipment_id, COALESCE(e.plant_id, o.plant_id) AS plant_id,
            COALESCE(CASE WHEN o.status = 'completed' THEN COALESCE(o.completed_at, o.completed_on) END,
                o.created_at) AS at
        FROM kpis_workorder o LEFT JOIN kpis_equipment e ON e.id = o.equipment_id WHERE o.deleted_at IS NULL
    ), spent AS (
        SELECT d.plant_id, 'labour' AS category, COALESCE(l.start, d.at) AS at, NULL::date AS day,
            l.seconds / 3600 * COALESCE(l.hourly_rate, t.hourly_rate, p.labour_rate)::float8 AS amount
        FROM kpis_labour l JOIN done d ON d.id = l.work_order_id JOIN kpis_plant p ON p.id = d.plant_id
        LEFT JOIN kpis_technician t ON t.id = l.technician_id WHERE l.counts AND l.deleted_at IS NULL
        UNION ALL
        SELECT d.plant_id, 'parts', COALESCE(u.used_at, d.at), NULL, u.quantity * u.unit_cost::float8
        FROM kpis_partuse u JOIN done d ON d.id = u.work_order_id WHERE u.counts AND u.deleted_at IS NULL
        UNION ALL
        SELECT COALESCE(e.plant_id, k.plant_id, d.plant_id), k.category, COALESCE(k.at, d.at), k.day,
            k.amount::float8 * CASE WHEN k.currency IN ('', p.currency) THEN 1
                ELSE {UNITS.format(currency="p.currency")} / {UNITS.format(currency="k.currency")} END
        FROM kpis_costentry k LEFT JOIN kpis_equipment e ON e.id = k.equipment_id
        LEFT JOIN done d ON d.id = k.work_order_id
        JOIN kpis_plant p ON p.id = COALESCE(e.plant_id, k.plant_id, d.plant_id)
        WHERE k.counts AND k.deleted_at IS NULL
    )
    SELECT p.id, CASE WHEN category IN ('labour', 'parts', 'contractor') THEN category ELSE 'other' END,
        month, sum(amount)
    FROM spent JOIN kpis_plant p ON p.id = spent.plant_id
    CROSS JOIN LATERAL (
        SELECT to_char(COALESCE(day::timestamp, at AT TIME ZONE p.timezone), 'YYYY-MM') AS month
    ) dated
    WHERE month = ANY(%(months)s) AND amount IS NOT NULL GROUP BY 1, 2, 3
"""  # noqa: S608 constants
REPORTED = """
    SELECT plant_id, category, to_char(w.month, 'YYYY-MM'), sum(amount)
    FROM kpis_workmonths w CROSS JOIN LATERAL (
        VALUES ('labour', labour_cost), ('parts', part_cost), ('contractor', contractor_cost),
            ('other', other_cost)
    ) spent (category, amount)
    WHERE to_char(w.month, 'YYYY-MM') = ANY(%(months)s) GROUP BY 1, 2, 3
"""
FEW = 2000
Key = tuple[int, str, str]
WHY = "Compute anew with manage.py rebuild, and tell the portal's makers."


def measure(window: Window) -> Iterator[Measure]:
    filed = Stream.objects.filter(enabled=True, source__enabled=True).order_by("rank", "pk").first()
    if filed is None:
        raise NotReady("No system is connected.")
    refresh(FEW)  # stops that go on mark their months all the time
    if StaleWork.objects.exists():
        raise NotReady("The costs are being computed.")
    months = [label(month) for month in window.months]
    records, reported = _sums(RECORDS, months), _sums(REPORTED, months)
    plants = Plant.objects.in_bulk({plant for plant, _, _ in {*records, *reported}})
    for key in sorted({*records, *reported}):
        sides: dict[str, float | None] = {
            "records": round(records.get(key, 0.0), 2),
            "reporting": round(reported.get(key, 0.0), 2),
        }
        if any(sides.values()):
            yield _measure(plants[key[0]], key, sides, filed)


def _sums(statement: str, months: list[str]) -> dict[Key, float]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"months": months, "enterprise": settings.ENTERPRISE_CURRENCY})
        return {(row[0], row[1], row[2]): float(row[3]) for row in cursor.fetchall()}


def _measure(plant: Plant, key: Key, sides: dict[str, float | None], filed: Stream) -> Measure:
    _, category, month = key
    return Measure(
        subject=Subject(
            key=f"{plant.pk}:{category}", title=f"{plant.name}: {category}", stream=filed, plant_id=plant.pk
        ),
        period=month,
        unit=plant.currency,
        sides=sides,
        explain=partial(Explanation, note=WHY),
    )


RULE = Rule(
    key="work",
    title="Costs computed and recorded",
    meaning="What the KPIs of cost are made of should be the sum of the labour, parts and costs that count, "
    "by their own days. A difference is an error of the portal's.",
    subject="plant and category",
    sides={"records": "Sum of the records", "reporting": "In the reports"},
    tolerance=Tolerance(absolute=1, relative=0.0001),
    measure=measure,
)
