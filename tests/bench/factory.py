"""A factory in the reporting schema, made by SQL: facts to roll up, or component rows to ask questions of."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.core.management import call_command
from django.db import connection

from kpis.models import CalendarAttendance, Equipment, Line, Plant, Product, Reason, ShiftCalendar
from kpis.months import month_of, replace_months, replace_plants

FIRST = date(2025, 1, 1)
IDEAL_CYCLE_S = 30.0
MACHINES_PER_LINE = 10
MACHINES_PER_PLANT = 200
SHIFTS = ((6, 14), (14, 22))
CLASSES = ("Press", "Lathe", "Robot", "Oven")
LOSSES = ("breakdown", "setup", "external", "quality", "planned_stop")
DAY_S = 86400
STOPS_PER_DAY, COUNTS_PER_DAY = 20.55, 23.98
"""1.5 million stops and 1.75 million counts, of 200 machines in 365 days."""

STOPS = """
    INSERT INTO kpis_downtime
        (source, external_key, loaded_at, equipment_id, reason_id, start, "end", inherited, note)
    SELECT 'bench', 'stop/' || m.id || '/' || n, now(), m.id,
        (%(parts)s::bigint[])[1 + (n * 7 + m.id) %% cardinality(%(parts)s::bigint[])], t,
        t + make_interval(secs => 30 + abs(hashint8(n * 31 + m.id)) %% 900), false, ''
    FROM kpis_equipment m, generate_series(0, %(last)s) n, LATERAL (
        SELECT %(first)s::timestamptz + n * make_interval(secs => %(step)s)
            + make_interval(secs => abs(hashint8(n * 17 + m.id)) %% 3000)
    ) s(t)
"""
COUNTS = """
    INSERT INTO kpis_production (source, external_key, loaded_at, equipment_id, product_id, order_number,
        order_key, start, "end", quantity, scrap, ideal_cycle_s)
    SELECT 'bench', 'count/' || m.id || '/' || n, now(), m.id,
        (%(parts)s::bigint[])[1 + (n / 12 + m.id) %% cardinality(%(parts)s::bigint[])], '',
        'step/' || m.id || '/' || n, t, t + make_interval(secs => %(step)s * 0.9), 60 + n %% 40, n %% 5,
        %(ideal)s
    FROM kpis_equipment m, generate_series(0, %(last)s) n, LATERAL (
        SELECT %(first)s::timestamptz + n * make_interval(secs => %(step)s)
    ) s(t)
"""
SHIFT_ROWS = """
    INSERT INTO kpis_shiftcomponents (equipment_id, day, shift, shift_name, start, "end", calendar_s,
        planned_s, planned_stop_s, unknown_s, loading_s, run_s, speed_s, micro_stop_s, breakdown_s, setup_s,
        external_s, quality_s, overtime_run_s, operating_s, oee_loading_s, oee_run_s, run_without_ideal_s,
        quantity, scrap, ideal_s, ideal_good_s, failures, failure_down_s, stops, micro_stops, open_events,
        facts, provisional, computed_at)
    SELECT m.id, day, s, CASE s WHEN 0 THEN 'Off shift' ELSE 'Shift ' || s END, day, day, 28800, p, 600, 0,
        p - 600, p - 600 - 4 * r, 0, r, r, r, r, r, 0, p - 600 - 4 * r, p - 600, p - 600 - 4 * r, 0, 800, 9,
        24000, 23700, r::int %% 2, r, 6, 7, 0, 40, false, now()
    FROM kpis_equipment m, generate_series(%(first)s::date, %(last)s::date, interval '1 day') day,
        generate_series(0, 2) s,
        LATERAL (SELECT 1.0 * sign(s) * (abs(hashint8(m.id + s)) %% 900), 27000.0) v(r, p)
"""
REASON_ROWS = """
    INSERT INTO kpis_reasoncomponents (equipment_id, day, shift, reason_id, loss_class, seconds, events)
    SELECT c.equipment_id, c.day, c.shift, r.id, r.loss_class, 300, 2
    FROM kpis_shiftcomponents c
    JOIN (SELECT id, loss_class, row_number() OVER (ORDER BY id) n FROM kpis_reason) r
        ON (r.n + c.equipment_id + extract(day FROM c.day)::int) %% 7 = 0
    WHERE c.shift > 0
"""
PRODUCT_ROWS = """
    INSERT INTO kpis_productcomponents (equipment_id, day, shift, product_id, quantity, scrap, ideal_s,
        ideal_good_s, oee_run_s, run_without_ideal_s, facts)
    SELECT c.equipment_id, c.day, c.shift, p.id, 400, 4, 12000, 11850, c.oee_run_s / 2, 0, 20
    FROM kpis_shiftcomponents c
    JOIN (SELECT id, row_number() OVER (ORDER BY id) n FROM kpis_product) p
        ON p.n IN (1 + c.equipment_id %% 20, 21 + c.equipment_id %% 20)
    WHERE c.shift > 0
"""


def places(machines: int) -> list[int]:
    """An empty database with machines in plants and lines, two shifts a day; returns their ids."""
    call_command("flush", interactive=False, verbosity=0)
    call_command("migrate", verbosity=0)
    calendar = ShiftCalendar.objects.create(name="Two shifts", timezone="Europe/Paris")
    CalendarAttendance.objects.bulk_create(
        CalendarAttendance(calendar=calendar, weekday=day, hour_from=first, hour_to=last)
        for day in range(7)
        for first, last in SHIFTS
    )
    Reason.objects.bulk_create(
        Reason(code=f"{name} {number}", name=f"{name} {number}", loss_class=name)
        for name in LOSSES
        for number in range(4)
    )
    Product.objects.bulk_create(Product(name=f"Housing {number}") for number in range(50))
    return [pk for n in range(0, machines, MACHINES_PER_PLANT) for pk in _plant(n, machines, calendar)]


def _plant(first: int, machines: int, calendar: ShiftCalendar) -> list[int]:
    plant = Plant.objects.create(name=f"Plant {first}", timezone="Europe/Paris", calendar=calendar)
    numbers = range(first, min(first + MACHINES_PER_PLANT, machines))
    lines = [
        Line.objects.create(name=f"Line {number}", plant=plant) for number in numbers[::MACHINES_PER_LINE]
    ]
    made = Equipment.objects.bulk_create(
        Equipment(
            name=f"Machine {number}",
            plant=plant,
            line=lines[n // MACHINES_PER_LINE],
            work_unit=True,
            equipment_class=CLASSES[n % len(CLASSES)],
        )
        for n, number in enumerate(numbers)
    )
    return [machine.pk for machine in made]


def facts(days: int) -> tuple[int, int]:
    """Stops and counts of all machines over so many days; returns how many of each."""
    reasons = list(Reason.objects.values_list("pk", flat=True))
    products = list(Product.objects.values_list("pk", flat=True))
    return (
        _spread(STOPS, days, STOPS_PER_DAY, reasons),
        _spread(COUNTS, days, COUNTS_PER_DAY, products),
    )


def components(days: int) -> None:
    """Component rows of all machines, as a roll-up would leave them."""
    last = FIRST + timedelta(days=days - 1)
    with connection.cursor() as cursor:
        cursor.execute(SHIFT_ROWS, {"first": FIRST, "last": last})
        cursor.execute(REASON_ROWS, {})
        cursor.execute(PRODUCT_ROWS, {})
        ids = list(Equipment.objects.values_list("pk", flat=True))
        months = {month_of(FIRST + timedelta(days=n)) for n in range(days)}
        replace_months((pk, month) for pk in ids for month in months)
        plants = list(Plant.objects.values_list("pk", flat=True))
        replace_plants((pk, FIRST + timedelta(days=n)) for pk in plants for n in range(days))
        cursor.execute("VACUUM ANALYZE")


def _spread(query: str, days: int, per_day: float, parts: Sequence[int]) -> int:
    step = DAY_S / per_day
    values: dict[str, Any] = {
        "parts": list(parts),
        "first": FIRST,
        "step": step,
        "last": int(days * per_day) - 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(query, values | {"ideal": IDEAL_CYCLE_S})
        made = int(cursor.rowcount)
        cursor.execute("VACUUM ANALYZE")
    return made
